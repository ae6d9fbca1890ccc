import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLoudnessMeter, LEVEL_SECONDS, SILENT } from "../../../src/services/sound/loudness.ts";

const RATE = 1_000;

/** So many samples of this size, as ffmpeg sends them. */
const samples = (count: number, size: number) => {
  const bytes = Buffer.alloc(count * 2);
  for (let at = 0; at < count; at++) bytes.writeInt16LE(at % 2 ? -size : size, at * 2);
  return bytes;
};

const measured = (...pieces: Buffer[]) => {
  const meter = createLoudnessMeter(RATE);
  for (const piece of pieces) meter.add(piece);
  return meter.read();
};

describe("the loudness of a recording", () => {
  it("is one level for each tenth of a second, from the loudest there is to digital silence", () => {
    const { levels, seconds } = measured(samples(100, 32_767), samples(100, 327), samples(100, 0));
    expect([...levels].map((level) => Math.round(level))).toEqual([-0, -40, SILENT]);
    expect(seconds).toBeCloseTo(3 * LEVEL_SECONDS);
  });

  it("has a level for what is left at the end, and none where there is nothing", () => {
    expect(measured(samples(130, 3_277))).toMatchObject({ seconds: 0.13, levels: { length: 2 } });
    expect(measured()).toEqual({ seconds: 0, levels: new Float32Array() });
  });

  it("is the same in whatever pieces the samples arrive, odd ones too", () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 3_000 }).filter(({ length }) => length % 2 === 0),
        fc.array(fc.nat(400), { maxLength: 30 }),
        (bytes, cuts) => {
          const whole = Buffer.from(bytes);
          const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].toSorted(
            (a, b) => a - b,
          );
          const pieces = places.slice(1).map((to, at) => whole.subarray(places[at], to));
          expect(measured(...pieces)).toEqual(measured(whole));
        },
      ),
    ));
});
