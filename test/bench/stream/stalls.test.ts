import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describe, type Stalls, watchStalls } from "../../../bench/stream/stalls.ts";

let stalls: Stalls;
beforeEach(() => void (stalls = watchStalls()));
afterEach(() => stalls.stop());

/** Attempts during which the process stands still for so long. */
function attempts(...stillMs: number[]) {
  let count = 0;
  return async () => {
    const end = performance.now() + stillMs[count]!;
    while (performance.now() < end);
    await sleep(20);
    return ++count;
  };
}

it("does again what was disturbed, and takes what was disturbed less", async () => {
  expect(await stalls.avoid(attempts(300, 0))).toBe(2);
  expect(await stalls.avoid(attempts(200, 800))).toBe(1);
  expect(stalls.repeated).toBe(2);
});

it("says how late the process was", async () => {
  await attempts(300)();
  expect(describe(stalls)).toMatch(/late by \d+ ms \(p50\), \d+ ms \(p99\), \d{3,} ms \(at the most\)/);
});
