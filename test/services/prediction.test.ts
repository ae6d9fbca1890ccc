import * as fc from "fast-check";
import { expect, it } from "vitest";
import { pollPauseMs, startOf } from "../../src/services/prediction.ts";

/** When a run that ends at `end` is looked at, if it is expected to end at `expected`; the first look after it. */
function seenAt(end: number, expected: number | undefined): { at: number; looks: number } {
  let at = 0;
  let looks = 0;
  while (at < end) {
    at += pollPauseMs(at, expected);
    looks += 1;
  }
  return { at, looks };
}

it("looks half a second after the beginning, then ever more seldom, but at least every five seconds", () => {
  expect(pollPauseMs(0, undefined)).toBe(500);
  expect(pollPauseMs(8_000, undefined)).toBe(2_000);
  expect(pollPauseMs(3_600_000, undefined)).toBe(5_000);
});

it("sees a run that takes as long as usual within a quarter of a second, with few looks", () => {
  for (const seconds of [1, 4, 15, 70]) {
    const { at, looks } = seenAt(seconds * 1000, seconds * 1000);
    expect(at - seconds * 1000).toBeLessThanOrEqual(250);
    expect(looks).toBeLessThanOrEqual(10 + seconds / 4);
  }
});

it("is never later than five seconds, and never asks more often than five times a second", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.option(fc.integer({ min: 1, max: 2_000_000 })),
      (end, expected) => {
        const { at, looks } = seenAt(end, expected ?? undefined);
        expect(at - end).toBeLessThanOrEqual(5_000);
        expect(looks).toBeLessThanOrEqual(end / 200 + 1);
      },
    ),
  );
});

it("counts a run's time by one clock, whichever of the two is wrong", () => {
  const started_at = "2026-11-23T12:00:30.000Z";
  const prediction = {
    id: "p",
    status: "processing" as const,
    output: null,
    error: null,
    urls: {},
    started_at,
  };
  expect(startOf(prediction, 30_000)).toBe(Date.UTC(2026, 10, 23, 12));
  expect(startOf({ ...prediction, started_at: null }, 0)).toBeUndefined();
});
