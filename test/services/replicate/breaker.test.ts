import { expect, it } from "vitest";
import { createBreaker } from "../../../src/services/replicate/breaker.ts";
import { ReplicateFailure } from "../../../src/services/replicate/retry.ts";
import { impatientClock } from "../local-server.ts";

function broke(status: number) {
  const clock = impatientClock();
  const told: [number, boolean][] = [];
  let sent = 0;
  let answer: () => Promise<string> = () => Promise.reject(new ReplicateFailure({ status }));
  const breaker = createBreaker(clock, (...facts) => void told.push(facts));
  return {
    clock,
    told,
    sent: () => sent,
    mend: () => void (answer = () => Promise.resolve("created")),
    run: () =>
      breaker.run(() => {
        sent += 1;
        return answer();
      }),
  };
}

it.each([401, 402])(
  "after a %i nothing is sent for a minute, and the operator is told once",
  async (status) => {
    const account = broke(status);
    for (let request = 0; request < 5; request++)
      await expect(account.run()).rejects.toMatchObject({ status });
    expect(account.sent()).toBe(1);
    expect(account.told).toEqual([[status, true]]);
  },
);

it("asks again after a minute, and is closed as soon as that goes well", async () => {
  const account = broke(402);
  await expect(account.run()).rejects.toThrow("Replicate answered");
  await account.clock.sleep(60_000);
  await expect(account.run()).rejects.toThrow("Replicate answered");
  expect(account.sent()).toBe(2);
  account.mend();
  await account.clock.sleep(60_000);
  await expect(account.run()).resolves.toBe("created");
  await expect(account.run()).resolves.toBe("created");
  expect(account.told).toEqual([
    [402, true],
    [402, false],
  ]);
});

it("other failures are nobody's fault but their own", async () => {
  const account = broke(500);
  await expect(account.run()).rejects.toThrow("Replicate answered");
  await expect(account.run()).rejects.toThrow("Replicate answered");
  expect(account.sent()).toBe(2);
  expect(account.told).toEqual([]);
});
