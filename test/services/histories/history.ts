import * as fc from "fast-check";
import { expect } from "vitest";
import { balanceRecord } from "../../../src/services/balance.ts";
import { systemClock } from "../../../src/services/clock.ts";
import { Problem } from "../../../src/services/problem.ts";
import type { GuildRules } from "../../../src/services/quota.ts";
import { openStore, type Store } from "../../../src/services/store.ts";
import { type Accounts, openAccounts } from "../accounts.ts";
import { type Event, inSomeOrder } from "./order.ts";
import { blank, budgetOn, dayAt, type Paper, recordOn, standingOn, take } from "./paper.ts";
import { accounts, guilds, nameOf, operator } from "./people.ts";
import { histories, type Moment, type Step, type Trouble } from "./step.ts";
import { Ended, processStore } from "./unreliable-store.ts";

const HOUR = 3_600_000;
/** Early on the last day but one of a month: midnights and the month's end are near. */
const START = Date.UTC(2026, 2, 30, 3);
const DAY = 24 * HOUR;
/** Reports reach back for 90 days. */
const LONGEST = 80 * DAY;

/** How something is, and how it should be by what is on paper. */
interface Sight {
  of: string;
  real: object;
  should: (paper: Paper) => object;
}

const runIdOf = (run: string, who: number) => `${accounts[who]!.person}-${run}`;
const allGuilds = [...guilds.map(({ id }) => id as string | null), null];

/** The services over a store that lasts, whose process may end at any write; and what callers do about that. */
async function openHistory() {
  let now = START;
  const clock = { ...systemClock, now: () => now };
  const inner = await openStore({ url: "sqlite://:memory:", clock });
  let process = processStore(inner);
  let services = open(process.store);
  const balances = inner.records("balances", balanceRecord);
  let paper = blank;
  for (const { id, zone } of guilds)
    await services.guilds.change(id, (settings) => ({ ...settings, timeZone: zone }));

  function open(store: Store): Accounts {
    return openAccounts(store, clock, operator);
  }

  function restart(): void {
    process.end();
    process = processStore(inner);
    services = open(process.store);
  }

  async function perform(step: Step): Promise<unknown> {
    const { quota, guilds: settings } = services;
    const account = "who" in step ? accounts[step.who]! : accounts[0]!;
    const use = (cost: number) => ({ command: "imagine", name: account.person, cost });
    switch (step.do) {
      case "hold": {
        const runs = Object.entries(step.runs).map(
          ([run, amount]) => [runIdOf(run, step.who), amount] as const,
        );
        await settings.checkPause(account.guild);
        return quota.hold(account, Object.fromEntries(runs));
      }
      case "settle":
        return quota.settle(account, runIdOf(step.run, step.who), use(step.cost));
      case "forgive":
        return quota.forgive(account, runIdOf(step.run, step.who), use(step.cost));
      case "release":
        for (const run of step.runs) await quota.release(account, runIdOf(run, step.who));
        return;
      case "grant":
        return quota.grant(account.guild!, account.person, step.amount);
      case "reset":
        return quota.reset(account.guild!, account.person);
      case "rule":
        if (step.of === "person") return quota.setPerson(step.guild, step.id, step.rule);
        if (step.of === "role") return quota.setRole(step.guild, step.id, step.rule);
        return quota.setEveryone(step.guild, step.rule);
      case "limit":
        return settings.change(step.guild, ({ monthlyBudget: _before, ...others }) =>
          step.limit === "default" ? others : { ...others, monthlyBudget: step.limit },
        );
      case "pause":
        if (step.guild === "everywhere") return settings.pauseEverywhere(step.paused);
        return settings.change(step.guild, (before) => ({ ...before, paused: step.paused }));
    }
  }

  /** What its caller is told. */
  const outcome = (step: Step) =>
    perform(step).then(
      () => "done",
      (error: unknown) => {
        if (error instanceof Problem) return error.reason.kind;
        if (error instanceof Ended) return "ended";
        throw error;
      },
    );

  /** What the caller does next who was told nothing, or that it failed: as the runner and its recovery do. */
  function nextOf({ step, came }: Event): Step | undefined {
    if (came !== "perhaps" || step.do === "grant") return undefined;
    return step.do === "hold" ? { do: "release", who: step.who, runs: Object.keys(step.runs) } : step;
  }

  /** As the paper knows what came of it. */
  function known(step: Step, came: string): string {
    if (came === "store-unavailable" && step.do === "hold") return "undone";
    return came === "store-unavailable" || came === "ended" ? "perhaps" : came;
  }

  /** What is in the store of an account, beside its standing: not all of that can be seen from outside on the same day. */
  async function recordOf(who: number) {
    const account = accounts[who]!;
    const stored = await balances.get(nameOf(account));
    const isToday = stored?.day === dayAt(now, account.guild);
    const { charged = 0, forgiven = 0 } = (isToday && stored.usage["imagine"]) || {};
    const start = runIdOf("", who).length;
    const runs = Object.keys(stored?.holds ?? {}).map((run) => run.slice(start));
    return { over: isToday ? stored.over : 0, runs: runs.toSorted().join(" "), charged, forgiven };
  }

  /** All that the steps can have changed: by what it is about, how it is and how it should be. */
  async function seen(steps: readonly Step[]): Promise<Sight[]> {
    const { quota, budget, guilds: settings } = services;
    // First of all: after a restart nobody has asked for most guilds yet.
    const everything: Sight = {
      of: "everything",
      real: (await budget.standing(null)).everything,
      should: (on) => budgetOn(on, null, now).everything,
    };
    const who = [...new Set(steps.flatMap((step) => ("who" in step ? [step.who] : [])))];
    const standings = who.map(async (each): Promise<Sight> => {
      const account = accounts[each]!;
      const real = { ...(await quota.standing(account)), ...(await recordOf(each)) };
      const should = (on: Paper) => ({ ...standingOn(on, account, now), ...recordOn(on, account, now) });
      return { of: nameOf(account), real, should };
    });
    const budgets = allGuilds.map(async (guild): Promise<Sight> => {
      const real = (await budget.standing(guild)).guild;
      return { of: `budget ${guild}`, real, should: (on) => budgetOn(on, guild, now).guild };
    });
    const ruled = [...new Set(steps.flatMap((step) => (step.do === "rule" ? [step.guild] : [])))];
    const rules = ruled.map(async (guild): Promise<Sight> => {
      const real = flat(await quota.rules(guild));
      return { of: `rules ${guild}`, real, should: (on) => rulesOn(on, guild) };
    });
    const isPaused = async (guild: string) => ({ paused: (await settings.get(guild)).paused });
    const pauses = guilds.map(async ({ id }): Promise<Sight> => {
      const real = await isPaused(id);
      return { of: `pause ${id}`, real, should: (on) => ({ paused: on.paused[id] ?? false }) };
    });
    return [everything, ...(await Promise.all([...standings, ...budgets, ...rules, ...pauses]))];
  }

  async function together(steps: readonly Step[], trouble: Trouble | null): Promise<void> {
    process.expect(trouble);
    const told = await Promise.all(steps.map(outcome));
    process.expect(null);
    if (trouble?.ends) restart();
    const events = steps.map((step, place): Event => ({ step, came: known(step, told[place]!) }));
    const later: Event[] = [];
    for (const step of events.flatMap((event) => nextOf(event) ?? []))
      later.push({ step, came: await outcome(step) });
    const sights = await seen(steps);
    const isAsSeen = (on: Paper) => sights.every(({ real, should }) => isLike(real, should(on)));
    const found = inSomeOrder(paper, { together: events, later }, now, isAsSeen);
    if (!found) {
      // Says what differs where they came in the order in which they were asked for.
      const asked = [...events, ...later].reduce((on, { step }) => take(on, step, now)[0], paper);
      for (const { of, real, should } of sights)
        expect({ of, ...real }).toMatchObject({ of, ...should(asked) });
    }
    expect(found, `in no order as on paper: ${JSON.stringify([...events, ...later])}`).toBeDefined();
    paper = found!;
  }

  async function pass(until: number): Promise<void> {
    if (until - START > LONGEST) return;
    now = until;
    await inner.sweep();
  }

  /** Whatever is held still ends, and then nothing is held anywhere. */
  async function endEverything(): Promise<void> {
    for (const [who, account] of accounts.entries())
      for (const run of Object.keys(paper.purses[nameOf(account)]?.holds ?? {}))
        await together([{ do: "settle", who, run, cost: 1_234 }], null);
    for (const account of accounts) expect(await services.quota.standing(account)).toMatchObject({ held: 0 });
    for (const guild of allGuilds)
      expect(await services.budget.standing(guild)).toMatchObject({
        guild: { held: 0 },
        everything: { held: 0 },
      });
  }

  /** Who was charged and forgiven what, on which day. */
  async function expectReports(): Promise<void> {
    const days = Math.ceil((now - START) / DAY) + 2;
    const lines: Record<string, { charged: number; forgiven: number }> = {};
    for (const { id } of guilds)
      for (const { day, person, charged, forgiven } of await services.quota.report(id, days))
        if (charged > 0 || forgiven > 0) lines[`${id}/${day}/${person}`] = { charged, forgiven };
    const inGuilds = Object.entries(paper.book).filter(([line]) => !line.startsWith("dm/"));
    expect(lines).toEqual(Object.fromEntries(inGuilds));
  }

  return {
    async live(moment: Moment): Promise<void> {
      if ("steps" in moment) return together(moment.steps, moment.trouble);
      if ("hours" in moment) return pass(now + moment.hours * HOUR);
      const date = new Date(now);
      await pass(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
    },
    async end(): Promise<void> {
      await endEverything();
      await expectReports();
      // And all of it is on the disk.
      restart();
      const everybody = accounts.map((_, who) => ({ do: "reset", who }) as const);
      for (const { of, real, should } of await seen(everybody))
        expect({ of, ...real }).toMatchObject({ of, ...should(paper) });
    },
    close: () => inner.close(),
  };
}

const flat = ({ everyone, people, roles }: GuildRules) => ({
  ...(everyone === undefined ? {} : { "everyone/": everyone }),
  ...Object.fromEntries(Object.entries(roles).map(([id, rule]) => [`role/${id}`, rule])),
  ...Object.fromEntries(Object.entries(people).map(([id, rule]) => [`person/${id}`, rule])),
});

const rulesOn = ({ rules }: Paper, guild: string) =>
  Object.fromEntries(
    Object.entries(rules)
      .filter(([name, rule]) => name.startsWith(`${guild}/`) && rule !== "default")
      .map(([name, rule]) => [name.slice(guild.length + 1), rule]),
  );

const isLike = (real: object, written: object) =>
  Object.entries(written).every(([name, value]) => (real as Record<string, unknown>)[name] === value);

async function expectAsOnPaper(moments: readonly Moment[]): Promise<void> {
  const history = await openHistory();
  try {
    for (const moment of moments) await history.live(moment);
    await history.end();
  } finally {
    await history.close();
  }
}

/** A run's end comes as far as the budget and fails there, and the same person asks for more than the budget has then. */
const halfEnded: Moment[] = [
  { steps: [{ do: "hold", who: 0, runs: { "job-1/a": 27_098, "job-1/b": 0 } }], trouble: null },
  { steps: [{ do: "hold", who: 1, runs: { "job-2/a": 50_444 } }], trouble: null },
  { steps: [{ do: "hold", who: 5, runs: { "job-1/a": 53_451 } }], trouble: null },
  { steps: [{ do: "grant", who: 0, amount: 7_098 }], trouble: null },
  {
    steps: [
      { do: "settle", who: 0, run: "job-1/b", cost: 69_008 },
      { do: "hold", who: 0, runs: { "job-2/a": 50_000 } },
    ],
    trouble: { write: 0, landed: true, ends: false },
  },
];

/**
 * Random histories of 50 people in 5 guilds come out as on paper, whatever fails and whenever the process ends. What takes
 * longer is left out: of the histories, and of the search for the shortest that fails.
 */
export const expectHistories = (numRuns: number, longestMs: number) =>
  fc.assert(fc.asyncProperty(histories, expectAsOnPaper), {
    numRuns,
    interruptAfterTimeLimit: longestMs,
    examples: [[halfEnded]],
  });
