import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONGEST_CUT_SECONDS, LONGEST_WHOLE_SECONDS, partsOf } from "../../../src/services/sound/parts.ts";

const lengths = fc.double({ min: 0.01, max: LONGEST_CUT_SECONDS, noNaN: true });

describe("the parts of a recording", () => {
  it("are one where it is short", () => {
    expect(partsOf(3.5)).toEqual([{ from: 0, to: 3.5 }]);
    expect(partsOf(900)).toEqual([{ from: 0, to: 900 }]);
  });

  it("are of about ten minutes where it is long", () => {
    expect(partsOf(LONGEST_WHOLE_SECONDS).map(({ from }) => from / 60)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(partsOf(901)).toEqual([
      { from: 0, to: 450 },
      { from: 450, to: 901 },
    ]);
    expect(partsOf(7_200)).toHaveLength(12);
  });

  it("are together exactly the whole", () =>
    fc.assert(
      fc.property(lengths, (seconds) => {
        const parts = partsOf(seconds);
        expect(parts[0]?.from).toBe(0);
        expect(parts.at(-1)?.to).toBe(seconds);
        expect(parts.slice(1).map(({ from }) => from)).toEqual(parts.slice(0, -1).map(({ to }) => to));
      }),
    ));

  it("are never longer than a quarter of an hour, nor shorter than five minutes where there are several", () =>
    fc.assert(
      fc.property(lengths, (seconds) => {
        const parts = partsOf(seconds).map(({ from, to }) => to - from);
        expect(Math.max(...parts)).toBeLessThanOrEqual(900);
        if (parts.length > 1) expect(Math.min(...parts)).toBeGreaterThanOrEqual(300);
      }),
    ));
});
