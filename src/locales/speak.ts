import type { ProblemReason } from "../services/problem.ts";

type Of<Kind extends ProblemReason["kind"]> = Extract<ProblemReason, { kind: Kind }>;

/** How many letters a sentence names. */
const NAMED = 8;

const named = (letters: readonly string[]) =>
  letters.length > NAMED
    ? `${letters.slice(0, NAMED).join(" ")} and ${letters.length - NAMED} more`
    : letters.join(" ");

/** What can be wrong with a text that is to be read aloud. */
export const speakProblems = {
  "no-words": () => "There is nothing to read aloud in that: it has no letters and no numbers.",
  "letters-not-read": ({ model, letters }: Of<"letters-not-read">) =>
    `The voices of ${model} speak English and can't read ${named(letters)}. Please write it in English, or in Latin letters as it sounds.`,
};

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** What is said around a text that is read aloud. */
export const speak = {
  options: {
    text: (max: number) => `What to say, in English; ${max.toLocaleString("en")} characters at the most`,
    voice: "Who says it",
    speed: "How fast",
  },
  speeds: {
    "0.5": "0.5× · half as fast",
    "0.75": "0.75× · slower",
    "1": "1× · as people speak",
    "1.25": "1.25× · a little faster",
    "1.5": "1.5× · faster",
    "2": "2× · twice as fast",
  },
  voice: (name: string, accent: "American" | "British", speaker: "woman" | "man") =>
    `${capital(name)} · ${accent} ${speaker}`,
  speed: (times: string) => `${times}×`,
  otherWords: "Other words",
  form: { title: "Other words", text: "What to say" },
};
