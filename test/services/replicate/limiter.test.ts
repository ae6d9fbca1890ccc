import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createLimiter } from "../../../src/services/replicate/limiter.ts";
import { impatientClock } from "../local-server.ts";

const LOW_CREDIT =
  "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~5s.";

it("lets a burst through at once, and then no more than 600 a minute", async () => {
  const clock = impatientClock();
  const limiter = createLimiter(clock);
  const start = clock.now();
  for (let taken = 0; taken < 100; taken++) await limiter.take(Infinity);
  expect(clock.now()).toBe(start);
  for (let taken = 0; taken < 600; taken++) await limiter.take(Infinity);
  expect(clock.now() - start).toBeGreaterThanOrEqual(60_000 - 100);
});

it("goes down to 6 a minute when Replicate says so, and waits as long as it says first", async () => {
  const clock = impatientClock();
  const limiter = createLimiter(clock);
  await limiter.take(Infinity);
  limiter.throttled(LOW_CREDIT, 5_000);
  const start = clock.now();
  await limiter.take(Infinity);
  expect(clock.now() - start).toBeGreaterThanOrEqual(5_000);
  const second = clock.now();
  await limiter.take(Infinity);
  expect(clock.now() - second).toBeGreaterThanOrEqual(9_900);
});

it("goes back up once Replicate has not complained for a while", async () => {
  const clock = impatientClock();
  const limiter = createLimiter(clock);
  limiter.throttled(LOW_CREDIT, 5_000);
  await clock.sleep(20 * 60_000);
  for (let step = 0; step < 10; step++) {
    await limiter.take(Infinity);
    await clock.sleep(61_000);
  }
  const start = clock.now();
  for (let taken = 0; taken < 50; taken++) await limiter.take(Infinity);
  expect(clock.now() - start).toBeLessThan(10_000);
});

it("who gives up does not hold the others up", async () => {
  const clock = impatientClock();
  const limiter = createLimiter(clock);
  const gone = AbortSignal.abort(new Error("gone"));
  await expect(limiter.take(Infinity, gone)).rejects.toThrow("gone");
  await expect(limiter.take(Infinity)).resolves.toBeUndefined();
});

it("never lets more through in a minute than was announced", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 2, max: 40 }),
      async (perMinute, wanted) => {
        const clock = impatientClock();
        const limiter = createLimiter(clock);
        limiter.throttled(`reduced to ${perMinute} requests per minute with a burst of 1 requests`, 0);
        const times: number[] = [];
        // Within the minute before the rate is tried a step higher.
        for (let taken = 0; taken < wanted && clock.now() - (times[0] ?? clock.now()) < 50_000; taken++) {
          await limiter.take(Infinity);
          times.push(clock.now());
        }
        const first = times[0] ?? 0;
        const within = times.filter((time) => time - first < 50_000 && time - first >= 0).length;
        expect(within).toBeLessThanOrEqual(Math.ceil((perMinute * 50) / 60) + 1);
      },
    ),
    { numRuns: 50 },
  );
});
