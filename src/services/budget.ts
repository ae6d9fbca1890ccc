import { z } from "zod";
import { monthOf, nextMonth } from "./calendar.ts";
import type { Clock } from "./clock.ts";
import type { Guilds, Scope } from "./guilds.ts";
import { jobOf } from "./run-id.ts";
import { type MicroDollars, fromDollars, sum } from "./money.ts";
import { Problem } from "./problem.ts";
import type { Store } from "./store.ts";

export interface Spending {
  spent: MicroDollars;
  held: MicroDollars;
  /** `null` means that nothing limits it. */
  limit: MicroDollars | null;
}

export interface BudgetStanding {
  everything: Spending;
  /** What this guild, or all direct messages together, used of it. */
  guild: Spending;
  /** When the next month begins in UTC, in milliseconds since 1970. */
  resetsAt: number;
}

/** So much of a month's budget is spent: told once a month for each limit, at 80 and at 100 percent. */
export interface BudgetWarning {
  scope: Scope;
  percent: 80 | 100;
  spent: MicroDollars;
  limit: MicroDollars;
  resetsAt: number;
}

/**
 * What the operator pays Replicate in a calendar month (UTC): a limit over everything, and one for each guild, which its
 * admins can lower. A hold outlives its month, and is charged to the month that it settles in. `guild` is null in direct
 * messages.
 */
export interface Budget {
  /** All or nothing; what is held already is not held again. Throws `guild-budget-spent` or `budget-spent`. */
  hold(guild: string | null, amounts: Record<string, MicroDollars>): Promise<void>;
  /** Charges the whole cost, also above the hold; a run without a hold costs nothing, so it is safe to repeat. */
  settle(guild: string | null, runId: string, cost: MicroDollars): Promise<void>;
  /** Ends the hold at no cost; safe to repeat. */
  release(guild: string | null, runId: string): Promise<void>;
  standing(guild: string | null): Promise<BudgetStanding>;
  /** The most that a guild's admins can allow it. */
  ceiling: MicroDollars;
}

export interface BudgetOptions {
  store: Store;
  guilds: Guilds;
  clock: Clock;
  /** Whether a job is on its way. */
  isOpen: (job: string) => Promise<boolean>;
  monthlyUsd: number;
  guildMonthlyUsd?: number | undefined;
  /** Is told what is worth a warning. */
  warn?: (warning: BudgetWarning) => void;
}

/** A record for each guild: what one guild does costs the same however many others there are. */
const monthSpending = z.object({
  month: z.string(),
  spent: z.number().int(),
  holds: z.record(z.string(), z.number().int()),
});
type MonthSpending = z.infer<typeof monthSpending>;

type Figures = Pick<Spending, "spent" | "held">;

const WARN_PERCENT = 80;
/** What is left then is next to nothing. */
const NEARLY_ALL = 0.98;

export function createBudget(options: BudgetOptions): Budget {
  const { store, guilds, clock, monthlyUsd, guildMonthlyUsd, warn = () => undefined } = options;
  const records = store.records("budgets", monthSpending);
  const warnings = store.records("budget_warnings", z.object({ percent: z.number(), limit: z.number() }));
  const limit = fromDollars(monthlyUsd);
  const guildLimit = guildMonthlyUsd === undefined ? null : fromDollars(guildMonthlyUsd);
  const everything = createTotal();

  const month = () => monthOf(clock.now());
  const untilNextMonth = () => nextMonth(clock.now()) - clock.now();

  /** All guilds together are counted in memory: this process alone writes them. Nothing is written while they are read. */
  let counting: Promise<void> | undefined;
  const counted = () => (counting ??= count());
  async function count(): Promise<void> {
    try {
      for (const [guild, stored] of await records.entries()) {
        const spending = await withoutOrphans(inMonth(stored, month()));
        if (spending.holds !== stored.holds) await records.set(guild, spending);
        everything.put(guild, figuresOf(spending), spending.month);
      }
    } catch (error) {
      counting = undefined;
      throw error;
    }
  }

  /** A job is stored before anything is held for it: without one, a hold is what a late write left behind. */
  async function withoutOrphans(spending: MonthSpending): Promise<MonthSpending> {
    const holds = Object.entries(spending.holds);
    const open = await Promise.all(holds.map(([runId]) => options.isOpen(jobOf(runId))));
    if (open.every(Boolean)) return spending;
    return { ...spending, holds: Object.fromEntries(holds.filter((_hold, index) => open[index])) };
  }

  async function read(guild: string | null): Promise<MonthSpending> {
    await counted();
    return inMonth(await records.get(keyOf(guild)), month());
  }

  /** In the guild's turn only: what is read beside a write may be older than what is counted already. */
  async function load(guild: string | null): Promise<MonthSpending> {
    const spending = await read(guild);
    everything.put(keyOf(guild), figuresOf(spending), spending.month);
    return spending;
  }

  const inTurn = <R>(guild: string | null, work: (spending: MonthSpending) => Promise<R>) =>
    store.inTurn(`budget/${keyOf(guild)}`, async () => work(await load(guild)));

  async function save(guild: string | null, spending: MonthSpending): Promise<void> {
    const isOver = Object.keys(spending.holds).length === 0;
    // Before it is written, so that two guilds are never promised the same money.
    everything.put(keyOf(guild), figuresOf(spending), spending.month);
    await records.set(keyOf(guild), spending, isOver ? untilNextMonth() : undefined);
  }

  async function limitOf(guild: string | null): Promise<MicroDollars | null> {
    if (guild === null) return null;
    const { monthlyBudget } = await guilds.get(guild);
    const limits = [guildLimit, monthlyBudget].filter((each) => typeof each === "number");
    return limits.length === 0 ? null : Math.min(...limits);
  }

  const standingOf = async (guild: string | null, spending: MonthSpending): Promise<BudgetStanding> => ({
    guild: { ...figuresOf(spending), limit: await limitOf(guild) },
    everything: { ...everything.figures(month()), limit },
    resetsAt: nextMonth(clock.now()),
  });

  /** What it can't note, it says at the next occasion: nothing else depends on it. */
  async function consider(scope: Scope, { spent, limit: most }: Spending): Promise<void> {
    if (most === null || spent * 100 < most * WARN_PERCENT) return;
    const key = scope === "everywhere" ? scope : scope.guild;
    const percent = spent >= most ? 100 : 80;
    await store
      .inTurn(`budget-warning/${key}`, async () => {
        const told = await warnings.get(key);
        if (told && told.limit === most && told.percent >= percent) return;
        await warnings.set(key, { percent, limit: most }, untilNextMonth());
        warn({ scope, percent, spent, limit: most, resetsAt: nextMonth(clock.now()) });
      })
      .catch(() => undefined);
  }

  /** Something cheaper may fit still. */
  const refusal = (kind: "guild-budget-spent" | "budget-spent", spending: Spending) =>
    new Problem({
      kind,
      resetsAt: nextMonth(clock.now()),
      some: spending.limit !== null && spending.spent < spending.limit * NEARLY_ALL,
    });

  const end = (guild: string | null, runId: string, cost: MicroDollars) =>
    inTurn(guild, async (spending) => {
      const { spent, holds } = spending;
      if (!Object.hasOwn(holds, runId)) return;
      const { [runId]: _ended, ...others } = holds;
      const next = { ...spending, spent: spent + cost, holds: others };
      await save(guild, next);
      const standing = await standingOf(guild, next);
      await consider("everywhere", standing.everything);
      await consider({ guild: keyOf(guild) }, standing.guild);
    });

  return {
    ceiling: Math.min(limit, guildLimit ?? limit),

    hold: (guild, amounts) =>
      inTurn(guild, async (spending) => {
        const added = Object.entries(amounts).filter(([runId]) => !Object.hasOwn(spending.holds, runId));
        if (added.length === 0) return;
        const needed = sum(added.map(([, amount]) => amount));
        // Nothing may be waited for between this look and what `save` does at once.
        const standing = await standingOf(guild, spending);
        if (exceeds(standing.guild, needed)) throw refusal("guild-budget-spent", standing.guild);
        const total = { ...everything.figures(month()), limit };
        if (exceeds(total, needed)) throw refusal("budget-spent", total);
        try {
          await save(guild, { ...spending, holds: { ...spending.holds, ...Object.fromEntries(added) } });
        } catch (error) {
          await save(guild, spending).catch(() => undefined); // The write may have landed all the same.
          throw error;
        }
      }),

    settle: end,
    release: (guild, runId) => end(guild, runId, 0),
    standing: async (guild) => standingOf(guild, await read(guild)),
  };
}

/** What all guilds have spent and held in a month, kept up guild by guild. */
function createTotal() {
  const parts = new Map<string, Figures>();
  let month = "";
  let total: Figures = { spent: 0, held: 0 };

  /** In a new month nothing is spent yet. */
  function turn(now: string): void {
    if (now <= month) return;
    month = now;
    total = { spent: 0, held: total.held };
    for (const [guild, { held }] of parts) parts.set(guild, { spent: 0, held });
  }

  return {
    put(guild: string, next: Figures, now: string): void {
      turn(now);
      const before = parts.get(guild) ?? { spent: 0, held: 0 };
      const counts = now < month ? { ...next, spent: 0 } : next;
      total = {
        spent: total.spent - before.spent + counts.spent,
        held: total.held - before.held + counts.held,
      };
      parts.set(guild, counts);
    },
    figures(now: string): Figures {
      turn(now);
      return total;
    },
  };
}

/** In a new month nothing is spent yet. */
function inMonth(stored: MonthSpending | undefined, month: string): MonthSpending {
  if (stored === undefined) return { month, spent: 0, holds: {} };
  if (month <= stored.month) return stored; // A clock that was set back gives no second month.
  return { month, spent: 0, holds: stored.holds };
}

const keyOf = (guild: string | null) => guild ?? "dm";

const figuresOf = ({ spent, holds }: MonthSpending): Figures => ({ spent, held: sum(Object.values(holds)) });

const exceeds = ({ spent, held, limit }: Spending, needed: MicroDollars) =>
  limit !== null && needed > 0 && spent + held + needed > limit;
