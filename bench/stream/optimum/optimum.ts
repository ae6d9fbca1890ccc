import { type Profile, profiles } from "../../../sandbox/discord/buckets.ts";
import { RTT_MS, STEP_MS } from "../pace.ts";
import { leastOfOneLane } from "./one-lane.ts";
import type { Plan } from "./plan.ts";
import { leastOfTwoLanes } from "./two-lanes.ts";

/** The best mean lag that any schedule reaches in which every final leaves with its last token. */
export interface Optimum {
  lagMs: number;
  /** Nothing is better than this, but maybe nothing is that good. */
  isBound: boolean;
}

export function planOf(profile: Profile, tokens: number): Plan {
  const { limit, windowMs } = profiles[profile];
  return {
    tokens,
    stepMs: STEP_MS,
    tripMs: RTT_MS / 2,
    gap: Math.ceil(RTT_MS / STEP_MS),
    limit,
    window: windowMs / STEP_MS,
  };
}

/** Each answer on its own bucket only: private ones, or public ones that leave the channel's bucket alone. */
export function oneLane(plan: Plan): Optimum {
  return { lagMs: leastOfOneLane(plan)[0]! / plan.tokens, isBound: false };
}

/**
 * Answers that have a bucket each and share the channel's, and that begin within `spreadSteps` of each other. One alone
 * is solved exactly. For several this is a lower bound: the channel's edits may leave whenever they like, as many as it
 * takes in all that time, and are divided as is best for all.
 */
export function twoLanes(plan: Plan, answers: number, spreadSteps: number): Optimum {
  if (answers === 1) return { lagMs: leastOfTwoLanes(plan) / plan.tokens, isBound: false };
  const windows = Math.floor((plan.tokens + spreadSteps) / plan.window) + 1;
  const shared = windows * plan.limit;
  const total = divided(leastOfOneLane(plan, shared), answers, shared);
  return { lagMs: total / (answers * plan.tokens), isBound: true };
}

/** The least sum where `answers` divide `shared` among themselves; `cost[n]` is what one costs that gets n. */
export function divided(cost: readonly number[], answers: number, shared: number): number {
  let least: number[] = Array.from({ length: shared + 1 }, () => 0);
  for (let answer = 0; answer < answers; answer++)
    least = least.map((_, given) =>
      Math.min(...cost.slice(0, given + 1).map((own, taken) => own + least[given - taken]!)),
    );
  return least[shared]!;
}
