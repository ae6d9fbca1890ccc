import { pino } from "pino";
import { expect, it } from "vitest";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { createInsist } from "../../src/services/insist.ts";

const clock = virtualClock();
const insist = createInsist({ clock, log: pino({ level: "silent" }) });

/** A store that takes nothing the first times. */
function storeAwayFor(times: number) {
  let attempts = 0;
  return {
    attempts: () => attempts,
    write: () => (++attempts > times ? Promise.resolve("written") : Promise.reject(new Error("away"))),
  };
}

it("writes again until the store is back", async () => {
  const store = storeAwayFor(3);
  const written = insist(store.write);
  await clock.advance(7_500);
  expect(await written).toBe("written");
  expect(store.attempts()).toBe(4);
});

it("gives up after four times, with what the store said", async () => {
  const store = storeAwayFor(9);
  const written = insist(store.write).catch((error: unknown) => error);
  await clock.advance(7_500);
  expect(await written).toEqual(new Error("away"));
  expect(store.attempts()).toBe(4);
});
