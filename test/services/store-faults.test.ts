import { existsSync, rmSync } from "node:fs";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { KeyvSqlite } from "@keyv/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { lock } from "./lock.ts";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { type Store, StoreError, type StoreOptions, openStore } from "../../src/services/store.ts";

const note = z.object({ text: z.string() });
const unavailable = { reason: { kind: "store-unavailable" } };
const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
const STAMP = "2026-11-23T12-00-00-000Z";

let folder: string;
let file: string;
let warnings: { message: string; facts: object }[];
const stores: Store[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-faults-"));
  file = join(folder, "data", "x.sqlite");
  warnings = [];
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await rm(folder, { recursive: true });
});

const open = async (options: Partial<StoreOptions> = {}) => {
  const warn = (message: string, facts: object) => void warnings.push({ message, facts });
  const store = await openStore({ url: `sqlite://${file}`, clock, lookEveryMs: 2, warn, ...options });
  stores.push(store);
  return store;
};

/** Another program's view of the file. */
const sql = async (text: string, path = file): Promise<unknown> => {
  const other = new KeyvSqlite({ uri: `sqlite://${path}`, table: "other" });
  const answer: unknown = await other.query(text);
  await other.close();
  return answer;
};

const remove = async (...endings: string[]) => {
  for (const ending of endings) await rm(file + ending, { recursive: true });
};

/** What the next start finds. */
const found = async (url?: string) => {
  for (const store of stores.splice(0)) await store.close();
  const store = await open(url === undefined ? {} : { url });
  return {
    notes: await store.records("notes", note).entries(),
    counts: await store.records("counts", z.number()).entries(),
  };
};

const ALL = {
  notes: [
    ["a", { text: "before" }],
    ["b", { text: "after" }],
  ],
  counts: [["a", 1]],
};

describe("a file that goes while the store is open", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["removed with its log", () => remove("", "-wal", "-shm")],
    ["removed without its log", () => remove("")],
    ["left without its log", () => remove("-wal", "-shm")],
    ["removed with its whole folder", () => rm(dirname(file), { recursive: true })],
    ["moved away", () => rename(file, join(folder, "elsewhere"))],
    ["moved away with its whole folder", () => rename(dirname(file), join(folder, "elsewhere"))],
  ])("and was %s, is written back whole", async (_what, away) => {
    const store = await open();
    const [notes, counts] = [store.records("notes", note), store.records("counts", z.number())];
    await notes.set("a", { text: "before" });
    await counts.set("a", 1);
    await away();
    await soon();
    await notes.set("b", { text: "after" });
    expect(await sql("SELECT key FROM notes_records ORDER BY key")).toEqual([{ key: "a" }, { key: "b" }]);
    expect(await notes.get("a")).toEqual({ text: "before" });
    expect(warnings).toEqual([
      {
        message: "The database was gone from its place: it was written there again, and nothing is lost",
        facts: { file },
      },
    ]);
    expect(await found()).toEqual(ALL);
    expect(await sql("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect((await readdir(dirname(file))).toSorted()).toEqual(["x.sqlite", "x.sqlite-shm", "x.sqlite-wal"]);
  });

  it("and had another one put in its place, is written back, and the other one is kept", async () => {
    const store = await open();
    const notes = store.records("notes", note);
    await notes.set("a", { text: "before" });
    await store.records("counts", z.number()).set("a", 1);
    const other = join(folder, "other.sqlite");
    await sql("CREATE TABLE theirs(key TEXT)", other);
    await rename(other, file);
    await soon();
    await notes.set("b", { text: "after" });
    const kept = `${file}.replaced-${STAMP}`;
    expect(warnings.map(({ facts }) => facts)).toEqual([{ file, foundThereAndKeptAs: kept }]);
    expect(await sql("SELECT name FROM sqlite_schema WHERE name = 'theirs'", kept)).toEqual([
      { name: "theirs" },
    ]);
    expect(await found()).toEqual(ALL);
  });

  it("again and again, is written back again and again", async () => {
    const store = await open();
    const counts = store.records("counts", z.number());
    for (let round = 1; round <= 5; round += 1) {
      await counts.set("a", round);
      await remove("", "-wal", "-shm");
      await soon();
    }
    expect((await found()).counts).toEqual([["a", 5]]);
  });

  it("is written back although nobody asks, and by closing at the latest", async () => {
    const store = await open({ lookEveryMs: 20 });
    await store.records("counts", z.number()).set("a", 1);
    await remove("", "-wal", "-shm");
    await expect.poll(() => warnings.length).toBe(1);
    expect(existsSync(file)).toBe(true);
    await remove("", "-wal", "-shm");
    await store.close();
    expect((await found()).counts).toEqual([["a", 1]]);
  });

  it("in the middle of much work, loses none of it", async () => {
    const counts = (await open()).records("counts", z.number());
    const stored = new Map<string, number>();
    const count = async (key: string, value: number) => {
      await counts.set(key, value);
      stored.set(key, value);
    };
    for (let value = 0; value < 20; value += 1) {
      const working = Array.from({ length: 50 }, (_, key) => count(String(key), value));
      if (value % 4 === 1) await remove("", "-wal", "-shm");
      if (value % 4 === 3) await rm(dirname(file), { recursive: true });
      await Promise.all(working);
      await soon();
    }
    expect(new Map((await found()).counts)).toEqual(stored);
  });

  it("again at the very moment when it is written back, loses nothing either", async () => {
    const counts = (await open()).records("counts", z.number());
    await counts.set("first", 1);
    const stored = ["first"];
    let isOver = false;
    const removing = (async () => {
      while (!isOver) {
        const isThere = existsSync(file);
        for (const ending of ["", "-wal", "-shm"]) rmSync(file + ending, { force: true });
        await new Promise((resolve) => (isThere ? setTimeout(resolve, 10) : setImmediate(resolve)));
      }
    })();
    for (const end = performance.now() + 400; performance.now() < end;) {
      const key = String(stored.length);
      await counts.set(key, 1).then(
        () => stored.push(key),
        (error: unknown) => expect(error).toMatchObject(unavailable),
      );
    }
    isOver = true;
    await removing;
    await expect.poll(() => counts.get("first").catch(() => undefined)).toBe(1);
    expect((await found()).counts.map(([key]) => key).toSorted()).toEqual(stored.toSorted());
  });

  it("is not begun anew by a namespace that is used for the first time", async () => {
    const store = await open({ lookEveryMs: 60_000 });
    await store.records("counts", z.number()).set("a", 1);
    await remove("", "-wal", "-shm");
    await store.records("notes", note).set("a", { text: "kept" });
    expect(await found()).toEqual({ notes: [["a", { text: "kept" }]], counts: [["a", 1]] });
    expect(await readdir(dirname(file))).toHaveLength(3); // Nothing that was begun had to be kept.
  });

  it("is written back behind the link that leads to it, and for the same eyes only", async () => {
    await mkdir(join(folder, "volume"));
    const link = join(folder, "link.sqlite");
    file = join(folder, "volume", "x.sqlite");
    await writeFile(file, "");
    await chmod(file, 0o600);
    await symlink(join("volume", "x.sqlite"), link);
    const store = await open({ url: `sqlite://${link}` });
    await store.records("counts", z.number()).set("a", 1);
    await soon();
    expect(warnings).toEqual([]);
    await remove("", "-wal", "-shm");
    await soon();
    await store.records("counts", z.number()).set("b", 2);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await found(`sqlite://${link}`)).counts).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});

describe("a file that went and can't be written back", () => {
  /** Where the copy would be written. */
  const inTheWay = () => `${file}.back`;

  it("is a problem for every call, said once, and used again as soon as it can", async () => {
    const store = await open();
    const counts = store.records("counts", z.number());
    await counts.set("a", 1);
    await mkdir(inTheWay());
    await remove("", "-wal", "-shm");
    await soon();
    for (let round = 0; round < 20; round += 1) {
      await expect(counts.set("a", 2)).rejects.toMatchObject(unavailable);
      await expect(counts.get("a")).rejects.toMatchObject(unavailable);
      await soon();
    }
    expect(warnings).toHaveLength(1);
    await rmdir(inTheWay());
    await expect.poll(() => counts.get("a").catch(() => undefined)).toBe(1);
    await counts.set("b", 2);
    expect(warnings.map(({ message }) => message)).toEqual([
      "The database is not in its place and can't be written there: nothing is stored until it can",
      "The database was gone from its place: it was written there again, and nothing is lost",
      "The database is in its place again",
    ]);
    expect((await found()).counts).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  it("but came back by itself, is used as it is", async () => {
    const store = await open();
    const counts = store.records("counts", z.number());
    await counts.set("a", 1);
    const { ino } = await stat(file);
    await mkdir(inTheWay());
    await rename(file, join(folder, "elsewhere"));
    await soon();
    await expect(counts.get("a")).rejects.toMatchObject(unavailable);
    await rename(join(folder, "elsewhere"), file);
    await expect.poll(() => counts.get("a").catch(() => undefined)).toBe(1);
    expect((await stat(file)).ino).toBe(ino);
  });
});

describe("a file that another process has locked", () => {
  it("fails what is written within the deadline, while reading goes on and threads are free", async () => {
    const store = await open({ deadlineMs: 1_000 });
    const tables = ["a", "b", "c", "d"].map((name) => store.records(name, z.number()));
    for (const table of tables) for (const key of ["old", "older"]) await table.set(key, 1);
    await store.close();
    const again = await open({ deadlineMs: 1_000 });
    const others = ["a", "b", "c", "d"].map((name) => again.records(name, z.number()));
    for (const table of others) await table.get("old");

    const other = new KeyvSqlite({ uri: `sqlite://${file}`, table: "other" });
    await other.query("BEGIN EXCLUSIVE");
    const began = performance.now();
    const written = Array.from({ length: 80 }, async (_, index) => others[index % 4]?.set(`new${index}`, 1));
    for (const write of written) write.catch(() => undefined);
    // Both go through Node's few threads.
    expect(await Promise.all(others.map((table) => table.get("older")))).toEqual([1, 1, 1, 1]);
    await stat(file);
    for (const write of written) {
      await expect(write).rejects.toMatchObject(unavailable);
      expect(await others[0]?.get("old")).toBe(1);
    }
    expect(performance.now() - began).toBeLessThan(3_000);
    await other.query("COMMIT");
    await other.close();

    // What was begun last may still have landed, but never over what is written now.
    for (let index = 0; index < 80; index += 1) await others[index % 4]?.set(`new${index}`, 2);
    const values = await Promise.all(
      others.map(async (table) => (await table.entries()).map(([, value]) => value)),
    );
    for (const each of values) expect(each).toEqual([...Array.from({ length: 20 }, () => 2), 1, 1]);
    const said = warnings.map(({ message }) => message);
    expect(said).toEqual(["The database fails", "The database works again"]);
  });
});

describe("a file of another version", () => {
  const kept = () => `${file}.backup-v1-${STAMP}`;

  it("that is older is copied before anything is written to it", async () => {
    await (await open({ version: 1 })).records("counts", z.number()).set("a", 1);
    await found(); // Closed, and opened by the same version.
    expect(warnings).toEqual([]);
    for (const store of stores.splice(0)) await store.close();
    const counts = (await open({ version: 3 })).records("counts", z.number());
    await counts.set("a", 3);
    expect(warnings.map(({ facts }) => facts)).toEqual([{ file, from: 1, to: 3, keptAs: kept() }]);
    expect(await sql("PRAGMA user_version")).toEqual([{ user_version: 3 }]);
    for (const store of stores.splice(0)) await store.close();
    await open({ version: 3 });
    expect(warnings).toHaveLength(1);
    const before = await open({ version: 1, url: `sqlite://${kept()}` });
    expect(await before.records("counts", z.number()).entries()).toEqual([["a", 1]]);
  });

  it("that is newer is refused in one sentence, and not touched", async () => {
    await (await open({ version: 2 })).close();
    const before = await readFile(file);
    const refused = open({ version: 1 });
    await expect(refused).rejects.toBeInstanceOf(StoreError);
    await expect(refused).rejects.toThrow(
      /^The database \S+x\.sqlite belongs to a newer version of this program \(it has form 2, this one knows 1\): start that version, or choose another database\.$/,
    );
    expect(await readFile(file)).toEqual(before);
    expect(await readdir(dirname(file))).toEqual(["x.sqlite"]);
  });
});

it("loses nothing that it acknowledged where a lock goes while writes wait for it", async () => {
  const store = await open();
  const numbers = store.records("numbers", z.number());
  await numbers.set("first", 0);
  for (let round = 1; round <= 25; round += 1) {
    const unlock = await lock(file);
    const writes = Array.from({ length: 30 }, (_, index) => numbers.set(`${round}/${index}`, round));
    await new Promise((resolve) => setTimeout(resolve, 20 + 7 * round));
    await unlock();
    const outcomes = await Promise.allSettled(writes);
    // Not by key: what was written lately is in memory, too.
    const stored = new Map(await numbers.entries(`${round}/`));
    for (const [index, { status }] of outcomes.entries())
      expect([index, stored.get(`${round}/${index}`)]).toEqual([
        index,
        status === "fulfilled" ? round : undefined,
      ]);
  }
});

/** Longer than the store goes without looking. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 12));
