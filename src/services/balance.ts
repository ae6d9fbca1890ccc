import { z } from "zod";
import type { Allowance } from "./allowance.ts";
import { type MicroDollars, sum } from "./money.ts";

const wholeAmount = z.number().int();

/** What a person used with one command in a day: `forgiven` is what failed runs cost the operator. */
export const used = z.object({ runs: wholeAmount, charged: wholeAmount, forgiven: wholeAmount });

/** What one account has used. All functions here are pure. */
export const balanceRecord = z.object({
  /** The day, as the guild counts it, that `spent`, `over` and `usage` are about. */
  day: z.string(),
  spent: wholeAmount,
  /** The part of `spent` beyond the day's allowance, as that was at the last settlement: the bonus pays it. */
  over: wholeAmount,
  /** Grants, as they stood when the day began plus today's; what they pay leaves when the day ends. */
  bonus: wholeAmount,
  /** By run id. A hold outlives its day, and is charged to the day that it settles on. */
  holds: z.record(z.string(), wholeAmount),
  /** By command: what reports are made of. A reset of `spent` leaves it. */
  usage: z.record(z.string(), used).default({}),
  /** The person's, as it was the last time. */
  name: z.string().default(""),
});
export type Balance = z.infer<typeof balanceRecord>;

/** The stored balance as it stands on `day`: on a new day nothing is spent yet. */
export function onDay(stored: Balance | undefined, day: string): Balance {
  if (stored === undefined) return { day, spent: 0, over: 0, bonus: 0, holds: {}, usage: {}, name: "" };
  if (day <= stored.day) return stored; // A clock that was set back gives no second day.
  return { ...stored, day, spent: 0, over: 0, bonus: stored.bonus - paidByBonus(stored), usage: {} };
}

/** What is left of the grants. */
export const bonusLeft = (balance: Balance): MicroDollars => balance.bonus - paidByBonus(balance);

const paidByBonus = ({ bonus, over }: Balance): MicroDollars => Math.min(bonus, over);

export const heldIn = (balance: Balance): MicroDollars => sum(Object.values(balance.holds));

export const withHolds = (balance: Balance, amounts: Record<string, MicroDollars>): Balance => ({
  ...balance,
  holds: { ...balance.holds, ...amounts },
});

/** Never takes back what the bonus has paid already. */
export const withGrant = (balance: Balance, amount: MicroDollars): Balance => ({
  ...balance,
  bonus: Math.max(paidByBonus(balance), balance.bonus + amount),
});

export function withoutHold(balance: Balance, runId: string): Balance {
  const { [runId]: _released, ...holds } = balance.holds;
  return { ...balance, holds };
}

/** Ends the hold and charges the whole cost: the allowance pays first, then the bonus, and the rest is debt until midnight. */
export function charged(balance: Balance, runId: string, use: Use, allowance: Allowance): Balance {
  const spent = balance.spent + use.cost;
  const over = allowance === "unlimited" ? 0 : Math.max(0, spent - allowance);
  return { ...withUse(withoutHold(balance, runId), use, "charged"), spent, over };
}

/** Ends the hold; what the run cost is the operator's loss. */
export function forgiven(balance: Balance, runId: string, use: Use): Balance {
  const without = withoutHold(balance, runId);
  return use.cost > 0 ? withUse(without, use, "forgiven") : without;
}

/** A run's end, as reports tell it. */
export interface Use {
  command: string;
  /** The person's. */
  name: string;
  cost: MicroDollars;
}

function withUse(balance: Balance, { command, name, cost }: Use, how: "charged" | "forgiven"): Balance {
  const before = balance.usage[command] ?? { runs: 0, charged: 0, forgiven: 0 };
  const now = { ...before, runs: before.runs + 1, [how]: before[how] + cost };
  return { ...balance, name, usage: { ...balance.usage, [command]: now } };
}

/** Nothing in it outlives the day, but what reports tell. */
export const endsWithDay = (balance: Balance): boolean =>
  balance.bonus === paidByBonus(balance) && Object.keys(balance.holds).length === 0;
