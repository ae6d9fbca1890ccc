import { expect, it } from "vitest";
import { createRecent } from "../../src/services/recent.ts";

it("knows what was set, and forgets what was used longest ago", () => {
  const recent = createRecent<number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect(["a", "b", "c"].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
  recent.delete("a");
  expect([recent.has("a"), recent.has("c")]).toEqual([false, true]);
});

it("knows that something is not there", () => {
  const recent = createRecent<string | undefined>(2);
  recent.set("a", undefined);
  expect([recent.has("a"), recent.get("a")]).toEqual([true, undefined]);
});

it("has one value for a key that is set again", () => {
  const recent = createRecent<number>(2);
  for (const value of [1, 2, 3]) recent.set("a", value);
  recent.set("b", 4);
  expect([recent.get("a"), recent.get("b")]).toEqual([3, 4]);
});
