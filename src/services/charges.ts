import type { Clock } from "./clock.ts";
import { runId } from "./run-id.ts";
import type { Insist } from "./insist.ts";
import type { Job, Run } from "./jobs.ts";
import type { AnyModel } from "./models/models.ts";
import type { MicroDollars } from "./money.ts";
import { type Metrics, settled } from "./prices.ts";
import type { Quota } from "./quota.ts";

/** What becomes of a run's hold when the run ends; each of these may be repeated and counts once. */
export interface Charges {
  /** The asker pays what the run cost, also above its hold. */
  settle(job: Job, run: Run, cost: MicroDollars): Promise<void>;
  /** Free for the asker; the budgets count what Replicate is estimated to have used. */
  forgive(job: Job, run: Run, used: MicroDollars): Promise<void>;
  /** Nothing was used. */
  release(job: Job, run: Run): Promise<void>;
  /** What a run that made nothing used up: machine seconds and tokens so far; pictures that were never made cost nothing. */
  usedBy(run: Run, model: AnyModel, metrics: Metrics): MicroDollars;
}

export function createCharges(deps: { quota: Quota; insist: Insist; clock: Clock }): Charges {
  const { quota, insist, clock } = deps;
  const use = ({ command, asker }: Job, cost: MicroDollars) => ({ command, name: asker.name, cost });
  return {
    async settle(job, run, cost) {
      run.cost = cost;
      const standing = await insist(() => quota.settle(job.account, runId(job, run), use(job, cost)));
      job.left = standing.left;
    },
    async forgive(job, run, used) {
      run.cost = 0;
      await insist(() => quota.forgive(job.account, runId(job, run), use(job, used)));
      // What is said to be left counted its hold.
      if (job.left === undefined) return;
      const standing = await quota.standing(job.account).catch(() => undefined);
      if (standing) job.left = standing.left;
    },
    async release(job, run) {
      run.cost = 0;
      await quota.release(job.account, runId(job, run));
    },
    usedBy(run, model, metrics) {
      if (!run.startedAt || model.price.per === "run") return 0;
      const text = run.result?.text ?? "";
      const used = {
        token_output_count: Math.ceil(text.length / 3),
        predict_time: (clock.now() - run.startedAt) / 1000,
      };
      return Math.min(run.hold, settled(model.price, run.input, { ...used, ...metrics }, 0));
    },
  };
}
