import { expect, it } from "vitest";
import { promisesOnly, virtualClock } from "../../sandbox/virtual-clock.ts";
import { createPatience, isLasting, pauseMs } from "../../src/discord/patience.ts";

const refusal = Object.assign(new Error("No"), { status: 404 });
const trouble = Object.assign(new Error("Bad Gateway"), { status: 502 });

it("repeats what passes, ever more seldom, and at least twice a minute", async () => {
  const clock = virtualClock(0, promisesOnly);
  const at: number[] = [];
  const work = () => {
    at.push(clock.now());
    return at.length < 9 ? Promise.reject(trouble) : Promise.resolve("done");
  };
  const patience = createPatience(clock, new AbortController().signal);
  const done = patience.until(work, isLasting);
  await clock.advance(10 * 60_000);
  expect(await done).toBe("done");
  expect(at.slice(0, 4)).toEqual([0, 500, 1_500, 3_500]);
  expect(pauseMs(20)).toBe(30_000);
});

it("gives up what lasts, and everything once nobody waits any more", async () => {
  const clock = virtualClock(0, promisesOnly);
  const stopping = new AbortController();
  const patience = createPatience(clock, stopping.signal);
  await expect(patience.until(() => Promise.reject(refusal), isLasting)).rejects.toBe(refusal);
  const trying = patience.until(() => Promise.reject(trouble), isLasting);
  stopping.abort(new Error("stopped"));
  await expect(trying).rejects.toBe(trouble);
});
