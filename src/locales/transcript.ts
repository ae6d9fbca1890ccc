import type { ProblemReason } from "../services/problem.ts";
import { quoted } from "./format.ts";

type Of<Kind extends ProblemReason["kind"]> = Extract<ProblemReason, { kind: Kind }>;

export const transcriptProblems = {
  "same-language": ({ language }: Of<"same-language">) =>
    `The transcript is in ${quoted(language, 60)} already. Please name another language.`,
};

/** `Summarise · ~4 credits`; where nobody knows what it costs, nothing is said of that. */
const priced = (label: string, credits: string | undefined) =>
  credits === undefined ? label : `${label} · ${credits.startsWith("<") ? credits : `~${credits}`}`;

const number = (count: number) => count.toLocaleString("en");

/** What is done with a transcript once it is there. */
export const transcript = {
  buttons: {
    summarise: (credits?: string) => priced("Summarise", credits),
    translate: (credits?: string) => priced("Translate", credits),
    ask: (credits?: string) => priced("Ask about this", credits),
  },
  translateForm: { title: "Translate", into: "Into which language" },
  askForm: { title: "Ask about this", question: "What you want to know" },
  /** They stand above the answers. */
  summaryOf: (title: string) => `Summary of ${title}`,
  translationOf: (title: string, into: string) => `${title}, in ${into}`,
  /** In the last line. */
  about: (title: string) => `about ${quoted(title, 40)}`,
  partMissing: "*(this part is missing)*",
  endedAtLimit: (tokens: number) =>
    `This is not all: the answer ended at its limit of ${number(tokens)} tokens`,
  partsEndedAtLimit: (parts: number, all: number) =>
    `This is not all: ${parts} of ${all} parts ended at their limit, where it says […]`,
  leftOut: (characters: number, all: number) =>
    `The transcript is longer than what the model reads: the last ${number(characters)} of its ${number(all)} characters were left out`,
};
