import { expect, it } from "vitest";
import { expiry, within } from "../../src/services/deadline.ts";
import { whileGarbageIsCollected } from "./garbage.ts";

it("an answer in time is the answer, and one that is late is none", async () => {
  expect(await within(1_000, Promise.resolve("here"))).toBe("here");
  const never = new Promise<never>(() => undefined);
  await expect(within(20, never)).rejects.toThrow("No answer within 20 ms");
});

it("an expiry comes, also to signals that combine it with others and are all that refers to it", async () => {
  const combined = () => AbortSignal.any([expiry(100), new AbortController().signal]);
  const aborted = new Promise((resolve) => combined().addEventListener("abort", () => resolve("aborted")));
  expect(await whileGarbageIsCollected(within(2_000, aborted))).toBe("aborted");
});
