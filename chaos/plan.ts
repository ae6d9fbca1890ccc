import type { Script } from "../sandbox/replicate/script.ts";
import type { Chance } from "./chance.ts";
import { mark } from "./tag.ts";

/** What somebody asks for. `stoppable`: a long text that comes slowly. `refused`: one of which nothing comes. */
export type Wish =
  | "short"
  | "long"
  | "stoppable"
  | "refused"
  | "pictures"
  | "drawings"
  | "larger"
  | "edited"
  | "described"
  | "transcript";

/** What the models do with one request, and what a whole answer to it has. */
export interface Plan {
  script(input: Record<string, unknown>): Script;
  /** In the order in which they have to be read. */
  marks: readonly string[];
  files: number;
  /** Its model fails: what came before that is enough. */
  fails: boolean;
}

/** Puts one more output of a model on its host; returns its address. */
export type Host = () => string;

const SENTENCES_A_PARAGRAPH = 6;

/** Sentences of about 80 characters, each with its mark. */
function prose(tag: number, sentences: number): { text: string; marks: string[] } {
  const marks = Array.from({ length: sentences }, (_, at) => mark(tag, at));
  const said = marks.map((each, at) => {
    const end = (at + 1) % SENTENCES_A_PARAGRAPH === 0 ? "\n\n" : " ";
    return `Sentence ${each} goes on with words that have no meaning, and then it ends.${end}`;
  });
  return { text: said.join(""), marks };
}

/** As the words would stream, in so many pieces a sentence. */
const pieces = (text: string, aSentence: number, sentences: number): string[] => {
  const length = Math.ceil(text.length / (aSentence * sentences));
  return text.match(new RegExp(`[^]{1,${length}}`, "g")) ?? [];
};

const ERRORS = ["Prediction failed for an unknown reason. (E1000)", "NSFW content detected."];

function written(tag: number, chance: Chance, wish: "short" | "long" | "stoppable" | "refused"): Plan {
  const sentences = wish === "long" ? chance.between(30, 65) : chance.between(4, 20);
  const { text, marks } = prose(tag, wish === "stoppable" ? 60 : sentences);
  const slow = wish === "stoppable" || chance.happens(0.15);
  const tokens = pieces(text, slow ? 6 : 2, marks.length);
  const fails = wish === "refused" || (wish !== "stoppable" && chance.happens(0.08));
  if (!fails) return { script: () => ({ tokens }), marks, files: 0, fails };
  const said = wish === "refused" ? [] : tokens.slice(0, tokens.length / 2);
  const error = chance.pick(ERRORS);
  return { script: () => ({ tokens: said, error }), marks, files: 0, fails };
}

/** One transcript in a few is longer than a message. */
function transcribed(tag: number, chance: Chance): Plan {
  const { text, marks } = prose(tag, chance.happens(0.3) ? 40 : 5);
  const segments = [{ start: 0, end: 1, text }];
  const script = () => ({ waitMs: 500, output: { segments, detected_language: "en" } });
  return { script, marks, files: 0, fails: false };
}

/** `aRun`: several pictures come from one run; otherwise each has a run of its own. */
function drawn(files: number, aRun: boolean, chance: Chance, host: Host): Plan {
  if (chance.happens(0.1))
    return { script: () => ({ error: chance.pick(ERRORS) }), marks: [], files, fails: true };
  const output = () => (aRun ? Array.from({ length: files }, host) : host());
  const waitMs = chance.between(100, 1_500);
  return { script: () => ({ waitMs, output: output() }), marks: [], files, fails: false };
}

function planned(wish: Wish, tag: number, count: number, chance: Chance, host: Host): Plan {
  switch (wish) {
    case "pictures":
      return drawn(count, true, chance, host);
    case "drawings":
    case "larger":
    case "edited":
      return drawn(count, false, chance, host);
    case "transcript":
      return transcribed(tag, chance);
    case "described":
      return written(tag, chance, "short");
    default:
      return written(tag, chance, wish);
  }
}

/** One run in eight has to wait for a machine first. */
export function makePlan(wish: Wish, tag: number, count: number, chance: Chance, host: Host): Plan {
  const plan = planned(wish, tag, count, chance, host);
  const bootMs = chance.happens(0.125) ? chance.between(1_500, 5_000) : 100;
  return { ...plan, script: (input) => ({ bootMs, ...plan.script(input) }) };
}
