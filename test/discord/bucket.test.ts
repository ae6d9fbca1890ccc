import { beforeEach, describe, expect, it } from "vitest";
import { type Bucket, bucketState, createBucket } from "../../src/discord/bucket.ts";

let now: number;
let bucket: Bucket;
beforeEach(() => {
  now = 1_000;
  bucket = createBucket(() => now);
});

/** A request whose answer comes at once: so many are left for so long. */
function answered(remaining: number, resetAfterMs: number): void {
  bucket.sent();
  bucket.learn({ hash: "webhook", limit: 5, remaining, resetAfterMs });
}

describe("a bucket of which nothing is known", () => {
  it("lets the first request out at once, and regular ones twice a second until an answer names a limit", () => {
    expect([bucket.readyAt(), bucket.slotAt(0), bucket.gapMs(0, 0)]).toEqual([1_000, 1_000, undefined]);
    bucket.sent();
    bucket.learn(undefined);
    expect([bucket.readyAt(), bucket.slotAt(0)]).toEqual([1_000, 1_500]);
  });

  it("has no slot for regular requests where all are kept", () => {
    expect(bucket.slotAt(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a bucket with a window", () => {
  it("has a slot as long as anything is left, and else in the next window", () => {
    answered(1, 3_000);
    expect([bucket.readyAt(), bucket.slotAt(0)]).toEqual([1_000, 1_000]);
    answered(0, 3_000);
    expect([bucket.readyAt(), bucket.slotAt(0)]).toEqual([4_000, 4_000]);
  });

  it("spreads what is left over the window, with the shortest pause at its end", () => {
    answered(4, 4_800);
    expect(bucket.gapMs(0, 1_000)).toBe(1_000);
    now = 2_000;
    answered(1, 3_800);
    expect(bucket.gapMs(0, 2_000)).toBeCloseTo(3_800 / 1.8);
    answered(0, 3_800);
    expect(bucket.gapMs(0, 2_000)).toBe(3_800);
  });

  it("does not hurry for slots that would be lost with the window", () => {
    answered(4, 4_800);
    now = 5_000;
    answered(3, 800);
    expect(bucket.gapMs(0, 5_000)).toBe(1_000);
  });

  it("is not spread over time before it began", () => {
    now = 61_000;
    answered(4, 4_800);
    expect(bucket.gapMs(0, 1_000)).toBe(1_000);
    answered(0, 4_800);
    expect(bucket.gapMs(0, 1_000)).toBe(4_800);
  });

  it("says how far apart requests are in one that is new, whatever is left of this one", () => {
    expect(bucket.evenMs()).toBeUndefined();
    answered(4, 4_800);
    answered(0, 3_000);
    expect(bucket.evenMs()).toBe(1_000);
  });

  it("says when it ends, and when a refusal does", () => {
    expect(bucket.changesAt()).toBe(Infinity);
    answered(4, 5_000);
    expect(bucket.changesAt()).toBe(6_000);
    bucket.block(1_000);
    expect(bucket.changesAt()).toBe(2_000);
    now = 2_000;
    expect(bucket.changesAt()).toBe(6_000);
    now = 6_000;
    expect(bucket.changesAt()).toBe(Infinity);
  });

  it("keeps what is to be kept: regular requests wait for the next window, or for ever where all is kept", () => {
    answered(2, 3_000);
    expect([bucket.slotAt(1), bucket.slotAt(2)]).toEqual([1_000, 4_000]);
    expect([bucket.slotAt(5), bucket.gapMs(5, 1_000)]).toEqual([Infinity, Infinity]);
    expect(bucket.readyAt()).toBe(1_000);
  });

  it("is as new once the window is over", () => {
    answered(4, 5_000);
    answered(0, 1_000);
    now = 2_000;
    expect([bucket.readyAt(), bucket.slotAt(0)]).toEqual([2_000, 2_000]);
    expect(bucket.gapMs(0, 2_000)).toBeCloseTo(5_000 / 4.8);
    bucket.sent();
    // The answer is lost: the request counts all the same, in a window as long as the last.
    bucket.learn(undefined);
    expect(bucket.gapMs(0, 2_000)).toBeCloseTo(5_000 / 4.8);
  });
});

it("lets nothing out before a refusal's time is over", () => {
  answered(4, 5_000);
  bucket.block(40_000);
  expect([bucket.readyAt(), bucket.slotAt(0), bucket.isBlocked()]).toEqual([41_000, 41_000, true]);
  bucket.block(1_000);
  now = 41_000;
  expect([bucket.readyAt(), bucket.isBlocked()]).toEqual([41_000, false]);
});

describe("headers", () => {
  it("are read as numbers and milliseconds", () => {
    const headers = new Headers({
      "X-RateLimit-Limit": "5",
      "X-RateLimit-Remaining": "0",
      "X-RateLimit-Reset-After": "0.3001",
      "X-RateLimit-Bucket": "abc",
    });
    expect(bucketState(headers)).toEqual({ hash: "abc", limit: 5, remaining: 0, resetAfterMs: 301 });
  });

  it.each([{}, { "X-RateLimit-Limit": "5" }, { "X-RateLimit-Limit": "a", "X-RateLimit-Remaining": "b" }])(
    "say nothing where one is missing (%o)",
    (some) => {
      expect(bucketState(new Headers(some as Record<string, string>))).toBeUndefined();
    },
  );
});
