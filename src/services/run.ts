import type PQueue from "p-queue";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import type { FreeFailures } from "./free-failures.ts";
import type { Job, Jobs, Run } from "./jobs.ts";
import type { AnyModel, Models } from "./models/models.ts";
import type { MicroDollars } from "./money.ts";
import type { Paces } from "./paces.ts";
import {
  find,
  followPrediction,
  RUNNING_LIMIT_MS,
  startOf,
  stopPrediction,
  WAITING_LIMIT_MS,
} from "./prediction.ts";
import { settled } from "./prices.ts";
import { Problem } from "./problem.ts";
import type { Quota } from "./quota.ts";
import type { Prediction, ReplicateApi } from "./replicate/client.ts";
import { outcomeOf, problemOf } from "./replicate/outcome.ts";
import type { Submissions } from "./replicate/submissions.ts";
import type { Transcripts } from "./transcripts.ts";

/** Under which name an account keeps a run's hold. */
export const holdId = (job: Pick<Job, "id">, run: Pick<Run, "key">) => `${job.id}/${run.key}`;

interface Stops {
  signal: AbortSignal;
  detached: AbortSignal;
}

/** One run, from wherever it is to its end: create → follow → settle. */
export interface Runs {
  /**
   * Resolves when the run ended and that is stored; rejects only where the store is away. `signal` stops it and what it
   * spends; `detached` only ends the following: the prediction goes on, and the next start takes it up.
   */
  perform(job: Job, run: Run, how: Stops & { changed: () => void }): Promise<void>;
  /** Forgets the run before anything was sent. */
  release(job: Job, run: Run): Promise<void>;
}

const PAUSES_MS = [500, 2_000, 5_000];

/** Failures after which Replicate may have used a machine all the same. */
const usedAMachine = new Set(["flagged", "model-failed", "no-output"]);

export function createRuns(deps: {
  api: ReplicateApi;
  submissions: Submissions;
  /** The input with its attachments turned into what Replicate can read. */
  readable: (input: Record<string, unknown>, signal: AbortSignal) => Promise<Record<string, unknown>>;
  /** Copies an output before Replicate removes it. */
  copy: (url: string) => Promise<void>;
  jobs: Jobs;
  models: Models;
  quota: Quota;
  paces: Paces;
  transcripts: Transcripts;
  freeFailures: FreeFailures;
  isStreamHost: (url: string) => boolean;
  /** Runs at once, over all jobs. */
  queue: PQueue;
  clock: Clock;
  log: Logger;
}): Runs {
  const { api, submissions, jobs, models, quota, paces, clock, log } = deps;

  /** For writes that may be repeated: a store that is away for a moment is no reason to fail. */
  async function insist<T>(write: () => Promise<T>): Promise<T> {
    for (const pauseMs of PAUSES_MS) {
      try {
        return await write();
      } catch (error) {
        log.warn({ error }, "the store did not take it; trying again");
        await clock.sleep(pauseMs);
      }
    }
    return write();
  }

  async function settle(job: Job, run: Run, cost: MicroDollars): Promise<void> {
    run.cost = cost;
    const standing = await insist(() => quota.settle(job.account, holdId(job, run), cost));
    job.left = standing.left;
  }

  async function release(job: Job, run: Run): Promise<void> {
    run.cost = 0;
    await quota.release(job.account, holdId(job, run));
  }

  /** What a run that made nothing used up: machine seconds and tokens so far; pictures that were never made cost nothing. */
  function usedBy(run: Run, model: AnyModel, metrics: Record<string, unknown>): MicroDollars {
    if (!run.startedAt || model.price.per === "run") return 0;
    const text = run.result?.text ?? "";
    const used = {
      token_output_count: Math.ceil(text.length / 3),
      predict_time: (clock.now() - run.startedAt) / 1000,
    };
    return Math.min(run.hold, settled(model.price, run.input, { ...used, ...metrics }, 0));
  }

  /** Free for the person; the budgets count what Replicate is estimated to have used. */
  async function fail(job: Job, run: Run, problem: Problem, used: MicroDollars = 0): Promise<void> {
    run.state = "failed";
    run.problem = problem.reason;
    run.cost = 0;
    // What a stream said before the prediction itself had nothing to say was no answer.
    if (problem.reason.kind === "no-output") delete run.result;
    await insist(() => quota.forgive(job.account, holdId(job, run), used));
    if (usedAMachine.has(problem.reason.kind)) deps.freeFailures.count(job.account.person);
    const { cause } = problem;
    log.warn({ job: job.id, run: run.key, model: run.model, problem: problem.reason, cause }, "run failed");
  }

  async function succeed(job: Job, run: Run, model: AnyModel, prediction: Prediction): Promise<void> {
    const { result, metrics } = outcomeOf(prediction, model) as {
      result: NonNullable<Run["result"]>;
      metrics: Record<string, unknown>;
    };
    run.result = result;
    await Promise.all(
      (result.files ?? []).map((url) =>
        deps.copy(url).catch((error: unknown) => log.warn({ job: job.id, error }, "output not copied")),
      ),
    );
    await settle(job, run, settled(model.price, run.input, metrics, result.files?.length ?? 0));
    run.state = "succeeded";
    await learn(run, prediction);
    if (model.kind === "transcription") await remember(job, run, result);
    log.info(
      { job: job.id, run: run.key, model: run.model, seconds: run.seconds, cost: run.cost },
      "run succeeded",
    );
  }

  async function remember(job: Job, run: Run, result: NonNullable<Run["result"]>): Promise<void> {
    const audience = { person: job.account.person, private: job.private ?? false };
    await deps.transcripts
      .keep(run.model, run.input, audience, result)
      .catch((error: unknown) => log.warn({ job: job.id, error }, "transcript not kept"));
  }

  /** How long it took is worth knowing, but no reason to fail. */
  async function learn(run: Run, { created_at, started_at }: Prediction): Promise<void> {
    if (!created_at || !started_at || run.seconds === undefined) return;
    const waited = (Date.parse(started_at) - Date.parse(created_at)) / 1000;
    await paces
      .learn(run.model, waited, run.seconds)
      .catch((error: unknown) => log.warn({ error }, "pace not stored"));
  }

  async function end(job: Job, run: Run, model: AnyModel, prediction: Prediction): Promise<void> {
    const outcome = outcomeOf(prediction, model);
    // It may have begun and ended between two looks.
    const startedAt = startOf(prediction, api.skewMs());
    if (startedAt !== undefined) run.startedAt ??= startedAt;
    const seconds = outcome.metrics["predict_time"];
    if (typeof seconds === "number") run.seconds = seconds;
    if (outcome.ended === "succeeded") return succeed(job, run, model, prediction);
    const used = usedBy(run, model, outcome.metrics);
    if (outcome.ended === "failed") return fail(job, run, new Problem(outcome.problem), used);
    await settle(job, run, used);
    run.state = "cancelled";
    run.problem ??= { kind: "cancelled" };
  }

  const runningLimitMs = (run: Run, { price }: AnyModel) =>
    price.per === "second" ? Math.max(30_000, (run.hold / price.each) * 1000) : RUNNING_LIMIT_MS;

  const requestOf = (run: Run, model: AnyModel, input: Record<string, unknown>) => ({
    ref: model.ref,
    official: model.official,
    ...(model.deployment ? { deployment: model.deployment } : {}),
    input,
    // Replicate's own net, for the case that nobody is there to cancel.
    cancelAfterSeconds: (WAITING_LIMIT_MS + runningLimitMs(run, model)) / 1000,
  });

  async function create(job: Job, run: Run, model: AnyModel, signal: AbortSignal): Promise<Prediction> {
    const request = requestOf(run, model, await deps.readable(run.input, signal));
    // Stored as sent only when it is: what waits for its turn can be sent after a restart.
    const sending = {
      async begun() {
        run.state = "creating";
        run.submittedAt = clock.now();
        await jobs.save(job);
      },
      async refused() {
        run.state = "waiting";
        await jobs.save(job);
      },
    };
    return submissions.create(request, sending, signal);
  }

  /** The run's prediction: known, looked for where the process stopped while it was sent, or created now. */
  async function open(job: Job, run: Run, model: AnyModel, { signal, detached }: Stops): Promise<Prediction> {
    if (run.prediction) {
      submissions.claim(run.prediction);
      return find(run.prediction, { api, signal, clock });
    }
    const sent = run.state === "creating" && run.submittedAt !== undefined;
    const created = sent
      ? // Not given up by a Stop: what is found has to be cancelled.
        submissions.recover(requestOf(run, model, run.input), run.submittedAt ?? 0, detached)
      : create(job, run, model, signal);
    const prediction = await created;
    run.prediction = prediction.id;
    run.state = "starting";
    await insist(() => jobs.save(job));
    return prediction;
  }

  async function follow(job: Job, run: Run, how: Parameters<Runs["perform"]>[2]): Promise<void> {
    const { signal, detached, changed } = how;
    let model: AnyModel | undefined;
    try {
      model = await models.resolve(run.model);
      signal.throwIfAborted();
      const first = await open(job, run, model, how);
      changed();
      const expected = await paces.expect(run.model).catch(() => undefined);
      if (expected) run.expected = expected;
      const limitMs = runningLimitMs(run, model);
      const { isStreamHost } = deps;
      const last = await followPrediction(run, first, model, {
        api,
        clock,
        isStreamHost,
        signal,
        changed,
        runningLimitMs: limitMs,
      });
      if (!last) run.problem = { kind: "timed-out", model: model.title };
      await end(job, run, model, last ?? (await stopPrediction(first.id, { api, clock })));
    } catch (error) {
      // Nobody follows any longer, but the prediction goes on: the next start follows it again.
      if (detached.aborted) return;
      await breakOff(
        job,
        run,
        model,
        signal.aborted ? new Problem({ kind: "cancelled" }) : problemOf(error, model),
      );
    }
    await insist(() => jobs.save(job));
    changed();
  }

  /** Stopped, or broken: whatever runs is cancelled, and what it used is counted. */
  async function breakOff(job: Job, run: Run, model: AnyModel | undefined, problem: Problem): Promise<void> {
    if (!run.prediction || !model) return fail(job, run, problem);
    const last = await stopPrediction(run.prediction, { api, clock });
    if (problem.reason.kind === "cancelled" || last.status === "succeeded") return end(job, run, model, last);
    await fail(job, run, problem, usedBy(run, model, last.metrics ?? {}));
  }

  return {
    release,
    async perform(job, run, how) {
      let running: Promise<void> | undefined;
      const start = () => (running ??= follow(job, run, how));
      await deps.queue.add(start, { signal: how.signal }).catch((error: unknown) => {
        if (!how.signal.aborted) throw error;
      });
      // What is stopped while it waits for its turn ends at once, and what is stopped later is waited for.
      await start();
    },
  };
}
