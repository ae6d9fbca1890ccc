import { withWhatFits } from "./affordable.ts";
import { createChanges } from "./changes.ts";
import type { Clock } from "./clock.ts";
import type { FreeFailures } from "./free-failures.ts";
import { allowsModel, type Guilds, type Scope } from "./guilds.ts";
import { runId } from "./run-id.ts";
import { hasEnded, type Job, type Jobs, type Run } from "./jobs.ts";
import { modelsOf } from "./models/index.ts";
import type { AnyModel, Models } from "./models/models.ts";
import { type MicroDollars, sum } from "./money.ts";
import { affordableTokens, estimate, withOutputLimit } from "./prices.ts";
import { isStoreAway, Problem } from "./problem.ts";
import type { Quota } from "./quota.ts";
import { createRecent } from "./recent.ts";
import type { Runs } from "./run.ts";
import type { Transcripts } from "./transcripts.ts";

/** One run that a command asks for. */
export interface RunSpec {
  key: string;
  /** A key of the catalogue, or any model's `owner/name`. */
  model: string;
  input: Record<string, unknown>;
  /** An answer of fewer tokens than this is worth nothing: rather than lower its limit to that, it is refused. */
  fewestTokens?: number;
}

/** A command's runs, asked for at the beginning and again when the known ones ended; known keys are left alone. */
export type NextRuns = (finished: readonly Run[]) => readonly RunSpec[];

/** What has to be asked about before it runs. */
export interface AskFirst {
  /** Whatever may cost more. */
  above: MicroDollars;
  /** Runs that may follow the first ones: they are estimated, too, and not held for. */
  later?: readonly RunSpec[];
}

export type JobDraft = Omit<Job, "state" | "runs" | "createdAt">;

/** The one way to run a model: hold → create → follow → settle. Only it holds, settles and releases credits. */
export interface Runner {
  /**
   * Stores the job and holds what it may cost; both or neither. What has to be asked about first is not admitted.
   * @throws {Problem} what `next` throws, paused, model-denied, out-of-credits and its like, needs-confirmation,
   * store-unavailable.
   */
  admit(draft: JobDraft, next: NextRuns, ask?: AskFirst): Promise<Job>;
  /** The job's promise was never given, or can't be kept: ends what it runs, releases what it held, and forgets it. */
  withdraw(job: Job): Promise<void>;
  /** Snapshots of the job until all its runs ended; starts what was not started. `signal` stops only the following. */
  follow(job: Job, next: NextRuns, signal?: AbortSignal): AsyncGenerator<Job, void, undefined>;
  /**
   * Stops the spending: cancels what runs, now or as soon as it is followed, also after a restart. False where nobody
   * follows this job.
   */
  cancel(jobId: string): Promise<boolean>;
  /** Stops what has not begun yet, of this guild or of all: free for its askers. What a machine works on goes on. */
  pause(scope: Scope): void;
}

/** A job on its way. `pauses` are of its runs. */
interface Followed {
  job: Job;
  cancel: AbortController;
  pauses: Map<Run, AbortController>;
}

const STOPPED_KEPT = 1_000;

/** Below this an answer would be cut before it says anything. */
const FEWEST_TOKENS = 64;

/** The input with its output limit lowered to what `money` pays for, where the model and the answer can do with it. */
function affordable(
  model: AnyModel,
  wanted: RunSpec["input"],
  money: MicroDollars,
  fewest = FEWEST_TOKENS,
): RunSpec["input"] {
  const limit = affordableTokens(model.price, wanted, money);
  if (limit === undefined || limit < fewest) return wanted;
  const lowered = withOutputLimit(wanted, limit);
  try {
    return model.check(lowered);
  } catch {
    return wanted;
  }
}

/** No machine works on it yet. */
const waits = ({ state }: Run) => state === "waiting" || state === "creating" || state === "starting";

/** The job as it is now. Only what changes while it runs is copied: this is made for every token of every answer. */
const snapshot = (job: Job): Job => ({
  ...job,
  runs: job.runs.map((run) => ({ ...run, ...(run.result ? { result: { ...run.result } } : {}) })),
});

export function createRunner(deps: {
  runs: Runs;
  models: Models;
  jobs: Jobs;
  quota: Quota;
  guilds: Guilds;
  transcripts: Transcripts;
  /** The input with what is known of its attachments' content by now, without looking. */
  recognized: (input: RunSpec["input"]) => RunSpec["input"];
  freeFailures: FreeFailures;
  clock: Clock;
}): Runner {
  const { jobs, quota, guilds, models } = deps;
  const followed = new Map<string, Followed>();
  /** Stopped before anybody followed them, as after a restart. */
  const stopped = createRecent<true>(STOPPED_KEPT);
  const stopReason = () => new Problem({ kind: "cancelled" });

  const holds = (job: Pick<Job, "id">, runs: readonly Run[]) =>
    Object.fromEntries(runs.filter((run) => !hasEnded(run)).map((run) => [runId(job, run), run.hold]));

  /** @throws {Problem} model-denied */
  async function checkModel(key: string, { title, kind }: AnyModel, guild: string | null): Promise<void> {
    const settings = await guilds.get(guild);
    if (allowsModel(settings, key)) return;
    const others = kind === "other" ? [] : modelsOf(kind).map((model) => model.key);
    const allowed = others.filter((other) => allowsModel(settings, other));
    throw new Problem({ kind: "model-denied", model: title, models: allowed });
  }

  async function toRun(
    { fewestTokens, ...spec }: RunSpec,
    money: MicroDollars | "unlimited",
    draft: JobDraft,
  ): Promise<Run> {
    const model = await models.resolve(spec.model);
    await checkModel(spec.model, model, draft.account.guild);
    const wanted = deps.recognized(model.check(spec.input));
    const audience = { person: draft.account.person, private: draft.private ?? false };
    const known =
      model.kind === "transcription" ? await deps.transcripts.find(spec.model, wanted, audience) : undefined;
    if (known)
      return {
        ...spec,
        input: wanted,
        hold: 0,
        state: "succeeded",
        result: known,
        cost: 0,
        remembered: true,
      };
    const input = money === "unlimited" ? wanted : affordable(model, wanted, money, fewestTokens);
    return { ...spec, input, hold: Math.ceil(estimate(model.price, input, model.title)), state: "waiting" };
  }

  async function toRuns(
    specs: readonly RunSpec[],
    draft: JobDraft,
    left: MicroDollars | "unlimited",
  ): Promise<Run[]> {
    const share = left === "unlimited" ? left : left / specs.length;
    return Promise.all(specs.map((spec) => toRun(spec, share, draft)));
  }

  /** What those that are not paid yet cost by. */
  const pricedOf = (runs: readonly Run[]) =>
    Promise.all(
      runs
        .filter((run) => !hasEnded(run))
        .map(async ({ model, input }) => ({ price: (await models.resolve(model)).price, input })),
    );

  /** These as runs that are held for. What may not run is a run that failed: what there is already stays worth showing. */
  async function held(job: Job, specs: readonly RunSpec[]): Promise<Run[]> {
    try {
      const { left } = await quota.standing(job.account);
      const runs = await toRuns(specs, job, left);
      await quota.hold(job.account, holds(job, runs));
      return runs;
    } catch (error) {
      if (!(error instanceof Problem) || isStoreAway(error)) throw error;
      return specs.map(({ key, model, input }) => ({
        key,
        model,
        input,
        hold: 0,
        state: "failed",
        problem: error.reason,
      }));
    }
  }

  /** Adds the runs that the command wants next, holding for them. */
  async function extend(job: Job, next: NextRuns): Promise<boolean> {
    const known = new Set(job.runs.map(({ key }) => key));
    const specs = next(job.runs.filter(hasEnded)).filter(({ key }) => !known.has(key));
    if (specs.length === 0) return false;
    job.runs.push(...(await held(job, specs)));
    await jobs.save(job);
    return true;
  }

  return {
    async admit(draft, next, { above, later = [] } = { above: Number.POSITIVE_INFINITY }) {
      deps.freeFailures.check(draft.account.person);
      await guilds.checkPause(draft.account.guild);
      const specs = next([]);
      const { left, resetsAt } = await quota.standing(draft.account);
      const runs = await toRuns(specs, draft, left);
      const held = sum(runs.map(({ hold }) => hold));
      const needed = held + sum((await toRuns(later, draft, left)).map(({ hold }) => hold));
      // What can't be paid anyway is refused below, with the same two numbers.
      const isPayable = left === "unlimited" || held <= left;
      if (isPayable && left !== "unlimited" && needed > left)
        throw new Problem({ kind: "out-of-credits", needed, left, resetsAt });
      if (needed > above && isPayable) throw new Problem({ kind: "needs-confirmation", needed, left });
      const job: Job = { ...draft, state: "open", createdAt: deps.clock.now(), runs };
      await jobs.save(job);
      try {
        await quota.hold(job.account, holds(job, runs));
      } catch (error) {
        await jobs.remove(job.id);
        throw withWhatFits(error, await pricedOf(runs));
      }
      return job;
    },

    async withdraw(job) {
      for (const run of job.runs) if (!hasEnded(run)) await deps.runs.release(job, run);
      await jobs.remove(job.id);
    },

    async *follow(job, next, detached = new AbortController().signal) {
      const cancel = new AbortController();
      const pauses: Followed["pauses"] = new Map();
      followed.set(job.id, { job, cancel, pauses });
      // A command may want to know that nothing more is coming.
      if (stopped.has(job.id)) job.stopping = true;
      if (job.stopping) cancel.abort(stopReason());
      stopped.delete(job.id);
      const signal = AbortSignal.any([cancel.signal, detached]);
      const changes = createChanges();
      const started = new Set<Run>();
      let broken: { error: unknown } | undefined;
      let working = 0;

      const start = (run: Run) => {
        started.add(run);
        working += 1;
        const pause = new AbortController();
        pauses.set(run, pause);
        deps.runs
          .perform(job, run, {
            signal: AbortSignal.any([signal, pause.signal]),
            detached,
            changed: changes.notify,
          })
          .catch((error: unknown) => (broken = { error }))
          .finally(() => {
            pauses.delete(run);
            working -= 1;
            changes.notify();
          });
      };

      try {
        do {
          for (const run of job.runs) if (!hasEnded(run) && !started.has(run)) start(run);
          while (working > 0) {
            const seen = changes.count;
            yield snapshot(job);
            await changes.after(seen);
          }
          if (broken) throw broken.error;
          if (detached.aborted) return;
        } while (!cancel.signal.aborted && (await extend(job, next)));
        yield snapshot(job);
      } finally {
        followed.delete(job.id);
      }
    },

    async cancel(jobId) {
      const following = followed.get(jobId);
      following?.cancel.abort(stopReason());
      if (following) following.job.stopping = true;
      else stopped.set(jobId, true);
      // A process that ends before Replicate heard of it must not forget it.
      await jobs.stop(jobId);
      return following !== undefined;
    },

    pause(scope) {
      const everywhere = scope === "everywhere";
      const reason = new Problem({ kind: "paused", everywhere });
      for (const { job, pauses } of followed.values())
        if (everywhere || job.account.guild === scope.guild)
          for (const [run, pause] of pauses) if (waits(run)) pause.abort(reason);
    },
  };
}
