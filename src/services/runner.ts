import type { Logger } from "pino";
import { createChanges } from "./changes.ts";
import type { Clock } from "./clock.ts";
import { hasEnded, type Job, type Jobs, type Run } from "./jobs.ts";
import { modelByKey } from "./models/index.ts";
import type { Model } from "./models/model.ts";
import type { MicroDollars } from "./money.ts";
import { affordableTokens, estimate, settled, withOutputLimit } from "./prices.ts";
import { followPrediction, RUNNING_LIMIT_MS, WAITING_LIMIT_MS } from "./prediction.ts";
import { Problem } from "./problem.ts";
import type { Quota } from "./quota.ts";
import type { Prediction, ReplicateApi } from "./replicate/client.ts";
import { isTerminal } from "./replicate/client.ts";
import { withReadableFiles } from "./replicate/inputs.ts";
import type { Media } from "./replicate/media.ts";
import { outcomeOf, problemOf } from "./replicate/outcome.ts";

/** One run that a command asks for. */
export interface RunSpec {
  key: string;
  /** A key of the catalogue. */
  model: string;
  input: Record<string, unknown>;
}

/** A command's runs, asked for at the beginning and again when the known ones ended; known keys are left alone. */
export type NextRuns = (finished: readonly Run[]) => readonly RunSpec[];

export type JobDraft = Omit<Job, "state" | "runs" | "createdAt">;

/** The one way to run a model: hold → create → follow → settle. Only it holds, settles and releases credits. */
export interface Runner {
  /**
   * Stores the job and holds what it may cost; both or neither.
   * @throws {Problem} what `next` throws, out-of-credits and its like, store-unavailable.
   */
  admit(draft: JobDraft, next: NextRuns): Promise<Job>;
  /** The job's promise was never given: releases what it held and forgets it. */
  withdraw(job: Job): Promise<void>;
  /** Snapshots of the job until all its runs ended; starts what was not started. `signal` stops only the following. */
  follow(job: Job, next: NextRuns, signal?: AbortSignal): AsyncGenerator<Job, void, undefined>;
  /** Stops the spending: cancels what runs. False where nothing of this job runs. */
  cancel(jobId: string): boolean;
}

/** Below this an answer would be cut before it says anything. */
const FEWEST_TOKENS = 64;

const holdId = (job: Pick<Job, "id">, run: Pick<Run, "key">) => `${job.id}/${run.key}`;

function modelOf(spec: { model: string }): Model {
  const model = modelByKey(spec.model);
  if (!model) throw new Problem({ kind: "unknown-model", name: spec.model, suggestions: [] });
  return model;
}

/** The input with its output limit lowered to what `money` pays for, where the model and the answer can do with it. */
function affordable(
  { price, input }: Model,
  wanted: RunSpec["input"],
  money: MicroDollars,
): RunSpec["input"] {
  const limit = affordableTokens(price, wanted, money);
  if (limit === undefined || limit < FEWEST_TOKENS) return wanted;
  const lowered = withOutputLimit(wanted, limit);
  return input.safeParse(lowered).success ? lowered : wanted;
}

function toRun(spec: RunSpec, money: MicroDollars | "unlimited"): Run {
  const model = modelOf(spec);
  const input = money === "unlimited" ? spec.input : affordable(model, spec.input, money);
  return { ...spec, input, hold: Math.ceil(estimate(model.price, input)), state: "waiting" };
}

export function createRunner(deps: {
  api: ReplicateApi;
  media: Media;
  jobs: Jobs;
  quota: Quota;
  clock: Clock;
  log: Logger;
  isStreamHost: (url: string) => boolean;
}): Runner {
  const { api, media, jobs, quota, clock, log } = deps;
  const cancels = new Map<string, AbortController>();

  const holds = (job: Pick<Job, "id">, runs: readonly Run[]) =>
    Object.fromEntries(runs.map((run) => [holdId(job, run), run.hold]));

  async function settle(job: Job, run: Run, cost: MicroDollars): Promise<void> {
    run.cost = cost;
    const standing = await quota.settle(job.account, holdId(job, run), cost);
    job.left = standing.left;
  }

  async function release(job: Job, run: Run): Promise<void> {
    run.cost = 0;
    await quota.release(job.account, holdId(job, run));
  }

  async function fail(job: Job, run: Run, problem: Problem): Promise<void> {
    run.state = "failed";
    run.problem = problem.reason;
    await release(job, run);
    log.warn(
      { job: job.id, run: run.key, model: run.model, problem: problem.reason, cause: problem.cause },
      "run failed",
    );
  }

  /** What a cancelled run used: machine seconds and tokens so far; pictures that were never made cost nothing. */
  function usedBy(run: Run, model: Model, metrics: Record<string, unknown>): MicroDollars {
    if (!run.startedAt) return 0;
    const text = run.result?.text ?? "";
    const used = {
      token_output_count: Math.ceil(text.length / 3),
      predict_time: (clock.now() - run.startedAt) / 1000,
    };
    const { price } = model;
    return price.per === "run"
      ? 0
      : Math.min(run.hold, settled(price, run.input, { ...used, ...metrics }, 0));
  }

  async function end(job: Job, run: Run, model: Model, prediction: Prediction): Promise<void> {
    const outcome = outcomeOf(prediction, model);
    const seconds = outcome.metrics["predict_time"];
    if (typeof seconds === "number") run.seconds = seconds;
    if (outcome.ended === "failed") return fail(job, run, new Problem(outcome.problem));
    if (outcome.ended === "cancelled") {
      await settle(job, run, usedBy(run, model, outcome.metrics));
      run.state = "cancelled";
      run.problem ??= { kind: "cancelled" };
      return;
    }
    run.result = outcome.result;
    await settle(
      job,
      run,
      settled(model.price, run.input, outcome.metrics, outcome.result.files?.length ?? 0),
    );
    run.state = "succeeded";
    log.info(
      { job: job.id, run: run.key, model: run.model, seconds: run.seconds, cost: run.cost },
      "run succeeded",
    );
  }

  /** Cancels on Replicate; the answer may be that it had succeeded a moment before, which then counts. */
  async function stop(id: string): Promise<Prediction> {
    let prediction = await api.cancel(id);
    for (let tries = 0; !isTerminal(prediction) && tries < 10; tries++) {
      await clock.sleep(300);
      prediction = await api.get(id);
    }
    return isTerminal(prediction) ? prediction : { ...prediction, status: "canceled" };
  }

  const runningLimitMs = (run: Run, { price }: Model) =>
    price.per === "second" ? Math.max(30_000, (run.hold / price.each) * 1000) : RUNNING_LIMIT_MS;

  async function create(job: Job, run: Run, model: Model, signal: AbortSignal): Promise<Prediction> {
    const input = await withReadableFiles(run.input, { media, api, signal });
    run.state = "creating";
    await jobs.save(job);
    const cancelAfterSeconds = (WAITING_LIMIT_MS + runningLimitMs(run, model)) / 1000;
    const prediction = await api.create({
      ref: model.ref,
      official: model.official,
      input,
      cancelAfterSeconds,
    });
    run.prediction = prediction.id;
    run.state = "starting";
    await jobs.save(job);
    return prediction;
  }

  async function perform(
    job: Job,
    run: Run,
    signal: AbortSignal,
    detached: AbortSignal,
    changed: () => void,
  ) {
    const model = modelOf(run);
    try {
      // The process stopped between sending and storing: a second request might be billed twice.
      if (run.state === "creating" && !run.prediction) throw new Problem({ kind: "create-unknown" });
      signal.throwIfAborted();
      const first = run.prediction
        ? await api.get(run.prediction, signal)
        : await create(job, run, model, signal);
      changed();
      const limitMs = runningLimitMs(run, model);
      const following = {
        api,
        clock,
        isStreamHost: deps.isStreamHost,
        signal,
        changed,
        runningLimitMs: limitMs,
      };
      const last = await followPrediction(run, first, model, following);
      if (!last) run.problem = { kind: "timed-out", model: model.title };
      await end(job, run, model, last ?? (await stop(first.id)));
    } catch (error) {
      // Nobody follows any longer, but the prediction goes on: the next start follows it again.
      if (detached.aborted) return;
      if (signal.aborted && run.prediction) await end(job, run, model, await stop(run.prediction));
      else
        await fail(job, run, signal.aborted ? new Problem({ kind: "cancelled" }) : problemOf(error, model));
    }
    await jobs.save(job);
    changed();
  }

  /** Adds the runs that the command wants next, holding for them. */
  async function extend(job: Job, next: NextRuns): Promise<boolean> {
    const known = new Set(job.runs.map(({ key }) => key));
    const specs = next(job.runs.filter(hasEnded)).filter(({ key }) => !known.has(key));
    if (specs.length === 0) return false;
    const { left } = await quota.standing(job.account);
    const runs = specs.map((spec) => toRun(spec, left === "unlimited" ? left : left / specs.length));
    await quota.hold(job.account, holds(job, runs));
    job.runs.push(...runs);
    await jobs.save(job);
    return true;
  }

  return {
    async admit(draft, next) {
      const specs = next([]);
      const { left } = await quota.standing(draft.account);
      const runs = specs.map((spec) => toRun(spec, left === "unlimited" ? left : left / specs.length));
      const job: Job = { ...draft, state: "open", createdAt: clock.now(), runs };
      await jobs.save(job);
      try {
        await quota.hold(job.account, holds(job, runs));
      } catch (error) {
        await jobs.remove(job.id);
        throw error;
      }
      return job;
    },

    async withdraw(job) {
      for (const run of job.runs) await release(job, run);
      await jobs.remove(job.id);
    },

    async *follow(job, next, detached = new AbortController().signal) {
      const cancel = new AbortController();
      cancels.set(job.id, cancel);
      const signal = AbortSignal.any([cancel.signal, detached]);
      const changes = createChanges();
      const started = new Set<Run>();
      let problem: unknown;
      let working = 0;

      const start = (run: Run) => {
        started.add(run);
        working += 1;
        perform(job, run, signal, detached, changes.notify)
          .catch((error: unknown) => (problem = error))
          .finally(() => {
            working -= 1;
            changes.notify();
          });
      };

      try {
        do {
          for (const run of job.runs) if (!hasEnded(run) && !started.has(run)) start(run);
          while (working > 0) {
            const seen = changes.count;
            yield structuredClone(job);
            await changes.after(seen);
          }
          if (problem) throw problem;
          if (detached.aborted) return;
        } while (!cancel.signal.aborted && (await extend(job, next)));
        yield structuredClone(job);
      } finally {
        cancels.delete(job.id);
      }
    },

    cancel(jobId) {
      const controller = cancels.get(jobId);
      controller?.abort(new Problem({ kind: "cancelled" }));
      return controller !== undefined;
    },
  };
}
