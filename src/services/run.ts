import type { Logger } from "pino";
import type { Charges } from "./charges.ts";
import type { Clock } from "./clock.ts";
import type { FreeFailures } from "./free-failures.ts";
import type { Insist } from "./insist.ts";
import { hasEnded, type Job, type Jobs, type Run } from "./jobs.ts";
import type { Line } from "./line.ts";
import type { AnyModel, Models } from "./models/models.ts";
import type { MicroDollars } from "./money.ts";
import type { Paces } from "./paces.ts";
import {
  find,
  followPrediction,
  removalOf,
  RUNNING_LIMIT_MS,
  startOf,
  stopPrediction,
  WAITING_LIMIT_MS,
} from "./prediction.ts";
import { type Metrics, reachedLimit, settled } from "./prices.ts";
import { isStoreAway, Problem } from "./problem.ts";
import type { Prediction, ReplicateApi } from "./replicate/client.ts";
import { outcomeOf, problemOf } from "./replicate/outcome.ts";
import { runId } from "./run-id.ts";
import type { Submissions } from "./replicate/submissions.ts";
import { paceOf, type Results } from "./results.ts";
import { beginningOf, shifted } from "./sound/shift.ts";

type Input = Run["input"];

/** A run's success. */
interface Made {
  result: NonNullable<Run["result"]>;
  metrics: Metrics;
  prediction: Prediction;
}

interface Following {
  signal: AbortSignal;
  detached: AbortSignal;
  /** Called after each change to the run. */
  changed: () => void;
}

/** One run, from wherever it is to its end: create → follow → settle. */
export interface Runs {
  /**
   * Resolves when the run ended and that is stored; rejects only where the store is away. `signal` stops it and what it
   * spends; `detached` only ends the following: the prediction goes on, and the next start takes it up.
   */
  perform(job: Job, run: Run, how: Following): Promise<void>;
  /** Nobody wants it any longer: free for the asker, and what runs is cancelled. */
  release(job: Job, run: Run): Promise<void>;
}

/** The process ended while its request was on the way. */
const mayBeSent = ({ state, submittedAt, prediction }: Run) =>
  state === "creating" && submittedAt !== undefined && prediction === undefined;

/** Why it was stopped: by somebody, or because nothing may run. */
const stopReasonOf = ({ reason }: AbortSignal) =>
  reason instanceof Problem ? reason : new Problem({ kind: "cancelled" });

/** Failures after which Replicate may have used a machine all the same. */
const usedAMachine = new Set(["flagged", "model-failed", "no-output", "wrong-file"]);

export function createRuns(deps: {
  api: ReplicateApi;
  submissions: Submissions;
  /** The input with every attachment looked into. */
  inspected: (input: Input, signal: AbortSignal) => Promise<Input>;
  /** The input with its attachments turned into what Replicate can read. */
  readable: (input: Input, signal: AbortSignal) => Promise<Input>;
  /** No run of the job needs these attachments any more. */
  release: (input: Input) => Promise<void>;
  results: Results;
  jobs: Jobs;
  models: Models;
  charges: Charges;
  paces: Paces;
  freeFailures: FreeFailures;
  insist: Insist;
  isStreamHost: (url: string) => boolean;
  /** What was not sent yet is not sent while nothing may run. @throws {Problem} paused */
  checkPause: (guild: string | null) => Promise<void>;
  /** Runs at once, over all jobs. */
  line: Line;
  clock: Clock;
  log: Logger;
}): Runs {
  const { api, submissions, jobs, models, charges, results, paces, insist, clock, log } = deps;

  /** Free for the person; the budgets count what Replicate is estimated to have used. */
  async function fail(job: Job, run: Run, problem: Problem, used: MicroDollars = 0): Promise<void> {
    // What a stream said before the prediction itself had nothing to say was no answer.
    if (problem.reason.kind === "no-output") delete run.result;
    await charges.forgive(job, run, used);
    // Ended only when its hold is: others store the job meanwhile, and what is stored as ended is not followed again.
    run.state = "failed";
    run.problem = problem.reason;
    if (usedAMachine.has(problem.reason.kind)) deps.freeFailures.count(job.account.person);
    const { cause } = problem;
    log.warn({ job: job.id, run: run.key, model: run.model, problem: problem.reason, cause }, "run failed");
  }

  /** What was heard in a part of a recording, by the whole recording's clock. */
  function inWhole(result: Made["result"], input: Input): Made["result"] {
    const { segments } = result;
    return segments ? { ...result, segments: shifted(segments, beginningOf(input)) } : result;
  }

  async function succeed(job: Job, run: Run, model: AnyModel, made: Made): Promise<void> {
    const { metrics, prediction } = made;
    const result = inWhole(made.result, run.input);
    const { files = [] } = result;
    const kept = await results.collect(job, model, files);
    const cost = settled(model.price, run.input, metrics, files.length);
    // Replicate made something, and nobody can have it: the operator pays.
    if (kept.problem && kept.files.length === 0) return fail(job, run, kept.problem, cost);
    run.result = files.length > 0 ? { ...result, files: kept.files } : result;
    run.undelivered = files.length - kept.files.length;
    if (reachedLimit(run.input, metrics)) run.limited = true;
    // It may have succeeded while it was stopped for taking too long.
    delete run.problem;
    const share = files.length > 0 ? kept.files.length / files.length : 1;
    await charges.settle(job, run, Math.ceil(cost * share));
    run.state = "succeeded";
    await results.learn(job, run, model, prediction);
    log.info(
      { job: job.id, run: run.key, model: run.model, seconds: run.seconds, cost: run.cost },
      "run succeeded",
    );
  }

  /** What was transcribed before is not transcribed again. */
  async function recall(job: Job, run: Run): Promise<boolean> {
    const known = await results.recall(job, run);
    if (!known) return false;
    run.result = known;
    run.remembered = true;
    await charges.settle(job, run, 0);
    run.state = "succeeded";
    return true;
  }

  async function end(job: Job, run: Run, model: AnyModel, prediction: Prediction): Promise<void> {
    const outcome = outcomeOf(prediction, model);
    // It may have begun and ended between two looks.
    const startedAt = startOf(prediction, api.skewMs());
    if (startedAt !== undefined) run.startedAt ??= startedAt;
    const removedAt = removalOf(prediction, api.skewMs());
    if (removedAt !== undefined) run.removedAt = removedAt;
    const seconds = outcome.metrics["predict_time"];
    if (typeof seconds === "number") run.seconds = seconds;
    if (outcome.ended === "succeeded") return succeed(job, run, model, { ...outcome, prediction });
    const used = charges.usedBy(run, model, outcome.metrics);
    if (outcome.ended === "failed") return fail(job, run, new Problem(outcome.problem), used);
    await charges.settle(job, run, used);
    run.state = "cancelled";
    // Or it took too long: that is known already.
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
      run: runId(job, run),
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
  async function open(
    job: Job,
    run: Run,
    model: AnyModel,
    { signal, detached }: Following,
  ): Promise<Prediction> {
    if (run.prediction) {
      submissions.claim(run.prediction, runId(job, run));
      return find(run.prediction, { api, signal, clock });
    }
    const created = mayBeSent(run)
      ? // Not given up by a Stop: what is found has to be cancelled.
        submissions.recover(
          requestOf(run, model, run.input),
          { run: runId(job, run), sentAt: run.submittedAt ?? 0 },
          detached,
        )
      : create(job, run, model, signal);
    const prediction = await created;
    run.prediction = prediction.id;
    run.state = "starting";
    await insist(() => jobs.save(job));
    return prediction;
  }

  /** Looks into what nobody has looked into yet, and whether it was answered before. */
  async function isAnswered(job: Job, run: Run, model: AnyModel, signal: AbortSignal): Promise<boolean> {
    if (run.state !== "waiting") return false;
    run.input = await deps.inspected(run.input, signal);
    return model.kind === "transcription" && recall(job, run);
  }

  async function advance(job: Job, run: Run, model: AnyModel, how: Following): Promise<void> {
    const { signal, changed } = how;
    if (await isAnswered(job, run, model, signal)) return;
    const first = await open(job, run, model, how);
    changed();
    const expected = await paces.expect(paceOf(run)).catch(() => undefined);
    if (expected) run.expected = expected;
    const last = await followPrediction(run, first, model, {
      api,
      clock,
      isStreamHost: deps.isStreamHost,
      signal,
      changed,
      runningLimitMs: runningLimitMs(run, model),
    });
    if (!last) run.problem = { kind: "timed-out", model: model.title };
    await end(job, run, model, last ?? (await stopPrediction(first.id, { api, clock })));
  }

  async function follow(job: Job, run: Run, how: Following): Promise<void> {
    const { signal, detached, changed } = how;
    let model: AnyModel | undefined;
    try {
      model = await models.resolve(run.model);
      // What may have been sent is looked for although it was stopped: it has to be cancelled.
      if (!mayBeSent(run)) signal.throwIfAborted();
      if (run.state === "waiting") await deps.checkPause(job.account.guild);
      await advance(job, run, model, how);
    } catch (error) {
      // Nobody follows any longer, but the prediction goes on: the next start follows it again.
      if (detached.aborted) return;
      // Nor is it stopped because the store is away: it is followed again when that is back.
      if (isStoreAway(error) && run.prediction && !signal.aborted) throw error;
      const problem = signal.aborted ? stopReasonOf(signal) : problemOf(error, model);
      await breakOff(job, run, model, problem);
    }
    await insist(() => jobs.save(job));
    if (job.runs.every(hasEnded)) for (const { input } of job.runs) await deps.release(input);
    changed();
  }

  /** Stopped, or broken: whatever runs is cancelled, and what it used is counted. */
  async function breakOff(job: Job, run: Run, model: AnyModel | undefined, problem: Problem): Promise<void> {
    if (!run.prediction || !model) return fail(job, run, problem);
    const last = await stopPrediction(run.prediction, { api, clock });
    if (problem.reason.kind === "cancelled" || last.status === "succeeded") return end(job, run, model, last);
    await fail(job, run, problem, charges.usedBy(run, model, last.metrics ?? {}));
  }

  return {
    async release(job, run) {
      if (!run.prediction) return charges.release(job, run);
      const last = await stopPrediction(run.prediction, { api, clock });
      const model = await models.resolve(run.model).catch(() => undefined);
      await charges.forgive(job, run, model ? charges.usedBy(run, model, last.metrics ?? {}) : 0);
    },
    async perform(job, run, how) {
      let running: Promise<void> | undefined;
      const start = () => {
        delete run.ahead;
        return (running ??= follow(job, run, how));
      };
      const moved = (ahead: number) => {
        run.ahead = ahead;
        how.changed();
      };
      await deps.line.add(start, { signal: how.signal, moved }).catch((error: unknown) => {
        if (!how.signal.aborted) throw error;
      });
      // What is stopped while it waits for its turn ends at once, and what is stopped later is waited for.
      await start();
    },
  };
}
