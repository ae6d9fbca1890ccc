import { beforeEach, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { createInvalidRequests, type InvalidRequests } from "../../src/discord/invalid-requests.ts";

let clock: VirtualClock;
let invalid: InvalidRequests;
let stops: number;

beforeEach(() => {
  clock = virtualClock(0);
  stops = 0;
  invalid = createInvalidRequests(clock, () => (stops += 1));
});

const storm = (requests: number, status: number, scope: string | null = null) => {
  for (let request = 0; request < requests; request++) invalid.count(status, scope);
};

/** Whether a request would have to wait now. */
async function waits(): Promise<boolean> {
  const room = invalid.room().then(() => false);
  return Promise.race([room, new Promise<true>((resolve) => setImmediate(() => resolve(true)))]);
}

it("nothing waits as long as Discord is far from a ban", async () => {
  storm(7_999, 403);
  expect(await waits()).toBe(false);
});

it("everything waits after 8,000 refusals in ten minutes, and goes on when the first are forgotten", async () => {
  storm(4_000, 401);
  await clock.advance(5 * 60_000);
  storm(4_000, 429, "user");
  expect(await waits()).toBe(true);
  expect(stops).toBe(1);
  await clock.advance(5 * 60_000 - 1);
  expect(await waits()).toBe(true);
  await clock.advance(1);
  expect(await waits()).toBe(false);
  expect(stops).toBe(1);
});

it("what is not held against us is not counted: successes, other errors, limits shared with others", async () => {
  storm(9_000, 200);
  storm(9_000, 404);
  storm(9_000, 429, "shared");
  expect(await waits()).toBe(false);
});
