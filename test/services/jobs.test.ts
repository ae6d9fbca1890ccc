import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJobs, type Job, type Jobs } from "../../src/services/jobs.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import { impatientClock } from "./local-server.ts";

let store: Store;
let jobs: Jobs;
beforeEach(async () => {
  store = await openStore({ url: "sqlite://:memory:", clock: impatientClock() });
  jobs = createJobs(store, 7);
});
afterEach(() => store.close());

const job = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  command: "ask",
  asker: { id: "mia", name: "Mia" },
  account: { guild: "77", person: "mia", roles: [] },
  address: null,
  request: {},
  state: "open",
  createdAt: Number(id),
  runs: [],
  ...more,
});
const listed = async (person = "mia") => (await jobs.of(person)).map(({ id }) => id);

describe("a claim", () => {
  it("is granted once, to one of those who ask at once, and apart from others", async () => {
    const claims = await Promise.all([1, 2, 3].map(() => jobs.claim("7", "retry")));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await jobs.claim("7", "confirm")).toBe(true);
    expect(await jobs.claim("8", "retry")).toBe(true);
  });

  it("is known to who opens the store anew, and survives what the job's follower writes", async () => {
    await jobs.save(job("7"));
    await jobs.claim("7", "retry");
    await jobs.save(job("7", { state: "delivered" }));
    expect(await createJobs(store, 7).claim("7", "retry")).toBe(false);
  });

  it("can be given back", async () => {
    await jobs.claim("7", "retry");
    await jobs.claim("7", "confirm");
    await jobs.unclaim("7", "retry");
    expect(await jobs.claim("7", "retry")).toBe(true);
    expect(await jobs.claim("7", "confirm")).toBe(false);
  });
});

describe("a job that ends", () => {
  it("is found by who asks in the same moment, however long one table takes", async () => {
    let goOn = () => undefined as void;
    const late = new Promise<void>((resolve) => (goOn = resolve));
    const slow: Store = {
      ...store,
      records<T>(...asked: Parameters<typeof store.records<T>>) {
        const records = store.records(...asked);
        if (asked[0] !== "open_jobs") return records;
        return { ...records, get: (key) => late.then(() => records.get(key)) };
      },
    };
    await jobs.save(job("7"));
    const ofSlow = createJobs(slow, 7);
    const found = ofSlow.get("7");
    const saved = ofSlow.save(job("7", { state: "delivered" }));
    // More than the end itself takes.
    for (let id = 100; id < 130; id++) await jobs.claim(String(id), "retry");
    goOn();
    expect(await found).toMatchObject({ id: "7" });
    await saved;
    expect(await ofSlow.get("7")).toMatchObject({ state: "delivered" });
  });
});

describe("a job that is forgotten", () => {
  it("is not there any more, and known to have been", async () => {
    await jobs.save(job("7", { state: "delivered" }));
    expect(await jobs.isForgotten("7")).toBe(false);
    await jobs.forget("7");
    expect(await jobs.get("7")).toBeUndefined();
    expect(await jobs.isForgotten("7")).toBe(true);
    expect(await listed()).toEqual([]);
  });

  it("while it is open is still followed after a restart, and gone once it ended", async () => {
    await jobs.save(job("7"));
    await jobs.list(job("7"));
    await jobs.forget("7");
    expect(await listed()).toEqual([]);
    expect(await jobs.open()).toHaveLength(1);
    await jobs.save(job("7", { state: "delivered" }));
    expect(await jobs.open()).toEqual([]);
    expect(await jobs.get("7")).toBeUndefined();
    expect(await listed()).toEqual([]);
  });
});

describe("a person's jobs", () => {
  it("are theirs, newest first and 25 at the most", async () => {
    for (let id = 10; id < 40; id++) {
      await jobs.save(job(`${id}`));
      await jobs.list(job(`${id}`));
    }
    await jobs.save(job("99", { asker: { id: "oto", name: "Oto" }, state: "delivered" }));
    expect(await listed()).toEqual(Array.from({ length: 25 }, (_, index) => `${39 - index}`));
    expect(await listed("oto")).toEqual(["99"]);
    expect(await listed("ada")).toEqual([]);
  });

  it("are there once, also where nobody listed one before it ended", async () => {
    await jobs.save(job("7"));
    await jobs.list(job("7"));
    await jobs.save(job("7", { state: "delivered" }));
    await jobs.save(job("8", { state: "kept" }));
    await jobs.save(job("9", { state: "draft" }));
    expect(await listed()).toEqual(["8", "7"]);
  });
});
