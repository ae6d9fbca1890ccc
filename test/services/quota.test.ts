import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { type Budget, createBudget } from "../../src/services/budget.ts";
import { createGuilds, type Guilds } from "../../src/services/guilds.ts";
import { fromCredits } from "../../src/services/money.ts";
import { type Account, type Quota, createQuota } from "../../src/services/quota.ts";
import { Problem } from "../../src/services/problem.ts";
import { type Records, type Store, openStore } from "../../src/services/store.ts";
import { openAccounts } from "./accounts.ts";
import { used } from "./used.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const noon = Date.UTC(2026, 10, 23, 12);
const midnight = noon + 12 * HOUR;
const ann: Account = { guild: "g", person: "ann", roles: ["artist"] };
const bob: Account = { guild: "g", person: "bob", roles: [] };

/** Every hold's job is on its way. */
const always = () => Promise.resolve(true);

let clock: VirtualClock;
let store: Store;
let guilds: Guilds;
let budget: Budget;
let quota: Quota;

/** 100 credits a day, 20 in direct messages; the operator pays $1 a month, and 25 cents for a guild. */
const build = (over: Store) => {
  guilds = createGuilds(over);
  budget = createBudget({ isOpen: always, store: over, guilds, clock, monthlyUsd: 1, guildMonthlyUsd: 0.25 });
  quota = createQuota({
    isOpen: always,
    store: over,
    budget,
    guilds,
    jobsAtOnce: 1_000,
    clock,
    dailyCredits: 100,
    dmDailyCredits: 20,
  });
};

beforeEach(async () => {
  clock = virtualClock(noon);
  store = await openStore({ url: "sqlite://:memory:", clock });
  build(store);
});
afterEach(() => store.close());

const credits = fromCredits;
const holdOf = (account: Account, runId: string, amount: number) =>
  quota.hold(account, { [runId]: credits(amount) });
const left = async (account: Account) => (await quota.standing(account)).left;
const heldInBudget = async () => (await budget.standing("g")).everything.held;
const problem = (reason: object) => ({ reason: expect.objectContaining(reason) as unknown });

describe("a person's day", () => {
  it("goes from hold to settlement, and starts anew at midnight", async () => {
    await holdOf(ann, "run", 30);
    expect(await quota.standing(ann)).toEqual({
      allowance: credits(100),
      source: "default",
      spent: 0,
      held: credits(30),
      bonus: 0,
      left: credits(70),
      resetsAt: midnight,
    });
    expect(await quota.settle(ann, "run", used(credits(12)))).toMatchObject({ spent: credits(12), held: 0 });
    expect(await left(ann)).toBe(credits(88));
    await clock.advance(12 * HOUR);
    expect(await quota.standing(ann)).toMatchObject({
      spent: 0,
      left: credits(100),
      resetsAt: midnight + DAY,
    });
  });

  it("ends when the credits do: all of a request is held or nothing", async () => {
    await holdOf(ann, "first", 60);
    const both = quota.hold(ann, { "second-1": credits(30), "second-2": credits(30) });
    const facts = { kind: "out-of-credits", needed: credits(60), left: credits(40), resetsAt: midnight };
    await expect(both).rejects.toMatchObject({ reason: facts });
    expect(await left(ann)).toBe(credits(40));
    expect(await heldInBudget()).toBe(credits(60));
    await holdOf(ann, "exactly", 40);
    await holdOf(ann, "free", 0);
  });

  it("admits exactly as many as there is credit for, however many ask at once", async () => {
    const asked = Array.from({ length: 60 }, (_, index) => holdOf(ann, `run-${index}`, 10));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect(await left(ann)).toBe(0);
    expect(await heldInBudget()).toBe(credits(100));
  });

  it("is one's own", async () => {
    await holdOf(ann, "run", 100);
    expect(await left(bob)).toBe(credits(100));
    expect(await left({ ...ann, guild: "other" })).toBe(credits(100));
    expect(await quota.standing({ ...ann, guild: null })).toMatchObject({ left: credits(20), source: "dm" });
  });
});

describe("a hold", () => {
  it("is settled or released once", async () => {
    await quota.hold(ann, { a: credits(10), b: credits(10) });
    await quota.settle(ann, "a", used(credits(5)));
    expect(await quota.settle(ann, "a", used(credits(5)))).toMatchObject({
      spent: credits(5),
      held: credits(10),
    });
    await quota.release(ann, "b");
    await quota.release(ann, "b");
    await quota.settle(ann, "b", used(credits(50)));
    expect(await left(ann)).toBe(credits(95));
    expect((await budget.standing("g")).guild).toMatchObject({ spent: credits(5), held: 0 });
  });

  it("that is asked for twice is one", async () => {
    await Promise.all([holdOf(ann, "run", 60), holdOf(ann, "run", 60)]);
    expect(await left(ann)).toBe(credits(40));
  });

  it("survives midnight, and is charged to the day it settles", async () => {
    await holdOf(ann, "run", 30);
    await clock.advance(DAY);
    expect(await left(ann)).toBe(credits(70));
    expect(await quota.settle(ann, "run", used(credits(25)))).toMatchObject({
      spent: credits(25),
      left: credits(75),
    });
  });

  it("that cost more is charged in full, below zero until midnight", async () => {
    await holdOf(ann, "run", 90);
    expect(await quota.settle(ann, "run", used(credits(130)))).toMatchObject({ left: credits(-30) });
    await holdOf(ann, "free", 0);
    await expect(holdOf(ann, "next", 1)).rejects.toMatchObject(problem({ kind: "out-of-credits" }));
    await clock.advance(DAY);
    expect(await left(ann)).toBe(credits(100));
  });

  it("is in both places or in none when the operator's budget is spent", async () => {
    await quota.setEveryone("g", "unlimited");
    await expect(holdOf(ann, "big", 251)).rejects.toMatchObject(problem({ kind: "guild-budget-spent" }));
    expect(await quota.standing(ann)).toMatchObject({ held: 0, left: "unlimited" });
  });

  it("is in both places or in none when the store fails halfway", async () => {
    build(failingOnce(store, "balances"));
    const asked = quota.hold(ann, { a: credits(10), b: credits(10) });
    await expect(asked).rejects.toMatchObject(problem({ kind: "store-unavailable" }));
    expect(await left(ann)).toBe(credits(100));
    expect(await heldInBudget()).toBe(0);
  });

  it("that nobody waits for any more is undone by a release right after it", async () => {
    const asked = holdOf(ann, "run", 10);
    await Promise.all([asked, quota.release(ann, "run")]);
    expect(await left(ann)).toBe(credits(100));
    expect(await heldInBudget()).toBe(0);
  });
});

describe("a grant", () => {
  it("is used after the allowance, and what is left of it outlives the day", async () => {
    await quota.grant("g", "ann", credits(50));
    await holdOf(ann, "run", 120);
    expect(await quota.settle(ann, "run", used(credits(120)))).toMatchObject({
      bonus: credits(30),
      left: credits(30),
    });
    await clock.advance(DAY);
    expect(await quota.standing(ann)).toMatchObject({ bonus: credits(30), left: credits(130) });
    await clock.advance(30 * DAY);
    await store.sweep();
    expect(await left(ann)).toBe(credits(130));
  });

  it("pays the day's debt first", async () => {
    await holdOf(ann, "run", 100);
    await quota.settle(ann, "run", used(credits(130)));
    await quota.grant("g", "ann", credits(50));
    expect(await left(ann)).toBe(credits(20));
    await clock.advance(DAY);
    expect(await left(ann)).toBe(credits(120));
  });

  it("can be taken back as far as it isn't used", async () => {
    await quota.grant("g", "ann", credits(50));
    await holdOf(ann, "run", 120);
    await quota.settle(ann, "run", used(credits(120)));
    await quota.grant("g", "ann", credits(-500));
    expect(await left(ann)).toBe(0);
  });
});

describe("a guild's admins", () => {
  it("set rules, see them, and take them back", async () => {
    await quota.setEveryone("g", credits(5));
    await quota.setRole("g", "artist", credits(250));
    await quota.setPerson("g", "bob", "unlimited");
    const rules = { everyone: 5_000, roles: { artist: 250_000 }, people: { bob: "unlimited" } };
    expect(await quota.rules("g")).toEqual(rules);
    expect(await quota.standing(ann)).toMatchObject({ left: credits(250), source: "role" });
    await quota.setEveryone("g", "default");
    await quota.setRole("g", "artist", "default");
    await quota.setPerson("g", "bob", "default");
    expect(await quota.rules("g")).toEqual({ roles: {}, people: {} });
    expect(await quota.standing(ann)).toMatchObject({ source: "default" });
  });

  it("shut one person out, whatever the roles and grants", async () => {
    await quota.setRole("g", "artist", credits(250));
    await quota.grant("g", "ann", credits(50));
    await quota.setPerson("g", "ann", 0);
    await expect(holdOf(ann, "run", 1)).rejects.toMatchObject({ reason: { kind: "no-credits" } });
  });

  it("give credits to some where everyone else has none", async () => {
    await quota.setEveryone("g", 0);
    await expect(holdOf(ann, "run", 1)).rejects.toMatchObject({ reason: { kind: "no-credits" } });
    await quota.grant("g", "ann", credits(50));
    await holdOf(ann, "run", 50);
  });

  it("see what an unlimited person spends, and forget a day's spending", async () => {
    await quota.setPerson("g", "ann", "unlimited");
    await holdOf(ann, "run", 200);
    expect(await quota.settle(ann, "run", used(credits(200)))).toMatchObject({
      spent: credits(200),
      left: "unlimited",
    });
    await quota.reset("g", "ann");
    expect(await quota.standing(ann)).toMatchObject({ spent: 0 });
    expect((await budget.standing("g")).guild.spent).toBe(credits(200));
  });
});

/** A store whose first write to a namespace lands, and is reported as failed. */
function failingOnce(inner: Store, namespace: string): Store {
  const failing = <T>(records: Records<T>): Records<T> => {
    let failures = 1;
    return {
      ...records,
      async set(key, value, ttlMs) {
        await records.set(key, value, ttlMs);
        if (failures-- > 0) throw new Problem({ kind: "store-unavailable" });
      },
    };
  };
  return {
    ...inner,
    records: (name, schema, form) => {
      const records = inner.records(name, schema, form);
      return name === namespace ? failing(records) : records;
    },
  };
}

it("a failure is free for the person, and counted in the budgets", async () => {
  await holdOf(ann, "run", 30);
  await quota.forgive(ann, "run", used(credits(12)));
  await quota.forgive(ann, "run", used(credits(12)));
  expect(await quota.standing(ann)).toMatchObject({ spent: 0, held: 0, left: credits(100) });
  expect((await budget.standing("g")).everything).toMatchObject({ spent: credits(12), held: 0 });
});

describe("a hold whose job is gone", () => {
  it("stands in nobody's way, neither of jobs at once nor of credits, and leaves the budget, too", async () => {
    const open = new Set(["1", "3"]);
    const isOpen = (job: string) => Promise.resolve(open.has(job));
    const build = () => openAccounts(store, clock, { dailyCredits: 100, jobsAtOnce: 2, isOpen });
    const { quota, budget } = build();
    await quota.hold(ann, { "1/a": credits(50) });
    await quota.hold(ann, { "2/a": credits(40) });
    await quota.hold(ann, { "3/a": credits(30) });
    expect(await quota.standing(ann)).toMatchObject({ held: credits(80), left: credits(20) });
    expect((await budget.standing("g")).guild.held).toBe(credits(80));
    await expect(quota.hold(ann, { "4/a": 0 })).rejects.toThrow("too-many-jobs");
    // One that is in no account either goes at the next start.
    await budget.hold("g", { "5/a": credits(7) });
    expect((await build().budget.standing("g")).guild.held).toBe(credits(80));
  });
});
