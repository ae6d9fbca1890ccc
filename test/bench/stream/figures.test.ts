import { describe, expect, it } from "vitest";
import { figuresOf, mean, percentile } from "../../../bench/stream/figures.ts";

/** Ten tokens, one every 20 ms: at 0, 20, … 180. */
const madeAt = Array.from({ length: 10 }, (_, token) => token * 20);
const story = (...shown: [at: number, tokens: number][]) =>
  figuresOf({ madeAt, shown: shown.map(([at, tokens]) => ({ at, tokens, inOrder: true, repeated: 0 })) });

describe("the figures of an answer", () => {
  it("are those of its edits", () => {
    // Five tokens wait for the edit at 100 (100, 80, 60, 40, 20), five for the one at 210 (110, 90, 70, 50, 30).
    expect(story([100, 5], [210, 10])).toEqual({
      lagMs: 65,
      freezeMs: 110,
      finalMs: 30,
      lost: 0,
      jumbled: 0,
    });
  });

  it("count no freeze while everything that is made can be seen", () => {
    // The fifth token is made at 80; until then there is nothing to show.
    expect(story([60, 4], [90, 5], [190, 10]).freezeMs).toBe(90);
  });

  it("count a freeze until something new appears, whatever is shown again meanwhile", () => {
    expect(story([20, 2], [100, 2], [200, 10]).freezeMs).toBe(160);
  });

  it("know no final where tokens are missing, and leave those out of the lag", () => {
    expect(story([100, 5], [300, 5])).toMatchObject({ lagMs: 60, finalMs: Infinity, lost: 5 });
  });

  it("let tokens that vanish wait again", () => {
    const { lagMs, finalMs, jumbled } = story([200, 10], [210, 8], [260, 10]);
    expect({ lagMs, finalMs, jumbled }).toEqual({ lagMs: 110 + 10, finalMs: 80, jumbled: 1 });
  });

  it("count what is out of order", () => {
    const shown = [false, true, false].map((inOrder, at) => ({
      at: 200 + at,
      tokens: 10,
      inOrder,
      repeated: 0,
    }));
    expect(figuresOf({ madeAt, shown }).jumbled).toBe(2);
  });

  it("count what stands twice in the end, and not what did so for a moment", () => {
    const shown = [3, 0].map((repeated, at) => ({ at: 200 + at, tokens: 10, inOrder: true, repeated }));
    expect(figuresOf({ madeAt, shown }).jumbled).toBe(0);
    expect(figuresOf({ madeAt, shown: shown.toReversed() }).jumbled).toBe(1);
  });

  it("are those of an answer that nobody saw", () => {
    expect(story()).toMatchObject({ lost: 10, finalMs: Infinity, freezeMs: 0 });
  });
});

describe("percentiles", () => {
  it("are values that occur", () => {
    expect([0.5, 0.95, 1].map((share) => percentile([40, 10, 30, 20], share))).toEqual([20, 40, 40]);
    expect(percentile([7], 0.5)).toBe(7);
  });

  it("show what is never", () => {
    expect(percentile([1, Infinity], 1)).toBe(Infinity);
    expect(mean([1, 2, 3])).toBe(2);
  });
});
