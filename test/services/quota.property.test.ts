import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createBudget } from "../../src/services/budget.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createGuilds } from "../../src/services/guilds.ts";
import { fromCredits, sum } from "../../src/services/money.ts";
import { createQuota } from "../../src/services/quota.ts";
import { openStore } from "../../src/services/store.ts";
import { used } from "./used.ts";

const always = () => Promise.resolve(true);
const DAY = 86_400_000;
const DAILY = fromCredits(100);
const ann = { guild: "g", person: "ann", roles: [] };

const runId = fc.constantFrom("a", "b");
const amount = fc.integer({ min: 0, max: 70_000 });
const cost = fc.integer({ min: 0, max: 140_000 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("hold" as const), runId, amount }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle" as const), runId, amount: cost }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), runId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("grant" as const), amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("next day" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What should happen, on paper: two purses, of which the second outlives the day, and the holds on them. */
function onPaper() {
  const holds = new Map<string, number>();
  let daily = DAILY;
  let bonus = 0;
  let everSpent = 0;
  const left = () => daily + bonus - sum(holds.values());

  const pay = (cost: number) => {
    const fromBonus = Math.min(bonus, Math.max(0, cost - Math.max(0, daily)));
    bonus -= fromBonus;
    daily -= cost - fromBonus;
    everSpent += cost;
  };

  return {
    left,
    held: () => sum(holds.values()),
    everSpent: () => everSpent,
    /** Whether it is admitted. */
    take(step: Step): boolean {
      if (step.do === "hold" && !holds.has(step.runId)) {
        if (step.amount > 0 && step.amount > left()) return false;
        holds.set(step.runId, step.amount);
      }
      if (step.do === "settle" && holds.delete(step.runId)) pay(step.amount);
      if (step.do === "release") holds.delete(step.runId);
      if (step.do === "grant") {
        bonus += step.amount;
        const debt = Math.min(bonus, Math.max(0, -daily));
        daily += debt;
        bonus -= debt;
      }
      if (step.do === "next day") daily = DAILY;
      return true;
    },
  };
}

/** The same history, for real. */
async function forReal() {
  let now = Date.UTC(2026, 0, 1, 12);
  const clock = { ...systemClock, now: () => now };
  const store = await openStore({ url: "sqlite://:memory:", clock });
  const budget = createBudget({
    isOpen: always,
    store,
    guilds: createGuilds(store),
    clock,
    monthlyUsd: 1_000,
  });
  const quota = createQuota({
    isOpen: always,
    store,
    budget,
    guilds: createGuilds(store),
    jobsAtOnce: Number.POSITIVE_INFINITY,
    clock,
    dailyCredits: 100,
    dmDailyCredits: 0,
  });

  const take = async (step: Step) => {
    if (step.do === "hold") await quota.hold(ann, { [step.runId]: step.amount });
    if (step.do === "settle") await quota.settle(ann, step.runId, used(step.amount));
    if (step.do === "release") await quota.release(ann, step.runId);
    if (step.do === "grant") await quota.grant("g", "ann", step.amount);
    if (step.do === "next day") now += DAY;
  };
  const admitted = (step: Step) =>
    take(step).then(
      () => true,
      () => false,
    );
  return { store, budget, quota, take: admitted };
}

it("any history of holds, settlements, releases, grants and nights comes out as on paper", async () => {
  const history = fc.array(step, { minLength: 1, maxLength: 30, size: "max" });
  const holds = async (steps: Step[]) => {
    const paper = onPaper();
    const real = await forReal();
    try {
      for (const each of steps) {
        expect(await real.take(each)).toBe(paper.take(each));
        expect(await real.quota.standing(ann)).toMatchObject({ left: paper.left(), held: paper.held() });
      }
      // At most 30 nights from 1 January: all within one month's budget.
      const { everything } = await real.budget.standing("g");
      expect(everything).toMatchObject({ held: paper.held(), spent: paper.everSpent() });
    } finally {
      await real.store.close();
    }
  };
  await fc.assert(fc.asyncProperty(history, holds), { numRuns: 150, interruptAfterTimeLimit: 8_000 });
});
