import { words } from "../locales/index.ts";
import { hasEnded, type Run } from "../services/jobs.ts";
import type { AskJob } from "./ask-options.ts";
import type { About, DonePart } from "./command.ts";

/** A part's run. How many there are is in it: cut otherwise, parts of one number are not the same. */
export const partKey = (number: number, of: number) => `part-${number}-of-${of}`;

const numberOf = (key: string) => Number(/^part-(\d+)-/.exec(key)?.[1] ?? 0);

/** The parts of a translation that an earlier job made, and that were paid for there. */
export const doneIn = ({ task }: About): readonly DonePart[] =>
  (task?.kind === "translate" && task.done) || [];

/** What stands in the place of a run's answer, or behind it where that is not all. */
function answerOf({ result, state, limited }: Run, locale: string): string {
  const text = result?.text?.trim() ?? "";
  if (!text && (state === "failed" || state === "cancelled")) return words(locale).transcript.partMissing;
  return limited ? `${text} […]` : text;
}

/** The answers of all runs, and what was there already, as one text; while they grow, as far as there is no gap. */
export function wholeAnswer({ runs, request: { about, locale } }: Pick<AskJob, "runs" | "request">): string {
  const done = about ? doneIn(about) : [];
  if (runs.length === 1 && done.length === 0) return runs[0]?.result?.text ?? "";
  const parts = [
    ...done.map((part) => ({ ...part, ended: true })),
    ...runs.map((run) => ({ key: run.key, text: answerOf(run, locale), ended: hasEnded(run) })),
  ].toSorted((a, b) => numberOf(a.key) - numberOf(b.key));
  const growing = parts.findIndex(({ ended }) => !ended);
  const shown = growing < 0 ? parts : parts.slice(0, growing + 1);
  return shown.map(({ text }) => text).join("\n\n");
}

/** What is asked about, to be done from the beginning. */
export const withNothingDone = (about: About): About =>
  about.task?.kind === "translate" ? { ...about, task: { kind: "translate", into: about.task.into } } : about;

/** What is asked about, with the parts of its translation that are there. */
export function withDone({
  runs,
  request: { about, locale },
}: Pick<AskJob, "runs" | "request">): About | undefined {
  if (about?.task?.kind !== "translate") return about;
  const made = runs.flatMap((run) =>
    run.state === "succeeded" ? [{ key: run.key, text: answerOf(run, locale) }] : [],
  );
  return { ...about, task: { ...about.task, done: [...doneIn(about), ...made] } };
}
