import type { Logger } from "pino";
import type { JobOf, RunningCommand, View } from "../commands/command.ts";
import { linkOf } from "../commands/jobs.ts";
import { words } from "../locales/index.ts";
import type { Clock } from "../services/clock.ts";
import type { Job, Jobs } from "../services/jobs.ts";
import { Problem } from "../services/problem.ts";
import { type Address, messagesAt } from "./address.ts";
import type { PostFiles } from "./files.ts";
import { createLiveReply } from "./live-reply.ts";
import type { AnswerMessages, Messages } from "./messages.ts";
import { renderProblem } from "./render.ts";

/** Brings a finished answer once more, to its asker alone. Never rejects. */
export type ShowAgain = (job: Job, address: Address) => Promise<void>;

export function createShowAgain(deps: {
  jobs: Jobs;
  messages: Messages;
  clock: Clock;
  log: Logger;
  commandOf: (name: string) => RunningCommand | undefined;
  maxMessages: number;
  postFiles: PostFiles;
  /** Aborted when the bot stops. */
  signal: AbortSignal;
}): ShowAgain {
  const { jobs, messages, clock, log, maxMessages, signal } = deps;

  async function finish(job: JobOf<never>, address: Address, answer: AnswerMessages, view: View) {
    const live = createLiveReply({
      shown: address.messages,
      messages: answer,
      clock,
      owner: { command: job.command, job: job.id },
      locale: job.request.locale,
      maxMessages,
      maxTotal: messagesAt(address),
      postFiles: (files, post) => deps.postFiles(files, address.fileLimitBytes, post),
      grew: async (ids) => void (address.messages = [...ids]),
    });
    const stop = () => void live.abandon();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await live.finish(view);
    } finally {
      signal.removeEventListener("abort", stop);
      await live.abandon();
    }
  }

  /** What is left where the files are not there any more: the words, and where the files may still hang. */
  function withoutFiles(job: JobOf<never>, view: View): View {
    const gone = words(job.request.locale).filesGone(linkOf(job));
    return { ...view, files: [], quiet: [...(view.quiet ?? []), gone] };
  }

  async function show(job: JobOf<never>, address: Address, answer: AnswerMessages): Promise<void> {
    const command = deps.commandOf(job.command);
    const failure = job.runs.some(({ result }) => result) ? undefined : job.runs.find((run) => run.problem);
    if (!command) throw new Problem({ kind: "gone" });
    if (failure?.problem) throw new Problem(failure.problem);
    const view = command.view(job);
    await finish(job, address, answer, view).catch(async (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      await finish(job, address, answer, withoutFiles(job, view));
    });
    if (job.state === "kept" && !signal.aborted) await jobs.save({ ...job, state: "delivered" });
  }

  /** The deferral must not go on for ever. */
  async function refuse(job: JobOf<never>, address: Address, answer: AnswerMessages, error: unknown) {
    const reason =
      error instanceof Problem ? error.reason : ({ kind: "unexpected", reference: job.id } as const);
    if (reason.kind === "unexpected") log.error({ job: job.id, error }, "not shown again");
    const owner = { command: job.command, job: job.id };
    const sentence = renderProblem(reason, job.request.locale, undefined, owner);
    await answer.edit(address.messages[0] ?? "@original", () => ({ ...sentence, keep: [] }));
  }

  return async (job, address) => {
    const answer = messages.of(address);
    const known = job as JobOf<never>;
    await show(known, address, answer)
      .catch((error: unknown) => refuse(known, address, answer, error))
      .catch((error: unknown) => log.warn({ job: job.id, error }, "not shown again"))
      .finally(() => answer.close());
  };
}
