import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastOfOneLane } from "../../../bench/stream/optimum/one-lane.ts";
import { divided, oneLane, planOf, twoLanes } from "../../../bench/stream/optimum/optimum.ts";
import { type Plan, waited } from "../../../bench/stream/optimum/plan.ts";
import { leastOfTwoLanes } from "../../../bench/stream/optimum/two-lanes.ts";

interface Lane {
  limit: number;
  window: number;
  openedAt: number;
  used: number;
}

/** The lane after an edit at this step, as Discord's buckets count; undefined where it refuses. */
function taken(lane: Lane, step: number): Lane | undefined {
  if (step >= lane.openedAt + lane.window) return { ...lane, openedAt: step, used: 1 };
  return lane.used < lane.limit ? { ...lane, used: lane.used + 1 } : undefined;
}

/** Every schedule there is, one after the other. */
function bruteForce(plan: Plan, lanes: Lane[], step = 1, shown = 0): number {
  if (step > plan.tokens) return shown === plan.tokens ? 0 : Infinity;
  const later = bruteForce(plan, lanes, step + 1, shown);
  if (shown > 0 && step - shown < plan.gap) return later;
  return lanes.reduce((best, lane, index) => {
    const after = taken(lane, step);
    if (!after) return best;
    const rest = bruteForce(plan, lanes.with(index, after), step + 1, step);
    return Math.min(best, waited(plan, step - shown) + rest);
  }, later);
}

const lane = ({ limit, window }: Pick<Plan, "limit" | "window">): Lane => ({
  limit,
  window,
  openedAt: -Infinity,
  used: 0,
});

const plans = fc.record({
  tokens: fc.integer({ min: 1, max: 11 }),
  stepMs: fc.constant(20),
  tripMs: fc.constantFrom(0, 30),
  gap: fc.integer({ min: 1, max: 3 }),
  limit: fc.integer({ min: 1, max: 3 }),
  window: fc.integer({ min: 1, max: 7 }),
});

describe("the offline optimum", () => {
  it("on one lane is the best of all schedules", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(leastOfOneLane(plan)[0]).toBe(bruteForce(plan, [lane(plan)]));
      }),
      { numRuns: 300 },
    );
  });

  it("on one lane with free edits is the best of all schedules", () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 3 }), (plan, free) => {
        const given = lane({ limit: free, window: Infinity });
        expect(leastOfOneLane(plan, free)[free]).toBe(bruteForce(plan, [lane(plan), given]));
      }),
      { numRuns: 200 },
    );
  });

  it("on two lanes is the best of all schedules", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(leastOfTwoLanes(plan)).toBe(bruteForce(plan, [lane(plan), lane(plan)]));
      }),
      { numRuns: 300 },
    );
  });

  it("divides what is shared as is best for all", () => {
    // The second one given to the same answer is worth more than the first.
    expect(divided([10, 9, 3], 2, 2)).toBe(13);
    expect(divided([10, 4, 3], 2, 2)).toBe(8);
  });

  it("is better on two lanes than on one, and no worse than its bound for several", () => {
    const plan = planOf("5/5", 60);
    const alone = twoLanes(plan, 1, 50);
    const six = twoLanes(plan, 6, 50);
    expect(alone.lagMs).toBeLessThan(six.lagMs);
    expect(six.lagMs).toBeLessThan(oneLane(plan).lagMs);
    expect([alone.isBound, six.isBound]).toEqual([false, true]);
  });
});
