import { setImmediate as later } from "node:timers/promises";
import { expect, it } from "vitest";
import { createTurns } from "../../src/services/turns.ts";

it("runs work under one key in the order it was asked for", async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await later();
    log.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([inTurn("k", work("a")), inTurn("k", work("b"))])).toEqual(["a", "b"]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

it("doesn't make other keys wait", async () => {
  const inTurn = createTurns();
  const forever = new Promise<never>(() => undefined);
  void inTurn("stuck", () => forever);
  expect(await inTurn("free", async () => "done")).toBe("done");
});

it("goes on after work that failed, and tells only the one who asked", async () => {
  const inTurn = createTurns();
  const failing = inTurn("k", () => Promise.reject(new Error("broken")));
  const next = inTurn("k", async () => "fine");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("fine");
});
