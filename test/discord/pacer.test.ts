import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBuckets, type Profile, profiles } from "../../sandbox/discord/buckets.ts";
import { bucketState, createPacer } from "../../src/discord/pacer.ts";
import { systemClock } from "../../src/services/clock.ts";

/** One answer's messages, edited through a bucket that behaves as Discord's do. */
function edits(profile: Profile) {
  let now = Date.UTC(2026, 10, 23, 12);
  const clock = { ...systemClock, now: () => now };
  const pacer = createPacer(clock);
  const buckets = createBuckets(clock, profile);
  return {
    pacer,
    pass: (ms: number) => void (now += Math.ceil(ms)),
    /** Sends one edit; whether Discord took it. */
    send(latencyMs = 0): boolean {
      now += latencyMs;
      const verdict = buckets.take("PATCH", "/webhooks/1/token/messages/@original");
      now += latencyMs;
      pacer.learn(bucketState(new Headers(verdict?.headers)));
      return verdict?.allowed ?? false;
    },
  };
}

describe("edits of one answer", () => {
  it("begin at once", () => {
    const { pacer } = edits("5/5");
    expect([pacer.waitMs(false), pacer.waitMs(true)]).toEqual([0, 0]);
  });

  it("are spread over the time until the bucket is full again", () => {
    const { pacer, send, pass } = edits("5/5");
    send();
    // Four are left for five seconds.
    expect(pacer.waitMs(false)).toBe(1_250);
    pass(1_000);
    expect(pacer.waitMs(false)).toBe(250);
  });

  it("leave the last slot to the last word", () => {
    const { pacer, send } = edits("5/5");
    for (let sent = 0; sent < 4; sent++) send();
    expect(pacer.waitMs(false)).toBe(5_000);
    expect(pacer.waitMs(true)).toBe(0);
    send();
    expect(pacer.waitMs(true)).toBe(5_000);
  });

  it("keep half a second between them where no headers came", () => {
    const { pacer, pass } = edits("5/5");
    pacer.learn(bucketState(new Headers()));
    expect(pacer.waitMs(false)).toBe(500);
    pass(600);
    expect(pacer.waitMs(false)).toBe(0);
  });

  it("are never refused, and the last word never waits longer than the bucket's reset", () => {
    const profile = fc.constantFrom(...(Object.keys(profiles) as Profile[]));
    const pauses = fc.array(fc.nat({ max: 2_000 }), { maxLength: 60, size: "max" });
    fc.assert(
      fc.property(
        profile,
        pauses,
        fc.nat({ max: 400 }),
        fc.nat({ max: 3_000 }),
        (profile, pauses, latencyMs, last) => {
          const { pacer, pass, send } = edits(profile);
          for (const pause of pauses) {
            pass(pause);
            pass(pacer.waitMs(false));
            expect(pacer.waitMs(false)).toBe(0);
            expect(send(latencyMs)).toBe(true);
          }
          pass(last);
          const wait = pacer.waitMs(true);
          expect(wait).toBeLessThanOrEqual(profiles[profile].windowMs);
          expect(wait).toBeLessThanOrEqual(pacer.waitMs(false));
          pass(wait);
          expect(send(latencyMs)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
