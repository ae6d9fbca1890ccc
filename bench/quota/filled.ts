import { KeyvSqlite } from "@keyv/sqlite";
import { type Balance, balanceRecord } from "../../src/services/balance.ts";
import { dayOf, monthOf } from "../../src/services/calendar.ts";
import { createEnvelope } from "../../src/services/envelope.ts";

/** So many people share a guild, and with it a month's budget. */
const GUILD = 200;
/** Rows of one statement. */
const ROWS = 20_000;

/** The account of somebody in the filled store. */
export const accountOf = (number: number) => ({
  guild: `guild-${Math.floor(number / GUILD)}`,
  person: `person-${number}`,
  roles: [],
});

const keyOf = (number: number) => `${accountOf(number).guild}/${accountOf(number).person}`;

function balanceOf(number: number, day: string): Balance {
  const spent = (number % 50) * 1_000;
  const usage = { imagine: { runs: 3, charged: spent, forgiven: 0 } };
  return { day, spent, over: 0, bonus: 0, holds: {}, usage, name: `Person ${number}` };
}

/** Rows as the store writes them, and thousands at once. */
async function fillTable(file: string, table: string, rows: Iterable<[string, string]>): Promise<void> {
  const adapter = new KeyvSqlite({ uri: `sqlite://${file}`, table: `${table}_records` });
  const insert = `INSERT INTO ${table}_records (key, value) SELECT value ->> 0, value ->> 1 FROM json_each(?)`;
  let waiting: [string, string][] = [];
  const write = async () => {
    await adapter.query(insert, JSON.stringify(waiting));
    waiting = [];
  };
  for (const row of rows) if (waiting.push(row) === ROWS) await write();
  await write();
  await adapter.close();
}

/** Balances of so many people, and a month's record for each of their guilds, in a database that the store has made. */
export async function fill(file: string, people: number, now: number): Promise<void> {
  const { seal } = createEnvelope(balanceRecord);
  const day = dayOf(now);
  function* balances(): Generator<[string, string]> {
    // Keys in order are written several times as fast.
    const numbers = Array.from({ length: people }, (_, number) => number);
    const keys = numbers.map((number) => [keyOf(number), number] as const);
    for (const [key, number] of keys.toSorted(([a], [b]) => (a < b ? -1 : 1)))
      yield [key, seal(balanceOf(number, day), undefined)];
  }
  function* budgets(): Generator<[string, string]> {
    for (let first = 0; first < people; first += GUILD) {
      const record = { month: monthOf(now), spent: GUILD * 25_000, holds: {} };
      yield [accountOf(first).guild, JSON.stringify({ v: 1, record })];
    }
  }
  await fillTable(file, "balances", balances());
  await fillTable(file, "budgets", budgets());
}
