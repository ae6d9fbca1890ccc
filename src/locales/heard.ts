import type { ProblemReason } from "../services/problem.ts";
import { clockTime, list, when } from "./format.ts";

type Of<Kind extends ProblemReason["kind"]> = Extract<ProblemReason, { kind: Kind }>;

const minutes = (seconds: number) => Math.round(seconds / 60);

/** `45 minutes`, `8 hours` */
function longTime(seconds: number): string {
  const [count, unit] =
    seconds >= 7_200 ? [Math.round(seconds / 3_600), "hour"] : [minutes(seconds), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** How much of a recording could be heard for what is left. */
export const fitting = (seconds: number | undefined) => {
  if (seconds === undefined) return "";
  return seconds < 60
    ? ", which is not enough for a minute of this recording"
    : `, which is enough for the first ${longTime(Math.floor(seconds / 60) * 60)} of this recording`;
};

const limits = {
  "no-ffmpeg": (limit: string) =>
    `can hear ${limit} at a time here: to cut longer ones, ffmpeg has to be installed where this bot runs`,
  speakers: (limit: string) =>
    `can tell who speaks in recordings of up to ${limit}; without \`speakers\` more is possible`,
  always: (limit: string) => `can hear ${limit} at a time`,
};

/** What can be wrong with what somebody wants to have written down. */
export const heardProblems = {
  "recording-too-long": ({ name, seconds, limitSeconds, why }: Of<"recording-too-long">) =>
    `\`${name}\` is ${clockTime(seconds)} long, and I ${limits[why](longTime(limitSeconds))}. Please cut it, and attach one part after the other.`,
  "language-unknown": ({ typed, suggestions }: Of<"language-unknown">) =>
    `I know no language called \`${typed.replaceAll("`", "'")}\`.${suggestions.length > 0 ? ` Did you mean ${list(suggestions)}?` : " Choose one that is offered while you type, or leave `language` out: then it is heard."}`,
  "language-not-taken": ({ language, model, models }: Of<"language-not-taken">) =>
    models.length > 0
      ? `${model} does not know ${language}. ${list(models)} ${models.length === 1 ? "does" : "do"}: those who manage this server can choose with \`/models default\`.`
      : `${model} does not know ${language}, and neither does any other model here.`,
};

/** What is said of what was heard. */
export const heard = {
  speaker: (number: number) => `Speaker ${number}`,
  said: (speaker: string, text: string) => `${speaker}: ${text}`,
  at: (seconds: number, text: string) => `[${clockTime(seconds)}] ${text}`,
  missing: (from: number, to: number) => `[${clockTime(from)} to ${clockTime(to)} is missing]`,
  partsFailed: (failed: number, all: number) =>
    `${failed} of ${all} parts ${failed === 1 ? "is" : "are"} missing; their places are marked in the text:`,
  partFailed: (from: number, to: number, why: string) => `- ${clockTime(from)} to ${clockTime(to)}: ${why}`,
  progress: (model: string, done: number, all: number, since: number) =>
    `${model} · ${minutes(done)} of ${minutes(all)} min · asked ${when(since)}`,
  minutesThere: (done: number, all: number) => `${minutes(done)} of ${minutes(all)} min are there`,
  rememberedParts: (parts: number, all: number) =>
    `${parts} of ${all} parts were there already, and cost nothing`,
  translated: "translated into English",
  beginning: (file: string) => `This is the beginning; the whole is in ${file}`,
  noTranslation: (asked: string, answering: string) => `${asked} does not translate; ${answering} answered`,
  noTimedTranslation: (asked: string, answering: string) =>
    `${asked} does not say when a translation is said; ${answering} answered`,
  noSpeakers: (asked: string, answering: string) =>
    `${asked} does not tell who speaks; ${answering} answered`,
};
