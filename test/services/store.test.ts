import { pbkdf2 } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { cwd } from "node:process";
import { KeyvSqlite } from "@keyv/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { type Store, type StoreOptions, openStore } from "../../src/services/store.ts";

const note = z.object({ text: z.string() });
const unavailable = { reason: { kind: "store-unavailable" } };

let folder: string;
let file: string;
const stores: Store[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-"));
  file = join(folder, "data", "x.sqlite");
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await rm(folder, { recursive: true });
});

const open = async (options: Partial<StoreOptions> = {}) => {
  const store = await openStore({ url: `sqlite://${file}`, ...options });
  stores.push(store);
  return store;
};

/** Another program's view of the file. */
const sql = async (text: string): Promise<unknown> => {
  const other = new KeyvSqlite({ uri: `sqlite://${file}`, table: "other" });
  const answer: unknown = await other.query(text);
  await other.close();
  return answer;
};

describe("records", () => {
  it("are still there after a restart, and go when they are deleted", async () => {
    const before = await open();
    await before.records("notes", note).set("a", { text: "hi" });
    await before.close();
    const notes = (await open()).records("notes", note);
    expect(await notes.get("a")).toEqual({ text: "hi" });
    expect(await sql("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
    await notes.delete("a");
    expect(await notes.get("a")).toBeUndefined();
    await notes.delete("a");
  });

  it("of two namespaces are apart", async () => {
    const store = await open({ url: "sqlite://:memory:" });
    const [drafts, order] = [store.records("drafts", note), store.records("order", note)];
    await drafts.set("a", { text: "draft" });
    await order.set("a", { text: "order" });
    expect(await drafts.entries()).toEqual([["a", { text: "draft" }]]);
    expect(await order.get("a")).toEqual({ text: "order" });
    expect(() => store.records("no spaces", note)).toThrow(TypeError);
  });

  it("are listed beyond one page, in order and without the expired", async () => {
    const clock = virtualClock();
    const numbers = (await open({ clock })).records("numbers", z.number());
    const keys = Array.from({ length: 1_001 }, (_, index) => String(index).padStart(4, "0"));
    await Promise.all(keys.map((key) => numbers.set(key, Number(key), key === "0007" ? 1_000 : undefined)));
    await clock.advance(1_000);
    const entries = await numbers.entries();
    expect(entries.map(([key]) => key)).toEqual(keys.filter((key) => key !== "0007"));
  });

  it("that expired read as absent, and the sweep takes their rows", async () => {
    const clock = virtualClock();
    const store = await open({ clock });
    const notes = store.records("notes", note);
    await notes.set("short", { text: "gone soon" }, 1_000);
    await notes.set("long", { text: "stays" }, 10_000);
    await notes.set("ever", { text: "stays" });
    await clock.advance(1_000);
    expect(await notes.get("short")).toBeUndefined();
    await store.sweep();
    expect(await sql("SELECT key FROM notes_records ORDER BY key")).toEqual([
      { key: "ever" },
      { key: "long" },
    ]);
  });

  it("that can't be read are absent, kept aside and reported", async () => {
    const warnings: unknown[] = [];
    const store = await open({ clock: virtualClock(5), warn: (_message, facts) => warnings.push(facts) });
    const notes = store.records("notes", note);
    await notes.set("good", { text: "hi" });
    await sql(`INSERT INTO notes_records VALUES ('bad', '{broken'), ('worse', '{"v":1,"record":7}')`);
    expect(await notes.get("bad")).toBeUndefined();
    expect(await notes.entries()).toEqual([["good", { text: "hi" }]]);
    expect(warnings).toEqual([
      { table: "notes_records", key: "bad", why: "not a record" },
      { table: "notes_records", key: "worse", why: "record: invalid_type" },
    ]);
    await store.sweep();
    expect(await sql("SELECT * FROM unreadable ORDER BY key")).toEqual([
      { key: "notes_records/bad@5", value: "{broken" },
      { key: "notes_records/worse@5", value: '{"v":1,"record":7}' },
    ]);
  });

  it("counted up 50 times in turn have counted 50", async () => {
    const store = await open();
    const counts = store.records("counts", z.number());
    const count = async () => counts.set("a", ((await counts.get("a")) ?? 0) + 1);
    await Promise.all(Array.from({ length: 50 }, () => store.inTurn("a", count)));
    expect(await counts.get("a")).toBe(50);
  });
});

describe("a database that is away", () => {
  it("is a problem, not an empty answer, and is used again when it is back", async () => {
    const notes = (await open({ deadlineMs: 200 })).records("notes", note);
    await notes.set("a", { text: "first" });
    const other = new KeyvSqlite({ uri: `sqlite://${file}`, table: "other" });
    await other.query("BEGIN IMMEDIATE");
    await expect(notes.set("a", { text: "second" })).rejects.toMatchObject(unavailable);
    await other.query("COMMIT");
    await other.close();
    expect(await notes.get("a")).toEqual({ text: "first" });
  });

  it("is not waited for beyond the deadline, and what was late overtakes nothing", async () => {
    const notes = (await open({ deadlineMs: 100 })).records("notes", note);
    await notes.set("a", { text: "first" });
    // SQLite works on Node's thread pool, as hashing does.
    const busy = Array.from({ length: 16 }, () => hash(150_000));
    await expect(notes.set("a", { text: "late" })).rejects.toMatchObject(unavailable);
    await expect(notes.set("a", { text: "never begun" })).rejects.toMatchObject(unavailable);
    await Promise.all(busy);
    await notes.set("a", { text: "last" });
    expect(await notes.get("a")).toEqual({ text: "last" });
  });

  it("is a problem after closing, too", async () => {
    const store = await open();
    const notes = store.records("notes", note);
    await notes.set("a", { text: "hi" });
    await store.close();
    await expect(notes.get("a")).rejects.toMatchObject(unavailable);
  });
});

describe("the address", () => {
  it("may be relative to the working directory", async () => {
    const path = `./${relative(cwd(), join(folder, "here", "x.sqlite"))}`;
    const store = await open({ url: `sqlite://${path}` });
    expect(store.description).toBe(`SQLite at ${path}`);
    expect(existsSync(join(folder, "here", "x.sqlite"))).toBe(true);
  });

  it("may be memory, which leaves no file", async () => {
    const before = await readdir(cwd());
    const store = await open({ url: "sqlite://:memory:" });
    await store.records("notes", note).set("a", { text: "hi" });
    expect(store.description).toBe("SQLite in memory");
    expect(await readdir(cwd())).toEqual(before);
  });
});

const hash = (rounds: number) =>
  new Promise<void>((resolve) => {
    pbkdf2("password", "salt", rounds, 64, "sha512", () => resolve());
  });

it("is connected to all that it keeps before anybody asks, and a failure there is nobody's yet", async () => {
  const store = await open();
  const notes = store.records("notes", note);
  store.records("others", note);
  const tables = async () =>
    ((await sql("SELECT name FROM sqlite_master WHERE name LIKE '%_records'")) as { name: string }[])
      .map(({ name }) => name)
      .toSorted((a, b) => a.localeCompare(b));
  expect(await tables()).toEqual([]);
  await store.warm();
  expect(await tables()).toEqual(["notes_records", "others_records"]);
  await store.close();
  await expect(store.warm()).resolves.toBeUndefined();
  await expect(notes.get("a")).rejects.toMatchObject(unavailable);
});

it("writes and removes many at once, whatever their keys and texts are", async () => {
  const store = await open();
  const texts = store.records("texts", z.string());
  const wanted = new Map(
    ["plain", "7", "07", "1e3", '"quoted"', "[1]", "null", "é😀", "nul\0more", "half \ud83d"].flatMap(
      (text, at) =>
        Array.from({ length: 30 }, (_, index): [string, string] => [
          `${text}/${index}`,
          text.repeat(at * index + 1),
        ]),
    ),
  );
  await Promise.all([...wanted].map(async ([key, text]) => texts.set(key, text)));
  // Nothing that is in memory only.
  const stored = async () => new Map(await texts.entries());
  const found = await stored();
  // Half a pair is no text in UTF-8, so as a key it comes back as another.
  for (const [key, text] of wanted) if (!key.startsWith("half")) expect(found.get(key)).toBe(text);
  expect(found.size).toBe(wanted.size);
  const removed = [...wanted.keys()].filter((_key, at) => at % 3 > 0);
  await Promise.all(removed.map(async (key) => texts.delete(key)));
  for (const key of removed) wanted.delete(key);
  expect((await stored()).size).toBe(wanted.size);
  for (const key of removed) expect(await texts.get(key)).toBeUndefined();
  for (const [key, text] of wanted) expect(await texts.get(key)).toBe(text);
});
