import { quoted } from "../locales/format.ts";
import { words } from "../locales/index.ts";
import type { Attachment } from "../services/attachment.ts";
import { hasEnded, type Run } from "../services/jobs.ts";
import { modelByKey } from "../services/models/index.ts";
import { isRetryable } from "../services/problem.ts";
import type { Button, JobOf } from "./command.ts";

type AnyJob = JobOf<unknown>;

/** What was asked and by whom, above a public answer: `**a lighthouse at dusk** · Mia` */
export const heading = (what: string, asker: string) => `**${quoted(what, 200)}** · ${quoted(asker, 40)}`;

export const isRunning = (job: AnyJob) => !job.runs.every(hasEnded);

/** What grows out of an answer that one person alone saw is for them alone, too. */
export const isPrivate = ({ request, private: shownToAsker = false }: AnyJob) =>
  request.private || shownToAsker;

/** Whether what is made is hidden: as its asker says, or else as the picture was that it is made from. */
export const isHidden = (spoiler: boolean | undefined, from?: Attachment): boolean | undefined =>
  spoiler ?? from?.spoiler;

/** The files that a run made, and until when their addresses answer. */
export const filesOf = ({ result, removedAt }: Run) =>
  (result?.files ?? []).map((url) => ({ url, until: removedAt }));

/** While something runs, it can be stopped. */
export const stopButton = ({ request }: AnyJob): Button<"stop"> => ({
  label: words(request.locale).stop,
  action: "stop",
  style: "secondary",
});

const mayBeRetried = ({ state, problem }: Run) =>
  state === "failed" && problem !== undefined && isRetryable(problem);

/** The last ones under every answer that has ended: Retry where a part of it failed, and Delete. */
function lastButtons(job: AnyJob): Button<"retry" | "delete">[] {
  const say = words(job.request.locale);
  return [
    ...(job.runs.some(mayBeRetried) ? [{ label: say.retry, action: "retry" } as const] : []),
    { label: say.delete, action: "delete", style: "danger" },
  ];
}

/** The same once more. */
export const againButton = ({ request }: AnyJob): Button<"again"> => ({
  label: words(request.locale).again,
  action: "again",
});

/** Stop while it runs; once it has ended, these of the command's own, and the last ones. */
export const buttonsOf = <A extends string>(job: AnyJob, own: readonly Button<A>[]) =>
  isRunning(job) ? [stopButton(job)] : [...own, ...lastButtons(job)];

const titleOf = ({ model }: Run) => modelByKey(model)?.title ?? model;

/** How far it is. Discord itself counts the time that it shows, so nothing has to be sent to show that it goes on. */
function progressLine(job: AnyJob): string {
  const say = words(job.request.locale);
  const open = job.runs.filter((run) => !hasEnded(run));
  const working = open.find(({ state }) => state === "processing");
  const shown = working ?? open[0];
  if (!shown) return "";
  const title = titleOf(shown);
  if (working)
    return say.working(title, working.startedAt ?? job.createdAt, {
      progress: working.progress,
      usualSeconds: working.expected?.runSeconds,
    });
  if (shown.ahead !== undefined) return say.inLine(title, shown.ahead, job.createdAt);
  return shown.cold
    ? say.coldStart(title, job.createdAt)
    : say.waiting(title, job.createdAt, shown.expected?.waitSeconds);
}

/** What a finished answer was made with, what else there is to say, and what it cost. */
export function factsLine(job: AnyJob, facts: readonly string[] = []): string {
  const say = words(job.request.locale);
  const seconds = Math.max(0, ...job.runs.map((run) => run.seconds ?? 0));
  const cost = job.runs.reduce((sum, run) => sum + (run.cost ?? 0), 0);
  const first = job.runs[0];
  return [
    ...(first ? [titleOf(first)] : []),
    ...(seconds > 0 ? [say.seconds(seconds)] : []),
    ...facts,
    ...(job.runs.every(({ remembered }) => remembered) ? [say.remembered] : []),
    `${say.credits(cost)}${job.left === undefined ? "" : ` (${say.left(job.left)})`}`,
  ].join(" · ");
}

/**
 * The quiet lines under an answer: how far it is; once it ended, the model, time, what else there is to say, and what it
 * cost: `FLUX schnell · 3.1 s · seed 4471 · 3 credits (247 left)`. Failures of some runs have a line of their own.
 */
export function quietLines(job: AnyJob, facts: readonly string[] = []): string[] {
  if (isRunning(job)) return [progressLine(job)];
  const say = words(job.request.locale);
  const line = factsLine(job, facts);
  const failed = job.runs.filter(({ state }) => state !== "succeeded");
  const problem = failed[0]?.problem;
  const undelivered = job.runs.reduce((sum, run) => sum + (run.undelivered ?? 0), 0);
  const lines = undelivered > 0 ? [say.undelivered(undelivered), line] : [line];
  if (!problem) return lines;
  if (problem.kind === "cancelled") return [`${say.stoppedEarly} · ${line}`];
  return [say.someFailed(failed.length, job.runs.length, say.problem(problem)), ...lines];
}
