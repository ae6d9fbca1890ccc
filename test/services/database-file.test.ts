import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { StoreError, openStore } from "../../src/services/store.ts";

let folder: string;
let file: string;
const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
const stamp = "corrupt-2026-11-23T12-00-00-000Z";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "database-"));
  file = join(folder, "x.sqlite");
});
afterEach(() => rm(folder, { recursive: true }));

describe("a corrupt file", () => {
  it("that is no database is kept with its companions, and a new one is started", async () => {
    await writeFile(file, "not a database");
    await writeFile(`${file}-wal`, "last writes");
    await writeFile(`${file}-shm`, "index");
    expect(await openAndUse()).toEqual([{ file, keptAs: `${file}.${stamp}` }]);
    expect(await readFile(`${file}.${stamp}`, "utf8")).toBe("not a database");
    expect(await readFile(`${file}.${stamp}-wal`, "utf8")).toBe("last writes");
    expect(await readFile(`${file}.${stamp}-shm`, "utf8")).toBe("index");
  });

  it("that is damaged inside is kept too", async () => {
    await openAndUse("x".repeat(50_000));
    const handle = await open(file, "r+");
    const { size } = await handle.stat();
    await handle.write(randomBytes(size - 4_096), 0, size - 4_096, 4_096);
    await handle.close();
    const damaged = await readFile(file);
    expect(await openAndUse()).toEqual([{ file, keptAs: `${file}.${stamp}` }]);
    expect(await readFile(`${file}.${stamp}`)).toEqual(damaged);
  });

  it("never replaces one that was kept before", async () => {
    await writeFile(file, "first");
    await openAndUse();
    await rm(file);
    await writeFile(file, "second");
    expect(await openAndUse()).toEqual([{ file, keptAs: `${file}.${stamp}-2` }]);
    expect(await readFile(`${file}.${stamp}`, "utf8")).toBe("first");
    expect(await readFile(`${file}.${stamp}-2`, "utf8")).toBe("second");
  });
});

describe("a sound file", () => {
  it("is used as it is, also when it is empty or new", async () => {
    expect(await openAndUse()).toEqual([]);
    expect(await openAndUse()).toEqual([]);
    await rm(file);
    await writeFile(file, "");
    expect(await openAndUse()).toEqual([]);
    expect(await readdir(folder)).toEqual(["x.sqlite"]);
  });
});

describe("an address that can't be used says so in one sentence", () => {
  it("for a path under a regular file", async () => {
    await writeFile(file, "");
    const { message } = await refusal(`sqlite://${file}/x.sqlite`);
    expect(message).toMatch(
      /^The database \S+\/x\.sqlite\/x\.sqlite can't be opened \(E[A-Z]+\): make .*\.$/,
    );
  });

  it("for a folder", async () => {
    await mkdir(file);
    expect((await refusal(`sqlite://${file}`)).message).toContain(file);
  });

  it.each([
    ["redis://bot:secret@host:6379", "begins with redis://"],
    ["bot:secret@host", "has no scheme"],
    ["sqlite://", "names no file"],
  ])("for %s, without its password", async (url, found) => {
    const { message } = await refusal(url);
    expect(message).toContain(found);
    expect(message).toContain("sqlite://./path/to/file.sqlite");
    expect(message).not.toContain("secret");
  });
});

async function openAndUse(value = "hi"): Promise<object[]> {
  const warnings: object[] = [];
  const warn = (_message: string, facts: object) => void warnings.push(facts);
  const store = await openStore({ url: `sqlite://${file}`, clock, warn });
  const notes = store.records("notes", z.string());
  await notes.set("a", value);
  expect(await notes.get("a")).toBe(value);
  await store.close();
  return warnings;
}

async function refusal(url: string): Promise<StoreError> {
  const error: unknown = await openStore({ url, clock }).catch((thrown: unknown) => thrown);
  if (!(error instanceof StoreError)) throw new Error(`Not a StoreError: ${String(error)}`);
  return error;
}
