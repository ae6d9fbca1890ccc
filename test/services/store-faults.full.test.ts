import { rmSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lock } from "./lock.ts";
import { fill, hasSmallDisks, seenFrom } from "./small-disk.ts";
import { type StoreProcess, startStore } from "./store-process.ts";

const AWAY = "store-unavailable";
const NOBODY = 65_534;

let folder: string;
let data: string;
let file: string;
const processes: StoreProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-process-"));
  await chmod(folder, 0o755);
  data = join(folder, "data");
  file = join(data, "x.sqlite");
  await mkdir(data);
});
afterEach(async () => {
  for (const each of processes.splice(0)) await each.kill();
  await rm(folder, { recursive: true });
});

const start = async (options?: Parameters<typeof startStore>[1]) => {
  const started = await startStore(file, options);
  processes.push(started);
  return started;
};

/** Every write that was acknowledged, and none else, is there. */
async function expectStored(store: StoreProcess, stored: Map<string, string>, refused: string[]) {
  for (const [key, value] of stored) expect(await store.ask("get", key)).toBe(value);
  for (const key of refused) expect(await store.ask("get", key)).toBeNull();
}

describe.skipIf(!hasSmallDisks())("a full disk (needs the right to mount)", () => {
  const disk = () => ({ folder: data, size: "1m" });
  const within = (store: StoreProcess, name: string) => seenFrom(store.pid, join(data, name));

  it("fails what is written, while reading goes on, and takes it again once there is room", async () => {
    const store = await start({ disk: disk() });
    const stored = new Map<string, string>();
    const refused: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await store.ask("set", `before${round}`, "x".repeat(5_000));
      stored.set(`before${round}`, "x".repeat(5_000));
      fill(within(store, "filler"));
      // What is left of the log may take a few.
      for (let index = 0; index < 150; index += 1) {
        const key = `full${round}-${index}`;
        await store.ask("set", key, "y".repeat(9_000)).then(
          () => stored.set(key, "y".repeat(9_000)),
          (error: Error) => {
            expect(error.message).toBe(AWAY);
            refused.push(key);
          },
        );
        if (refused.length > round * 10 + 10) break;
      }
      expect(refused.length).toBeGreaterThan(round * 10);
      expect(await store.ask("get", "before0")).toBe(stored.get("before0"));
      rmSync(within(store, "filler"));
      await store.ask("set", `after${round}`, "z");
      stored.set(`after${round}`, "z");
    }
    await expectStored(store, stored, refused);
  });

  it("keeps a file that goes from being written back only as long as it is full", async () => {
    const store = await start({ disk: disk() });
    await store.ask("set", "a", "x".repeat(5_000));
    fill(within(store, "filler"));
    for (const ending of ["", "-wal", "-shm"]) rmSync(within(store, `x.sqlite${ending}`));
    fill(within(store, "filler"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(store.ask("get", "a")).rejects.toThrow(AWAY);
    await expect(store.ask("set", "b", "y")).rejects.toThrow(AWAY);
    rmSync(within(store, "filler"));
    await expect
      .poll(() =>
        store.ask("set", "b", "y").then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(await store.ask("get", "a")).toBe("x".repeat(5_000));
    expect(store.warnings).toHaveLength(3);
  });

  it("is one sentence at a start", async () => {
    const before = `cat /dev/zero 2> /dev/null > ${data}/filler || true`;
    await expect(start({ disk: { ...disk(), before } })).rejects.toThrow(
      /^StoreError: The database \S+ can't be opened \(SQLITE_FULL\): its disk is full, so make room there\.$/,
    );
  });

  it("keeps an older file from being brought to the present form, in one sentence", async () => {
    const store = await start();
    for (let index = 0; index < 100; index += 1) await store.ask("set", String(index), "x".repeat(6_000));
    await store.ask("close");
    const older = join(folder, "older.sqlite");
    await rename(file, older);
    const migrated = start({ version: 2, disk: { ...disk(), before: `cp ${older} ${file}` } });
    await expect(migrated).rejects.toThrow(
      /^StoreError: The database \S+ has to be copied .* \(SQLITE_FULL\): make room for another file of its size/,
    );
  });
});

describe.skipIf(process.getuid?.() !== 0)(
  "a file made read-only (needs root, to act as somebody else)",
  () => {
    beforeEach(async () => {
      await chown(data, NOBODY, NOBODY);
    });
    const readOnly = async (mode: { file: number; folder: number }) => {
      for (const ending of ["", "-wal", "-shm"]) await chmod(file + ending, mode.file).catch(() => undefined);
      await chmod(data, mode.folder);
    };

    it("is written by a running bot all the same, or is a problem until it is writable again", async () => {
      const store = await start({ uid: NOBODY });
      await store.ask("set", "a", "1");
      await readOnly({ file: 0o444, folder: 0o555 });
      await store.ask("set", "a", "2"); // It is open.
      expect(await store.ask("get", "a")).toBe("2");
      await expect(store.ask("set", "a", "3", "fresh")).rejects.toThrow(AWAY);
      await readOnly({ file: 0o644, folder: 0o755 });
      await store.ask("set", "a", "4", "fresh");
      await store.kill();
      const next = await start({ uid: NOBODY });
      expect(await next.ask("get", "a")).toBe("2");
      expect(await next.ask("get", "a", undefined, "fresh")).toBe("4");
    });

    it("in a table that was opened meanwhile, is written as soon as it is writable again", async () => {
      const store = await start({ uid: NOBODY });
      await store.ask("set", "a", "1");
      await store.ask("close");
      const again = await start({ uid: NOBODY });
      await readOnly({ file: 0o444, folder: 0o755 });
      expect(await again.ask("get", "a")).toBe("1");
      await expect(again.ask("set", "a", "2")).rejects.toThrow(AWAY);
      await readOnly({ file: 0o644, folder: 0o755 });
      await again.ask("set", "a", "3");
      expect(await again.ask("get", "a")).toBe("3");
    });

    it("and removed from a folder that is read-only, is a problem until it can be written back", async () => {
      const store = await start({ uid: NOBODY });
      await store.ask("set", "a", "1");
      await chmod(data, 0o555);
      for (const ending of ["", "-wal", "-shm"]) await rm(file + ending);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await expect(store.ask("set", "a", "2")).rejects.toThrow(AWAY);
      await expect(store.ask("get", "a")).rejects.toThrow(AWAY);
      await chmod(data, 0o755);
      await expect.poll(() => store.ask("get", "a").catch(() => undefined)).toBe("1");
      expect((await stat(file)).uid).toBe(NOBODY);
      expect(store.warnings).toHaveLength(3);
    });

    it("is one sentence at a start", async () => {
      await (await start({ uid: NOBODY })).ask("close");
      await readOnly({ file: 0o444, folder: 0o755 });
      await expect(start({ uid: NOBODY })).rejects.toThrow(
        /^StoreError: The database \S+x\.sqlite can't be opened \(EACCES\): make that path writable/,
      );
      await readOnly({ file: 0o644, folder: 0o555 });
      await expect(start({ uid: NOBODY })).rejects.toThrow(
        /^StoreError: .* \(EACCES\): make that path writable/,
      );
    });
  },
);

describe("a file that another process has locked", () => {
  it("fails what is written in time, while reading goes on, and nothing lands late", async () => {
    const store = await start();
    await store.ask("set", "a", "before");
    for (let round = 0; round < 3; round += 1) {
      const unlock = await lock(file);
      const began = performance.now();
      const writes = Array.from({ length: 30 }, (_, index) =>
        store.ask("set", `key${index % 10}`, `late ${index}`),
      );
      expect(await store.ask("get", "a")).toBe("before");
      for (const outcome of await Promise.allSettled(writes))
        expect(outcome).toMatchObject({ status: "rejected", reason: { message: AWAY } });
      expect(performance.now() - began).toBeLessThan(900);
      await unlock();
      for (let index = 0; index < 10; index += 1) await store.ask("set", `key${index}`, `round ${round}`);
      for (let index = 0; index < 10; index += 1)
        expect(await store.ask("get", `key${index}`)).toBe(`round ${round}`);
    }
    await store.kill();
    const next = await start();
    for (let index = 0; index < 10; index += 1) expect(await next.ask("get", `key${index}`)).toBe("round 2");
  });

  it("is one sentence at a start", async () => {
    await (await start()).ask("close");
    const unlock = await lock(file);
    await expect(start()).rejects.toThrow(
      /^StoreError: The database \S+ can't be opened \(SQLITE_BUSY\): another process is using it, so stop that one first\.$/,
    );
    await unlock();
  });
});

it("what was acknowledged before the file went is there after the process was killed", async () => {
  const store = await start();
  for (let round = 0; round < 10; round += 1) {
    await store.ask("set", "a", String(round));
    for (const ending of ["", "-wal", "-shm"]) await rm(file + ending);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await store.ask("set", "b", String(round));
  }
  await store.kill();
  const next = await start();
  expect([await next.ask("get", "a"), await next.ask("get", "b")]).toEqual(["9", "9"]);
});
