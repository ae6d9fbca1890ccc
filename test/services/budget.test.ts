import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { type Budget, type BudgetWarning, createBudget } from "../../src/services/budget.ts";
import { createGuilds } from "../../src/services/guilds.ts";
import { fromDollars } from "../../src/services/money.ts";
import { type Store, openStore } from "../../src/services/store.ts";

const DAY = 86_400_000;
const december = Date.UTC(2026, 11, 1);
const usd = fromDollars;

/** Every hold's job is on its way. */
const always = () => Promise.resolve(true);

let clock: VirtualClock;
let store: Store;
let budget: Budget;

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  store = await openStore({ url: "sqlite://:memory:", clock });
  budget = createBudget({
    isOpen: always,
    store,
    guilds: createGuilds(store),
    clock,
    monthlyUsd: 10,
    guildMonthlyUsd: 4,
  });
});
afterEach(() => store.close());

describe("the operator's month", () => {
  it("is divided into holds and spending, for everything and for each guild", async () => {
    await budget.hold("a", { a1: usd(2), a2: usd(1) });
    await budget.hold("b", { b1: usd(3) });
    await budget.hold(null, { dm1: usd(1) });
    await budget.settle("a", "a1", usd(0.5));
    expect(await budget.standing("a")).toEqual({
      everything: { spent: usd(0.5), held: usd(5), limit: usd(10) },
      guild: { spent: usd(0.5), held: usd(1), limit: usd(4) },
      resetsAt: december,
    });
    expect((await budget.standing(null)).guild).toEqual({ spent: 0, held: usd(1), limit: null });
    expect((await budget.standing("new")).guild).toEqual({ spent: 0, held: 0, limit: usd(4) });
  });

  it("refuses a guild beyond its share, and anyone beyond the whole; nothing of it is held", async () => {
    const guildSpent = { reason: { kind: "guild-budget-spent", resetsAt: december } };
    await expect(budget.hold("a", { a1: usd(2), a2: usd(2.5) })).rejects.toMatchObject(guildSpent);
    expect((await budget.standing("a")).everything.held).toBe(0);
    await budget.hold("a", { a: usd(4) });
    await budget.hold("b", { b: usd(4) });
    const spent = { reason: { kind: "budget-spent", resetsAt: december } };
    await expect(budget.hold("c", { c: usd(3) })).rejects.toMatchObject(spent);
    await expect(budget.hold(null, { dm: usd(3) })).rejects.toMatchObject(spent);
    await budget.hold("c", { c: usd(2) });
    await budget.hold("c", { free: 0 });
  });

  it("counts a run once, however often it is held, settled or released", async () => {
    await Promise.all([budget.hold("a", { run: usd(1) }), budget.hold("a", { run: usd(1) })]);
    await budget.settle("a", "run", usd(5));
    await budget.settle("a", "run", usd(5));
    await budget.release("a", "run");
    await budget.release("a", "unknown");
    expect((await budget.standing("a")).guild).toMatchObject({ spent: usd(5), held: 0 });
  });

  it("begins anew in UTC, with what is still held", async () => {
    await budget.hold("a", { long: usd(3), short: usd(1) });
    await budget.settle("a", "short", usd(1));
    await budget.hold("b", { done: usd(4) });
    await budget.settle("b", "done", usd(4));
    await clock.advance(december - clock.now());
    const { everything, resetsAt } = await budget.standing("b");
    expect(everything).toMatchObject({ spent: 0, held: usd(3) });
    expect(resetsAt).toBe(december + 31 * DAY);
    await budget.settle("a", "long", usd(2));
    expect((await budget.standing("a")).guild).toMatchObject({ spent: usd(2), held: 0 });
  });

  it("has no limit for a guild where none is set", async () => {
    const open = createBudget({ isOpen: always, store, guilds: createGuilds(store), clock, monthlyUsd: 10 });
    await open.hold("a", { run: usd(9) });
    expect((await open.standing("a")).guild).toEqual({ spent: 0, held: usd(9), limit: null });
  });
});

describe("what a guild's admins allow", () => {
  it("limits it below the operator's share, and never above", async () => {
    const guilds = createGuilds(store);
    const budgets = createBudget({
      isOpen: always,
      store,
      guilds,
      clock,
      monthlyUsd: 10,
      guildMonthlyUsd: 4,
    });
    const allow = (money: number) =>
      guilds.change("a", (settings) => ({ ...settings, monthlyBudget: money }));
    await allow(usd(1));
    const spent = { reason: { kind: "guild-budget-spent", resetsAt: december } };
    await expect(budgets.hold("a", { run: usd(2) })).rejects.toMatchObject(spent);
    expect((await budgets.standing("a")).guild.limit).toBe(usd(1));
    // The operator lowered it since.
    await allow(usd(9));
    expect((await budgets.standing("a")).guild.limit).toBe(usd(4));
    await expect(budgets.hold("a", { run: usd(5) })).rejects.toMatchObject(spent);
    expect(budgets.ceiling).toBe(usd(4));
  });
});

describe("a warning", () => {
  let warned: BudgetWarning[];
  beforeEach(() => {
    warned = [];
    const guilds = createGuilds(store);
    const warn = (warning: BudgetWarning) => void warned.push(warning);
    budget = createBudget({ isOpen: always, store, guilds, clock, monthlyUsd: 10, guildMonthlyUsd: 4, warn });
  });
  const spend = async (guild: string, runId: string, amount: number) => {
    await budget.hold(guild, { [runId]: usd(amount) });
    await budget.settle(guild, runId, usd(amount));
  };

  it("is given once at 80 percent, and once at the end, for a guild and for everything", async () => {
    await spend("a", "1", 3);
    expect(warned).toEqual([]);
    await spend("a", "2", 0.2);
    await spend("a", "3", 0.1);
    const facts = { scope: { guild: "a" }, limit: usd(4), resetsAt: december };
    expect(warned).toEqual([{ ...facts, percent: 80, spent: usd(3.2) }]);
    // What is dear does not fit, and says nothing of what is left.
    const dear = { reason: { kind: "guild-budget-spent", some: true } };
    await expect(spend("a", "4", 3)).rejects.toMatchObject(dear);
    expect(warned).toHaveLength(1);
    await spend("a", "5", 0.7);
    await expect(spend("a", "6", 1)).rejects.toMatchObject({ reason: { ...dear.reason, some: false } });
    expect(warned.slice(1)).toEqual([{ ...facts, percent: 100, spent: usd(4) }]);
    await spend("b", "7", 3);
    await spend("c", "8", 1);
    expect(warned.slice(2)).toMatchObject([{ scope: "everywhere", percent: 80, limit: usd(10) }]);
  });

  it("is given again in the next month, and for another limit", async () => {
    await spend("a", "1", 3.5);
    await clock.advance(8 * DAY);
    await spend("a", "2", 3.5);
    expect(warned.map(({ percent }) => percent)).toEqual([80, 80]);
  });
});

describe("many guilds", () => {
  it("are counted right, whoever looks on meanwhile", async () => {
    for (let round = 0; round < 20; round++) {
      const run = `run-${round}`;
      await budget.hold("a", { [run]: 1_000 });
      await Promise.all([budget.settle("a", run, 500), budget.standing("a"), budget.standing("a")]);
      const { everything, guild } = await budget.standing("a");
      expect([everything.spent, everything.held]).toEqual([guild.spent, guild.held]);
    }
  });

  it("are never promised the same money, however many ask at once", async () => {
    const open = createBudget({ isOpen: always, store, guilds: createGuilds(store), clock, monthlyUsd: 10 });
    const asked = Array.from({ length: 50 }, (_, index) => open.hold(`guild-${index}`, { run: usd(1) }));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect((await open.standing("guild-0")).everything).toEqual({ spent: 0, held: usd(10), limit: usd(10) });
  });

  it("are counted again by the next process, with what is over forgotten", async () => {
    await budget.hold("a", { run: usd(2) });
    await budget.hold("b", { run: usd(1) });
    await budget.settle("b", "run", usd(1));
    const next = () =>
      createBudget({ isOpen: always, store, guilds: createGuilds(store), clock, monthlyUsd: 10 });
    expect((await next().standing("c")).everything).toMatchObject({ spent: usd(1), held: usd(2) });
    await clock.advance(8 * DAY);
    expect((await next().standing("c")).everything).toMatchObject({ spent: 0, held: usd(2) });
  });

  it("turn into a new month together, whoever asks first", async () => {
    await budget.hold("a", { run: usd(2), long: usd(1) });
    await budget.settle("a", "run", usd(2));
    await clock.advance(8 * DAY);
    expect((await budget.standing("b")).everything).toMatchObject({ spent: 0, held: usd(1) });
    await budget.settle("a", "long", usd(1));
    expect((await budget.standing("b")).everything).toMatchObject({ spent: usd(1), held: 0 });
  });
});
