import { expect, it } from "vitest";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { createFreeFailures } from "../../src/services/free-failures.ts";

const HOUR = 60 * 60_000;

it("allows so many failures an hour for each person, and then again as the oldest is an hour old", async () => {
  const clock = virtualClock();
  const failures = createFreeFailures(clock, 3);
  const first = clock.now();
  for (let failure = 0; failure < 3; failure++) {
    failures.check("mia");
    failures.count("mia");
    await clock.advance(60_000);
  }
  expect(() => failures.check("mia")).toThrow(
    expect.objectContaining({ reason: { kind: "too-many-failures", retryAt: first + HOUR } }) as Error,
  );
  expect(() => failures.check("oto")).not.toThrow();
  await clock.advance(HOUR - 3 * 60_000);
  expect(() => failures.check("mia")).not.toThrow();
});
