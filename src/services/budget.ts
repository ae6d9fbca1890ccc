import { z } from "zod";
import { monthOf, nextMonth } from "./calendar.ts";
import type { Clock } from "./clock.ts";
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

/**
 * What the operator pays Replicate in a calendar month (UTC): a limit over everything, and one for each guild. A hold
 * outlives its month, and is charged to the month that it settles in. `guild` is null in direct messages.
 */
export interface Budget {
  /** All or nothing; what is held already is not held again. Throws `guild-budget-spent` or `budget-spent`. */
  hold(guild: string | null, amounts: Record<string, MicroDollars>): Promise<void>;
  /** Charges the whole cost, also above the hold; a run without a hold costs nothing, so it is safe to repeat. */
  settle(guild: string | null, runId: string, cost: MicroDollars): Promise<void>;
  /** Ends the hold at no cost; safe to repeat. */
  release(guild: string | null, runId: string): Promise<void>;
  standing(guild: string | null): Promise<BudgetStanding>;
}

export interface BudgetOptions {
  store: Store;
  clock: Clock;
  monthlyUsd: number;
  guildMonthlyUsd?: number | undefined;
}

const guildSpending = z.object({ spent: z.number().int(), holds: z.record(z.string(), z.number().int()) });
type GuildSpending = z.infer<typeof guildSpending>;

/** One record for all guilds, so that a hold is one write: it is in both budgets or in none. */
const monthSpending = z.object({ month: z.string(), guilds: z.record(z.string(), guildSpending) });
type MonthSpending = z.infer<typeof monthSpending>;

const KEY = "month";

export function createBudget({ store, clock, monthlyUsd, guildMonthlyUsd }: BudgetOptions): Budget {
  const records = store.records("budget", monthSpending);
  const limit = fromDollars(monthlyUsd);
  const guildLimit = guildMonthlyUsd === undefined ? null : fromDollars(guildMonthlyUsd);

  const load = async () => inMonth(await records.get(KEY), monthOf(clock.now()));

  const inTurn = <R>(work: (current: MonthSpending) => Promise<R>) =>
    store.inTurn("budget", async () => work(await load()));

  const standingOf = (current: MonthSpending, guild: string | null): BudgetStanding => ({
    everything: { ...totalOf(Object.values(current.guilds)), limit },
    guild: { ...totalOf([guildIn(current, guild)]), limit: guild === null ? null : guildLimit },
    resetsAt: nextMonth(clock.now()),
  });

  const end = (guild: string | null, runId: string, cost: MicroDollars) =>
    inTurn(async (current) => {
      const { spent, holds } = guildIn(current, guild);
      if (!Object.hasOwn(holds, runId)) return;
      const { [runId]: _ended, ...others } = holds;
      await records.set(KEY, withGuild(current, guild, { spent: spent + cost, holds: others }));
    });

  return {
    hold: (guild, amounts) =>
      inTurn(async (current) => {
        const { spent, holds } = guildIn(current, guild);
        const added = Object.entries(amounts).filter(([runId]) => !Object.hasOwn(holds, runId));
        if (added.length === 0) return;
        const needed = sum(added.map(([, amount]) => amount));
        const { everything, guild: own, resetsAt } = standingOf(current, guild);
        if (exceeds(everything, needed)) throw new Problem({ kind: "budget-spent", resetsAt });
        if (exceeds(own, needed)) throw new Problem({ kind: "guild-budget-spent", resetsAt });
        try {
          const next = { spent, holds: { ...holds, ...Object.fromEntries(added) } };
          await records.set(KEY, withGuild(current, guild, next));
        } catch (error) {
          await records.set(KEY, current).catch(() => undefined); // The write may have landed all the same.
          throw error;
        }
      }),

    settle: end,
    release: (guild, runId) => end(guild, runId, 0),
    standing: async (guild) => standingOf(await load(), guild),
  };
}

/** On a new month nothing is spent yet; guilds without a hold are forgotten. */
function inMonth(stored: MonthSpending | undefined, month: string): MonthSpending {
  if (stored === undefined) return { month, guilds: {} };
  if (month <= stored.month) return stored; // A clock that was set back gives no second month.
  const kept = Object.entries(stored.guilds).filter(([, { holds }]) => Object.keys(holds).length > 0);
  return {
    month,
    guilds: Object.fromEntries(kept.map(([guild, { holds }]) => [guild, { spent: 0, holds }])),
  };
}

const keyOf = (guild: string | null) => guild ?? "dm";

const guildIn = (current: MonthSpending, guild: string | null): GuildSpending =>
  current.guilds[keyOf(guild)] ?? { spent: 0, holds: {} };

const withGuild = (current: MonthSpending, guild: string | null, next: GuildSpending): MonthSpending => ({
  ...current,
  guilds: { ...current.guilds, [keyOf(guild)]: next },
});

const totalOf = (guilds: GuildSpending[]) => ({
  spent: sum(guilds.map(({ spent }) => spent)),
  held: sum(guilds.flatMap(({ holds }) => Object.values(holds))),
});

const exceeds = ({ spent, held, limit }: Spending, needed: MicroDollars) =>
  limit !== null && needed > 0 && spent + held + needed > limit;
