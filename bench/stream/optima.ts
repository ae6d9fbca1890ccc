import { JITTER_MS, STEP_MS } from "./pace.ts";
import { oneLane, type Optimum, planOf, twoLanes } from "./optimum/optimum.ts";
import type { Scenario } from "./scenario.ts";

/** What is possible in a scenario at all; nothing where its answers are not all of one length. */
export interface Optima {
  /** With the webhook's bucket alone, which is all that private answers have. */
  oneLane: Optimum;
  /** With the channel's bucket beside it. */
  twoLanes?: Optimum;
}

export function optimaOf({
  profile,
  tokens: [least, most],
  answers,
  private: hidden,
}: Scenario): Optima | undefined {
  if (least !== most) return undefined;
  const plan = planOf(profile, least);
  const own = oneLane(plan);
  return hidden ? { oneLane: own } : { oneLane: own, twoLanes: twoLanes(plan, answers, JITTER_MS / STEP_MS) };
}

/** The best that the scenario allows. */
export const bestOf = (optima: Optima | undefined) => optima?.twoLanes ?? optima?.oneLane;
