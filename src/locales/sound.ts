import type { ProblemReason } from "../services/problem.ts";

type Of<Kind extends ProblemReason["kind"]> = Extract<ProblemReason, { kind: Kind }>;

/** What can be wrong with a recording. */
export const soundProblems = {
  "no-sound": ({ name }: Of<"no-sound">) =>
    `\`${name}\` is a film without sound, so there is nothing to hear in it. Please attach one with sound.`,
  "length-unknown": ({ name }: Of<"length-unknown">) =>
    `\`${name}\` does not say how long it is, so nobody knows what it would cost. Please try again, or attach it as MP3, M4A or OGG.`,
  unseen: ({ name }: Of<"unseen">) =>
    `\`${name}\` could not be looked into in time, so nobody knows how long it is. Please try again.`,
  "not-prepared": ({ name }: Of<"not-prepared">) =>
    `\`${name}\` could not be made ready for the model. That is this bot's fault, and its operator finds the reason in the log. Please try again later.`,
};
