import { z } from "zod";
import { type Balance, used } from "./balance.ts";
import { latestDays } from "./calendar.ts";
import type { MicroDollars } from "./money.ts";
import type { Records, Store } from "./store.ts";

/** What one person used with one command on one day. */
export interface Spent {
  day: string;
  person: string;
  /** As it was then. */
  name: string;
  command: string;
  runs: number;
  charged: MicroDollars;
  /** What failed runs cost the operator. */
  forgiven: MicroDollars;
}

/** Who used what on the days that are over, for as long as reports reach back; today is in the balances. */
export interface SpendingBook {
  /** Before the next day is written over it; the same again changes nothing. */
  keep(guild: string, person: string, balance: Balance): Promise<void>;
  /** The latest `days` until `today`, newest first; within a day by person. */
  report(guild: string, today: string, days: number): Promise<Spent[]>;
}

/** How far back reports can reach. */
export const REPORT_DAYS = 90;
/** A day more than that, and one for time zones. */
export const USAGE_KEPT_MS = (REPORT_DAYS + 2) * 86_400_000;

const dayRecord = z.object({ name: z.string(), usage: z.record(z.string(), used) });

export function createSpendingBook(store: Store, balances: Records<Balance>): SpendingBook {
  const book = store.records("spending", dayRecord);

  const rowsOf = (day: string, person: string, { name, usage }: z.infer<typeof dayRecord>): Spent[] =>
    Object.entries(usage).map(([command, each]) => ({ day, person, name, command, ...each }));

  return {
    async keep(guild, person, { day, name, usage }) {
      if (Object.keys(usage).length === 0) return;
      await book.set(`${guild}/${day}/${person}`, { name, usage }, USAGE_KEPT_MS);
    },

    async report(guild, today, days) {
      const wanted = latestDays(today, days);
      // Read first: what moves into the book meanwhile is then at least in one of them, and counted once.
      const current = await balances.entries(`${guild}/`);
      const ahead: Spent[] = [];
      const byDay = new Map(wanted.map((day) => [day, new Map<string, Spent[]>()]));
      for (const day of wanted)
        for (const [key, record] of await book.entries(`${guild}/${day}/`)) {
          const person = key.slice(`${guild}/${day}/`.length);
          byDay.get(day)?.set(person, rowsOf(day, person, record));
        }
      for (const [key, balance] of current) {
        const person = key.slice(`${guild}/`.length);
        // A day that was begun before the zone moved west is later than today.
        const rows = rowsOf(balance.day, person, balance);
        if (balance.day > today) ahead.push(...rows);
        else byDay.get(balance.day)?.set(person, rows);
      }
      return [...ahead, ...[...byDay.values()].flatMap((people) => [...people.values()].flat())];
    },
  };
}
