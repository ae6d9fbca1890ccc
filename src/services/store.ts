import { KeyvSqlite } from "@keyv/sqlite";
import { Keyv, type KeyvOptions } from "keyv";
import { z } from "zod";
import { type Clock, systemClock } from "./clock.ts";
import { locate, prepareFile } from "./database-file.ts";
import { within } from "./deadline.ts";
import { type Form, createEnvelope } from "./envelope.ts";
import { Problem } from "./problem.ts";
import { createRecent, type Recent } from "./recent.ts";
import { type Turns, createTurns } from "./turns.ts";

export { StoreError } from "./database-file.ts";

/** Plain data of one kind by key. A call that fails or takes too long throws the Problem `store-unavailable`. */
export interface Records<T> {
  /** `undefined` for what was never stored, is expired, or can't be read (which is kept aside and reported). */
  get(key: string): Promise<T | undefined>;
  /** After a Problem the write may still land, but never after a later call for the same key. */
  set(key: string, value: T, ttlMs?: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** In order of key, those whose key begins with `prefix`; what changes meanwhile may be seen or not. */
  entries(prefix?: string): Promise<[string, T][]>;
}

export interface Store {
  /** One table for each namespace: lower-case letters, digits and `_`. */
  records<T>(namespace: string, schema: z.ZodType<T>, form?: Form): Records<T>;
  /** `get` then `set` is not atomic: work under one key runs in turn in this process. Not from inside that key's turn. */
  inTurn: Turns;
  /** Deletes the expired rows of every namespace in use: reading only skips them. */
  sweep(): Promise<void>;
  close(): Promise<void>;
  /** For logs: where the data is, without credentials. */
  description: string;
}

export interface StoreOptions {
  /** `sqlite://./data/x.sqlite` (from the working directory), `sqlite:///abs/path` or `sqlite://:memory:`. */
  url: string;
  /** For expiry and names. The deadline runs on real time, as the disk does. */
  clock?: Clock;
  deadlineMs?: number;
  warn?: (message: string, facts: object) => void;
}

interface Table {
  keyv: Keyv<string>;
  adapter: KeyvSqlite;
  /**
   * What was read or written lately, sealed as it is stored; `undefined` is not there. This process alone writes here, and
   * whoever waits for an acknowledgement waits for each read.
   */
  recent: Recent<string | undefined>;
}

/** Of each table, as far as they are small; larger ones are read again. */
const RECENT_RECORDS = 500;
const SMALL = 16_384;

const PAGE_ROWS = 500;
const row = z.object({ key: z.string(), value: z.string() });
type Row = z.infer<typeof row>;

/** Opens or creates the database. A path that can't be used throws `StoreError`; a corrupt file is set aside. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, clock = systemClock, deadlineMs = 2_000, warn = () => undefined } = options;
  const { shown, file } = locate(url);
  const busyTimeout = Math.ceil(deadlineMs / 2); // A locked database says so before the deadline.
  const ordered = createTurns();
  const names = new Set<string>();
  const tables = new Map<string, Promise<Table>>();
  let closed = false;

  if (file !== null) {
    const checker = connect({ table: "checker", busyTimeout });
    const query = (sql: string, ...values: unknown[]): Promise<unknown> => checker.query(sql, ...values);
    try {
      await prepareFile({ file, shown, query, now: clock.now(), warn });
    } finally {
      await checker.close();
    }
  }

  async function openTable(table: string): Promise<Table> {
    // An adapter and a table for each: two Keyvs on one adapter read and clear each other's rows.
    const adapter = connect({ uri: `sqlite://${file ?? ":memory:"}`, table, busyTimeout });
    const keyv = new Keyv<string>({ store: adapter, ...asText, useKeyPrefix: false, throwOnErrors: true });
    keyv.on("error", (error: unknown) => warn("The database failed", { table, error: String(error) }));
    await adapter.query("PRAGMA synchronous=NORMAL"); // With WAL: 4,900 writes a second instead of 800.
    return { keyv, adapter, recent: createRecent(RECENT_RECORDS) };
  }

  function table(name: string): Promise<Table> {
    if (closed) return Promise.reject(new Error("The store is closed"));
    const known = tables.get(name);
    if (known) return known;
    const opening = openTable(name);
    opening.catch(() => tables.delete(name)); // The next call connects again.
    tables.set(name, opening);
    return opening;
  }

  /** Calls for one key run in order, even behind one that its caller has stopped waiting for. */
  async function call<R>(name: string, key: string, work: (table: Table) => Promise<R>): Promise<R> {
    let waiting = true;
    const answer = ordered(`${name}/${key}`, async () => {
      const opened = await table(name);
      if (!waiting) throw new Error("Too late to start");
      return work(opened);
    });
    try {
      return await within(deadlineMs, answer);
    } catch (cause) {
      waiting = false;
      throw new Problem({ kind: "store-unavailable" }, { cause });
    }
  }

  /** By key: OFFSET skips rows when others are deleted meanwhile, and Keyv's own iterator overflows the stack. */
  async function* pages(name: string, columns: string, after = ""): AsyncGenerator<Row[]> {
    const select = `SELECT ${columns} FROM ${name} WHERE key > ? ORDER BY key LIMIT ${PAGE_ROWS}`;
    const pageAfter = (start: string): Promise<Row[]> =>
      call(name, "", async ({ adapter }) => z.array(row).parse(await adapter.query(select, start)));
    let page = await pageAfter(after);
    yield page;
    for (let last = page.at(-1); last && page.length === PAGE_ROWS; last = page.at(-1)) {
      page = await pageAfter(last.key);
      yield page;
    }
  }

  async function sweepTable(name: string): Promise<void> {
    const expiry = "CASE WHEN json_valid(value) THEN json_extract(value, '$.expiresAt') END";
    const remove = `DELETE FROM ${name} WHERE key IN (SELECT value FROM json_each(?)) AND ${expiry} <= ?`;
    for await (const rows of pages(name, "key, '' AS value")) {
      const keys = JSON.stringify(rows.map((row) => row.key));
      await call(name, "", ({ adapter }) => adapter.query(remove, keys, clock.now()));
    }
  }

  async function textOf({ keyv, recent }: Table, key: string): Promise<string | undefined> {
    if (recent.has(key)) return recent.get(key);
    const text = await keyv.get(key);
    keepRecent(recent, key, text);
    return text;
  }

  /** While it is being changed, and where that fails, nobody knows what is there. */
  async function forgetting<R>({ recent }: Table, key: string, change: () => Promise<R>): Promise<R> {
    recent.delete(key);
    return change();
  }

  /** Kept under another name, so that what is written next does not replace it. */
  async function keepAside(from: Table, name: string, key: string, text: string, why: string): Promise<void> {
    warn("A record could not be read, and was set aside", { table: name, key, why });
    const { keyv } = await table("unreadable");
    await keyv.set(`${name}/${key}@${clock.now()}`, text);
    await forgetting(from, key, () => from.keyv.delete(key));
  }

  function records<T>(namespace: string, schema: z.ZodType<T>, form?: Form): Records<T> {
    if (!/^[a-z][a-z0-9_]*$/.test(namespace)) throw new TypeError(`Not a namespace: ${namespace}`);
    const name = `${namespace}_records`;
    const envelope = createEnvelope(schema, form);
    names.add(name);

    const get = (key: string) =>
      call(name, key, async (table): Promise<T | undefined> => {
        const text = await textOf(table, key);
        if (text === undefined) return undefined;
        const opened = envelope.open(text, clock.now());
        if (opened.is === "unreadable") await keepAside(table, name, key, text, opened.why);
        return opened.is === "readable" ? opened.value : undefined;
      });

    return {
      get,
      async set(key, value, ttlMs) {
        const text = envelope.seal(value, ttlMs === undefined ? undefined : clock.now() + ttlMs);
        await call(name, key, async (table) => {
          await forgetting(table, key, () => table.keyv.set(key, text));
          keepRecent(table.recent, key, text);
        });
      },
      async delete(key) {
        await call(name, key, (table) => forgetting(table, key, () => table.keyv.delete(key)));
      },
      async entries(prefix = "") {
        const found: [string, T][] = [];
        for await (const rows of pages(name, "key, value", prefix)) {
          for (const { key, value } of rows) {
            if (!key.startsWith(prefix)) return found;
            const opened = envelope.open(value, clock.now());
            if (opened.is === "readable") found.push([key, opened.value]);
            if (opened.is === "unreadable") await get(key); // Sets it aside.
          }
        }
        return found;
      },
    };
  }

  return {
    description: file === null ? "SQLite in memory" : `SQLite at ${shown}`,
    records,
    inTurn: createTurns(),
    async sweep() {
      for (const name of [...names, "unreadable"]) await sweepTable(name);
    },
    async close() {
      closed = true;
      const opened = await Promise.allSettled(tables.values());
      tables.clear();
      for (const each of opened) if (each.status === "fulfilled") await each.value.adapter.close();
    },
  };
}

function connect(options: { uri?: string; table: string; busyTimeout: number }): KeyvSqlite {
  const adapter = new KeyvSqlite(options);
  adapter.on("error", () => undefined); // Without a listener Node ends the process; whoever asked gets the error too.
  return adapter;
}

function keepRecent(recent: Table["recent"], key: string, text: string | undefined): void {
  if ((text?.length ?? 0) <= SMALL) recent.set(key, text);
}

/** Keyv carries the sealed text as it is; its own form would hide the expiry from SQL. */
const asText: Pick<KeyvOptions, "serialize" | "deserialize"> = {
  serialize: ({ value }) => String(value),
  deserialize: (text) => ({ value: text as never }),
};
