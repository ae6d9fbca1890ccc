import { setTimeout as sleep } from "node:timers/promises";
import { KeyvSqlite } from "@keyv/sqlite";
import { Keyv, type KeyvOptions } from "keyv";
import PQueue from "p-queue";
import { type Change, type Waiting, statementFor, together } from "./batch.ts";
import { createRecent, type Recent } from "./recent.ts";
import { codeOf } from "./store-error.ts";
import { createTurns } from "./turns.ts";

/** A table and its own connection. */
export interface Table {
  keyv: Keyv<string>;
  adapter: KeyvSqlite;
  /**
   * What was read or written lately, sealed as it is stored; `undefined` is not there. This process alone writes here, and
   * whoever waits for an acknowledgement waits for each read.
   */
  recent: Recent<string | undefined>;
}

export interface Tables {
  /**
   * Runs with the table of that name, to which it connects at first. Where another process has locked the file it tries
   * again for a while, so `work` may begin again where it fails with that.
   */
  read: Use;
  /** The same, one after another for each table: see `WRITES_AT_ONCE`. */
  write: Use;
  /** One record is written, or removed; what waits for the same table goes with it in one statement. */
  change(name: string, change: Change): Promise<void>;
  /** Connects to all of these, so that nobody waits for that later. What fails is tried again by its first use. */
  warm(names: readonly string[]): Promise<void>;
  /** The next use connects again. */
  close(): Promise<void>;
}

export type Use = <R>(name: string, work: (table: Table) => Promise<R>) => Promise<R>;

export interface TablesOptions {
  /** `null` is memory. */
  file: string | null;
  /** Rejects where the file is not there: of a path where nothing is, SQLite would make another database. */
  insistOnPlace: () => Promise<void>;
  /** How long a locked file is waited for, in real time. */
  patienceMs: number;
  warn: (message: string, facts: object) => void;
}

/** The table of the connection that holds the file; nothing is in it. */
export const HOLDER = "holder";

/** Of each table, as far as they are small; larger ones are read again. */
const RECENT_RECORDS = 500;
const SMALL = 16_384;

/**
 * How long SQLite itself waits for a lock. It does so in one of the few threads that Node has, and those are needed for
 * everything else that is read, and for looking up names; between two tries no thread waits.
 */
const LOCK_WAIT_MS = 10;
const BETWEEN_TRIES_MS = 20;

/**
 * Over all tables. For each table, and so on each connection, there is one at a time: where one that found the file locked
 * is not taken apart yet, SQLite does not commit the next one, acknowledges it, and rolls it back later.
 */
const WRITES_AT_ONCE = 3;

/** After these the same connection works again as soon as the reason has passed. */
const PASSING = new Set(["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL"]);

/** Keyv carries the sealed text as it is; its own form would hide the expiry from SQL. */
const asText: Pick<KeyvOptions, "serialize" | "deserialize"> = {
  serialize: ({ value }) => String(value),
  deserialize: (text) => ({ value: text as never }),
};

export function createTables({ file, insistOnPlace, patienceMs, warn }: TablesOptions): Tables {
  const tables = new Map<string, Promise<Table>>();
  /** Not yet written, in their order; no key is there twice. */
  const waiting = new Map<string, Set<Waiting>>();
  const inTurn = createTurns();
  const writing = new PQueue({ concurrency: WRITES_AT_ONCE });
  let failing = false;

  async function connectTo(table: string): Promise<Table> {
    await insistOnPlace();
    // An adapter and a table for each: two Keyvs on one adapter read and clear each other's rows.
    const adapter = connect({ uri: `sqlite://${file ?? ":memory:"}`, table, busyTimeout: LOCK_WAIT_MS });
    const keyv = new Keyv<string>({ store: adapter, ...asText, useKeyPrefix: false, throwOnErrors: true });
    keyv.on("error", () => undefined); // Whoever asked gets it, too.
    try {
      await adapter.query("PRAGMA synchronous=NORMAL"); // With WAL: 4,900 writes a second instead of 800.
      await insistOnPlace();
    } catch (error) {
      await adapter.close();
      throw error;
    }
    return { keyv, adapter, recent: createRecent(RECENT_RECORDS) };
  }

  /** In one transaction: each by itself would wait for the disk. Keyv makes its table in the same words. */
  async function createTogether(names: readonly string[]): Promise<void> {
    await insistOnPlace();
    const adapter = connect({ uri: `sqlite://${file}`, table: HOLDER, busyTimeout: LOCK_WAIT_MS });
    try {
      await adapter.query("BEGIN IMMEDIATE");
      for (const name of names)
        await adapter.query(`CREATE TABLE IF NOT EXISTS ${name}(key VARCHAR(255) PRIMARY KEY, value TEXT )`);
      await adapter.query("COMMIT");
    } finally {
      await adapter.close();
    }
  }

  function tableOf(name: string): Promise<Table> {
    const known = tables.get(name);
    if (known) return known;
    const connecting = connectTo(name);
    connecting.catch(() => tables.delete(name)); // The next use connects again.
    tables.set(name, connecting);
    return connecting;
  }

  /** A connection that was made while the file could only be read, say, can do no more ever after. */
  function dropAfter(name: string, used: Promise<Table>, error: unknown): void {
    const code = codeOf(error);
    if (!code.startsWith("SQLITE_") || PASSING.has(code) || tables.get(name) !== used) return;
    tables.delete(name);
    used.then(({ adapter }) => adapter.close()).catch(() => undefined);
  }

  /** Once when it begins, and once when it is over: everything that is asked meanwhile would fill the log. */
  function reportFailure(name: string, error: unknown): void {
    if (failing || !codeOf(error).startsWith("SQLITE_")) return;
    failing = true;
    warn("The database fails", { table: name, error: codeOf(error) });
  }

  /** A locked or a full one can be read all the same. */
  function reportWritten(): void {
    if (failing) warn("The database works again", {});
    failing = false;
  }

  async function once<R>(name: string, work: (table: Table) => Promise<R>): Promise<R> {
    const connecting = tableOf(name);
    try {
      return await work(await connecting);
    } catch (error) {
      dropAfter(name, connecting, error);
      throw error;
    }
  }

  async function patiently<R>(name: string, work: () => Promise<R>): Promise<R> {
    const tryUntil = performance.now() + patienceMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (codeOf(error) !== "SQLITE_BUSY" || performance.now() > tryUntil) {
          reportFailure(name, error);
          throw error;
        }
      }
      await sleep(BETWEEN_TRIES_MS);
    }
  }

  async function write<R>(name: string, work: (table: Table) => Promise<R>): Promise<R> {
    const written = await patiently(name, () => inTurn(name, () => writing.add(() => once(name, work))));
    reportWritten();
    return written;
  }

  /** Whoever's turn it is writes for those behind, too. */
  async function change(name: string, change: Change): Promise<void> {
    const others = waiting.get(name) ?? new Set();
    waiting.set(name, others);
    const own = { ...change, done: false };

    async function writeOwn(): Promise<void> {
      if (own.done) return;
      if (!own.isWanted()) throw new Error("Too late to start");
      await writing.add(() => once(name, (table) => writeTogether(name, table, together(own, others))));
      reportWritten();
    }

    await patiently(name, () => {
      others.add(own);
      // Taken away before the next turn begins: what its caller is told has failed is not written any more.
      return inTurn(name, () => writeOwn().finally(() => others.delete(own)));
    });
  }

  return {
    read: (name, work) => patiently(name, () => once(name, work)),
    write,
    change,
    async warm(names) {
      if (file !== null) await createTogether(names).catch(() => undefined);
      await Promise.allSettled(names.map(tableOf));
    },
    async close() {
      const connected = await Promise.allSettled(tables.values());
      tables.clear();
      await Promise.allSettled(
        connected.map(async (each) => each.status === "fulfilled" && each.value.adapter.close()),
      );
    },
  };
}

export function connect(options: { uri?: string; table: string; busyTimeout: number }): KeyvSqlite {
  const adapter = new KeyvSqlite(options);
  adapter.on("error", () => undefined); // Without a listener Node ends the process; whoever asked gets the error too.
  return adapter;
}

/** Where they find no room together, the first is written alone. */
async function writeTogether(name: string, table: Table, changes: readonly Waiting[]): Promise<void> {
  try {
    await writeChanges(name, table, changes);
  } catch (error) {
    if (changes.length === 1 || codeOf(error) === "SQLITE_BUSY") throw error;
    await writeChanges(name, table, changes.slice(0, 1));
  }
}

async function writeChanges(
  name: string,
  { adapter, recent }: Table,
  changes: readonly Waiting[],
): Promise<void> {
  // While they are being changed, and where that fails, nobody knows what is there.
  for (const { key } of changes) recent.delete(key);
  await adapter.query(...statementFor(name, changes));
  for (const change of changes) {
    change.done = true;
    if (change.text === undefined) recent.delete(change.key);
    else keepRecent(recent, change.key, change.text);
  }
}

export function keepRecent(recent: Table["recent"], key: string, text: string | undefined): void {
  if ((text?.length ?? 0) <= SMALL) recent.set(key, text);
}
