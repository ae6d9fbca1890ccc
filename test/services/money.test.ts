import { expect, it } from "vitest";
import { fromCredits, fromDollars, sum, toCredits } from "../../src/services/money.ts";

it("counts in whole micro-dollars", () => {
  expect(fromCredits(1)).toBe(1_000);
  expect(fromCredits(0.0014)).toBe(1);
  expect(fromDollars(0.003)).toBe(3_000);
  expect(toCredits(1_500)).toBe(1.5);
  expect(sum([])).toBe(0);
  expect(sum(Array.from({ length: 10 }, () => fromDollars(0.1)))).toBe(1_000_000);
});
