import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemory } from "../../src/services/memory.ts";

describe("memory", () => {
  it("is given out in the order in which it was asked for", async () => {
    const memory = createMemory(10);
    const first = await memory.reserve(8);
    const served: string[] = [];
    const large = memory.reserve(9).then((space) => (served.push("large"), space));
    const small = memory.reserve(1).then((space) => (served.push("small"), space));
    // It would fit, but others came first.
    expect(memory.tryReserve(1)).toBeUndefined();
    first.release();
    (await large).release();
    (await small).release();
    expect(served).toEqual(["large", "small"]);
    expect(memory.heldBytes).toBe(0);
  });

  it("is given to the next as soon as it is given back in part", async () => {
    const memory = createMemory(10);
    const first = await memory.reserve(10);
    const next = memory.reserve(4);
    first.shrink(6);
    expect((await next).bytes).toBe(4);
    expect(memory.heldBytes).toBe(10);
  });

  it("is not given back twice, and does not grow", async () => {
    const memory = createMemory(10);
    const space = await memory.reserve(4);
    await memory.reserve(4);
    space.shrink(9);
    space.release();
    space.release();
    expect(memory.heldBytes).toBe(4);
  });

  it("lets those who wait behind one who gave up have their turn", async () => {
    const memory = createMemory(10);
    await memory.reserve(5);
    const stop = new AbortController();
    const large = memory.reserve(6, stop.signal);
    const small = memory.reserve(5);
    stop.abort(new Error("stopped"));
    await expect(large).rejects.toThrow("stopped");
    expect((await small).bytes).toBe(5);
    await expect(memory.reserve(0, stop.signal)).rejects.toThrow("stopped");
  });

  it("refuses what it can never give", async () => {
    await expect(createMemory(10).reserve(11)).rejects.toMatchObject({
      reason: { kind: "result-too-large", bytes: 11, limitBytes: 10 },
    });
  });

  it("serves everybody in the end, and never holds more than there is", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sizes, async (wanted) => {
        const memory = createMemory(100);
        let most = 0;
        const users = wanted.map(async (bytes, index) => {
          const space = await memory.reserve(bytes);
          most = Math.max(most, memory.heldBytes);
          for (let turn = 0; turn < index % 4; turn++) await Promise.resolve();
          space.shrink(Math.floor(bytes / 2));
          await Promise.resolve();
          space.release();
        });
        await Promise.all(users);
        expect(most).toBeLessThanOrEqual(100);
        expect(memory.heldBytes).toBe(0);
      }),
    );
  });
});
