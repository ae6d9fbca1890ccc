import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "../../../sandbox/replicate/seeded.ts";
import { LEVEL_SECONDS } from "../../../src/services/sound/loudness.ts";
import { silenceNear } from "../../../src/services/sound/silence.ts";

interface Stretch {
  seconds: number;
  level: number;
}

/** Levels that change a little from one to the next, as real ones do. */
function heard(...stretches: Stretch[]) {
  const random = seeded(3);
  const levels = stretches.flatMap(({ seconds, level }) =>
    Array.from({ length: Math.round(seconds / LEVEL_SECONDS) }, () => level + random() * 4 - 2),
  );
  return { levels: Float32Array.from(levels), seconds: levels.length * LEVEL_SECONDS };
}

const speech = (seconds: number): Stretch => ({ seconds, level: -18 });
const pause = (seconds: number, level = -90): Stretch => ({ seconds, level });

describe("a recording is cut", () => {
  it("in the middle of the longest pause near the planned place", () => {
    const loudness = heard(speech(90), pause(1), speech(10), pause(3), speech(10), pause(2), speech(90));
    expect(silenceNear(loudness, 100)).toBeCloseTo(102.5, 1);
  });

  it("not in one that is too far away, however long it is", () => {
    const loudness = heard(speech(40), pause(20), speech(60), pause(1), speech(90));
    expect(silenceNear(loudness, 120)).toBeCloseTo(120.5, 1);
  });

  it("in the nearest of pauses that are as long", () => {
    const loudness = heard(speech(80), pause(2), speech(28), pause(2), speech(90));
    expect(silenceNear(loudness, 100)).toBeCloseTo(111, 1);
    expect(silenceNear(loudness, 90)).toBeCloseTo(81, 1);
  });

  it("in a pause where nothing is ever silent: noise, and a quiet recording", () => {
    const noisy = heard(speech(90), pause(2, -27), speech(10), pause(1, -27), speech(90));
    expect(silenceNear(noisy, 100)).toBeCloseTo(91, 1);
    const quiet = heard({ seconds: 95, level: -62 }, pause(2), { seconds: 95, level: -62 });
    expect(silenceNear(quiet, 100)).toBeCloseTo(96, 1);
  });

  it("near the planned place where there is no pause at all, or nothing is said", () => {
    expect(Math.abs(silenceNear(heard(speech(200)), 100) - 100)).toBeLessThan(46);
    expect(Math.abs(silenceNear(heard(pause(200)), 100) - 100)).toBeLessThan(46);
  });

  it("inside the recording, near the planned place, and always at the same", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 0, noNaN: true }), { minLength: 1, maxLength: 2_000 }),
        fc.double({ min: 0, max: 250, noNaN: true }),
        (values, planned) => {
          const loudness = { levels: Float32Array.from(values), seconds: values.length * LEVEL_SECONDS };
          const cut = silenceNear(loudness, planned);
          expect(cut).toBeLessThanOrEqual(loudness.seconds);
          if (planned <= loudness.seconds) expect(Math.abs(cut - planned)).toBeLessThanOrEqual(45.2);
          expect(silenceNear(loudness, planned)).toBe(cut);
        },
      ),
    ));
});
