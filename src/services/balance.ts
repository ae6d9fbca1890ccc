import { z } from "zod";
import type { Allowance } from "./allowance.ts";
import { type MicroDollars, sum } from "./money.ts";

const wholeAmount = z.number().int();

/** What one account has used. All functions here are pure. */
export const balanceRecord = z.object({
  /** The UTC day that `spent` and `over` are about. */
  day: z.string(),
  spent: wholeAmount,
  /** The part of `spent` beyond the day's allowance, as that was at the last settlement: the bonus pays it. */
  over: wholeAmount,
  /** Grants, as they stood when the day began plus today's; what they pay leaves when the day ends. */
  bonus: wholeAmount,
  /** By run id. A hold outlives its day, and is charged to the day that it settles on. */
  holds: z.record(z.string(), wholeAmount),
});
export type Balance = z.infer<typeof balanceRecord>;

/** The stored balance as it stands on `day`: on a new day nothing is spent yet. */
export function onDay(stored: Balance | undefined, day: string): Balance {
  if (stored === undefined) return { day, spent: 0, over: 0, bonus: 0, holds: {} };
  if (day <= stored.day) return stored; // A clock that was set back gives no second day.
  return { ...stored, day, spent: 0, over: 0, bonus: stored.bonus - paidByBonus(stored) };
}

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
export function charged(balance: Balance, runId: string, cost: MicroDollars, allowance: Allowance): Balance {
  const spent = balance.spent + cost;
  const over = allowance === "unlimited" ? 0 : Math.max(0, spent - allowance);
  return { ...withoutHold(balance, runId), spent, over };
}

/** Nothing in it outlives the day. */
export const endsWithDay = (balance: Balance): boolean =>
  balance.bonus === paidByBonus(balance) && Object.keys(balance.holds).length === 0;
