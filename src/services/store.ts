import { z } from "zod";
import { type Clock, systemClock } from "./clock.ts";
import { locate } from "./database-file.ts";
import { within } from "./deadline.ts";
import { type Form, createEnvelope } from "./envelope.ts";
import { createGuard } from "./guard.ts";
import { holdFile } from "./held-file.ts";
import { STORE_VERSION } from "./migration.ts";
import { Problem } from "./problem.ts";
import { codeOf } from "./store-error.ts";
import { type Table, type Use, connect, createTables, HOLDER, keepRecent } from "./tables.ts";
import { type Turns, createTurns } from "./turns.ts";

export { StoreError } from "./store-error.ts";

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
  /** Connects to every namespace so far, so that nobody waits for that later. What fails is tried again by its first use. */
  warm(): Promise<void>;
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
  /** How soon it is noticed that the file is gone from its place, in real time. */
  lookEveryMs?: number;
  /** Of the file as a whole. */
  version?: number;
  warn?: (message: string, facts: object) => void;
}

const PAGE_ROWS = 500;
const row = z.object({ key: z.string(), value: z.string() });
type Row = z.infer<typeof row>;

/**
 * Opens or creates the database. A path that can't be used throws `StoreError`, and so does a file of a newer program;
 * a corrupt file is set aside, and an older one is copied first. Where the file goes while the store is open, it is
 * written back, and until that has worked every call throws.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, clock = systemClock, deadlineMs = 2_000, lookEveryMs = 250, warn = () => undefined } = options;
  const { shown, file } = locate(url);
  const patienceMs = Math.ceil(deadlineMs / 2); // A locked database says so before the deadline.
  const ordered = createTurns();
  const names = new Set<string>();
  let closing: Promise<void> | undefined;

  const held =
    file === null
      ? undefined
      : await holdFile({
          file,
          shown,
          version: options.version ?? STORE_VERSION,
          connect: () => connect({ table: HOLDER, busyTimeout: patienceMs }),
          now: () => clock.now(),
          warn,
        });
  const isInPlace = async (): Promise<boolean> => held === undefined || held.isInPlace();
  const guard = createGuard({
    isThere: isInPlace,
    async bringBack() {
      await held?.bringBack();
      await tables.close();
    },
    everyMs: lookEveryMs,
    onLost: (error) =>
      warn("The database is not in its place and can't be written there: nothing is stored until it can", {
        file,
        error: codeOf(error),
      }),
    onFound: () => warn("The database is in its place again", { file }),
  });

  /** For what is opened by its path: where nothing is there, SQLite would begin another database. */
  async function insistOnPlace(): Promise<void> {
    if (await isInPlace()) return;
    guard.suspect();
    throw new GoneError("The database is gone from its place");
  }

  const tables = createTables({ file, insistOnPlace, patienceMs, warn });

  /** Calls for one key run in order, even behind one that its caller has stopped waiting for. */
  async function call<R>(
    name: string,
    key: string,
    work: (isWanted: () => boolean) => Promise<R>,
  ): Promise<R> {
    let waiting = true;
    const begin = () => work(() => waiting);
    const answer = ordered(`${name}/${key}`, async () => {
      try {
        return await guard.during(begin);
      } catch (error) {
        if (!(error instanceof GoneError)) throw error;
        return guard.during(begin); // Which brings it back first. Nothing had begun.
      }
    });
    try {
      return await within(deadlineMs, answer);
    } catch (cause) {
      waiting = false;
      throw new Problem({ kind: "store-unavailable" }, { cause });
    }
  }

  /** Reads, or writes what is more than one record. */
  const using = <R>(use: Use, name: string, key: string, work: (table: Table) => Promise<R>): Promise<R> =>
    call(name, key, (isWanted) =>
      use(name, async (table) => {
        if (!isWanted()) throw new Error("Too late to start");
        return work(table);
      }),
    );

  /** `undefined` removes it. */
  const change = (name: string, key: string, text: string | undefined): Promise<void> =>
    call(name, key, (isWanted) => tables.change(name, { key, text, isWanted }));

  /** By key: OFFSET skips rows when others are deleted meanwhile, and Keyv's own iterator overflows the stack. */
  async function* pages(name: string, columns: string, after = ""): AsyncGenerator<Row[]> {
    const select = `SELECT ${columns} FROM ${name} WHERE key > ? ORDER BY key LIMIT ${PAGE_ROWS}`;
    const pageAfter = (start: string): Promise<Row[]> =>
      using(tables.read, name, "", async ({ adapter }) =>
        z.array(row).parse(await adapter.query(select, start)),
      );
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
      await using(tables.write, name, "", ({ adapter }) => adapter.query(remove, keys, clock.now()));
    }
  }

  async function textOf({ keyv, recent }: Table, key: string): Promise<string | undefined> {
    if (recent.has(key)) return recent.get(key);
    const text = await keyv.get(key);
    keepRecent(recent, key, text);
    return text;
  }

  /** Kept under another name, so that what is written next does not replace it. */
  async function keepAside(name: string, key: string, text: string, why: string): Promise<void> {
    warn("A record could not be read, and was set aside", { table: name, key, why });
    await tables.change("unreadable", { key: `${name}/${key}@${clock.now()}`, text, isWanted: () => true });
    await tables.change(name, { key, text: undefined, isWanted: () => true });
  }

  function records<T>(namespace: string, schema: z.ZodType<T>, form?: Form): Records<T> {
    if (!/^[a-z][a-z0-9_]*$/.test(namespace)) throw new TypeError(`Not a namespace: ${namespace}`);
    const name = `${namespace}_records`;
    const envelope = createEnvelope(schema, form);
    names.add(name);

    const get = (key: string) =>
      using(tables.read, name, key, async (table): Promise<T | undefined> => {
        const text = await textOf(table, key);
        if (text === undefined) return undefined;
        const opened = envelope.open(text, clock.now());
        if (opened.is === "unreadable") await keepAside(name, key, text, opened.why);
        return opened.is === "readable" ? opened.value : undefined;
      });

    return {
      get,
      async set(key, value, ttlMs) {
        await change(name, key, envelope.seal(value, ttlMs === undefined ? undefined : clock.now() + ttlMs));
      },
      delete: (key) => change(name, key, undefined),
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

  async function close(): Promise<void> {
    await guard.close().catch(() => undefined); // What can't be written back even now was reported.
    await tables.close();
    await held?.close();
  }

  return {
    description: file === null ? "SQLite in memory" : `SQLite at ${shown}`,
    records,
    inTurn: createTurns(),
    warm: () => tables.warm([...names]),
    async sweep() {
      for (const name of [...names, "unreadable"]) await sweepTable(name);
    },
    close: () => (closing ??= close()),
  };
}

/** Found before anything was read or written. */
class GoneError extends Error {}
