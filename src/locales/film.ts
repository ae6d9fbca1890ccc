import type { Lengths } from "../services/models/model.ts";
import type { ProblemReason } from "../services/problem.ts";
import { list } from "./format.ts";

type Of<Kind extends ProblemReason["kind"]> = Extract<ProblemReason, { kind: Kind }>;

/** `4 to 15`, `6 or 10` */
const lengths = (lengths: Lengths) =>
  "from" in lengths ? `${lengths.from} to ${lengths.to}` : list(lengths.map(String));

const able = (models: readonly string[]) => (models.length > 0 ? ` ${list(models)} can.` : "");

/** What can be wrong with a film that somebody asks for. */
export const filmProblems = {
  "option-needed": ({ option, model, models }: Of<"option-needed">) =>
    `${model} can't run without \`${option}\`.${able(models)}`,
  "length-not-taken": ({ model, seconds, lengths: taken, models }: Of<"length-not-taken">) =>
    `${model} makes films of ${lengths(taken)} seconds, none of ${seconds}.${able(models)}`,
};

/** What is said of films, and of what a picture shows. */
export const film = {
  /** How long a run takes. */
  aboutSeconds: (seconds: number) =>
    seconds < 120 ? `~${Math.max(1, Math.round(seconds))} s` : `~${Math.round(seconds / 60)} min`,
  filmLength: (seconds: number) => `${Number(seconds.toFixed(1))} s of film`,
  animated: (name: string) => `${name}, as a film`,
  picture: { caption: "Caption", prompt: "Prompt", alt: "Alt text", text: "Text in the picture" },
  drawIt: "Draw it",
};
