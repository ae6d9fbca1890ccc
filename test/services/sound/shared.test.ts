import { describe, expect, it } from "vitest";
import { createShared } from "../../../src/services/sound/shared.ts";

/** Work that ends when the test says so. */
function work() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((...both) => ([resolve, reject] = both));
  const signals: AbortSignal[] = [];
  const begin = (signal: AbortSignal) => {
    signals.push(signal);
    return promise;
  };
  return { begin, signals, resolve, reject };
}

const patient = () => new AbortController().signal;

describe("work that several wait for", () => {
  it("is done once, and again when it is asked for later", async () => {
    const shared = createShared<string>();
    const { begin, signals, resolve } = work();
    const both = [shared.join("a", begin, patient()), shared.join("a", begin, patient())];
    resolve("done");
    expect(await Promise.all(both)).toEqual(["done", "done"]);
    expect(signals).toHaveLength(1);
    await shared.join("a", begin, patient());
    expect(signals).toHaveLength(2);
  });

  it("goes on while anybody waits, and is stopped when nobody does", async () => {
    const shared = createShared<string>();
    const { begin, signals } = work();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = shared.join("a", begin, one.signal);
    const second = shared.join("a", begin, other.signal);
    one.abort(new Error("not wanted"));
    await expect(first).rejects.toThrow("not wanted");
    expect(signals[0]?.aborted).toBe(false);
    other.abort(new Error("nor here"));
    await expect(second).rejects.toThrow("nor here");
    expect(signals[0]?.aborted).toBe(true);
  });

  it("is begun anew by whoever comes after it was stopped", async () => {
    const shared = createShared<string>();
    const [stopped, next] = [work(), work()];
    const left = new AbortController();
    const first = shared.join("a", stopped.begin, left.signal);
    left.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    const second = shared.join("a", next.begin, patient());
    stopped.reject(new Error("stopped"));
    next.resolve("done");
    expect(await second).toBe("done");
  });

  it("fails for all who wait", async () => {
    const shared = createShared<string>();
    const { begin, reject } = work();
    const both = [shared.join("a", begin, patient()), shared.join("a", begin, patient())];
    reject(new Error("broken"));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
