import { afterEach, beforeEach, expect, it } from "vitest";
import { type Apart, startServices } from "../../sandbox/services.ts";
import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import type { Job } from "../../src/services/jobs.ts";

// 600 creations a minute are allowed, so a thousand take over a minute and a half of the clock's time.
const clock = hurriedClock(20);
const JOBS = 1_000;

let apart: Apart;
beforeEach(async () => {
  apart = await startServices(clock, { pace: 0, settings: { JOBS_AT_ONCE: String(JOBS) } });
});
afterEach(() => apart.close());

const next = (seed: number) => () => [
  {
    key: "image-1",
    model: "flux-schnell",
    input: { prompt: "a cat", aspect_ratio: "1:1", num_outputs: 1, seed, output_format: "png" },
  },
];

async function ask(number: number): Promise<Job> {
  const person = `person-${number % 50}`;
  const draft = {
    id: `job-${number}`,
    command: "imagine",
    asker: { id: person, name: person },
    account: { guild: null, person, roles: [] },
    address: null,
    request: null,
  };
  const job = await apart.services.runner.admit(draft, next(number));
  for await (const update of apart.services.runner.follow(job, next(number))) expect(update.id).toBe(job.id);
  for (const url of job.runs.flatMap(({ result }) => result?.files ?? []))
    await apart.services.files.remove(url);
  return job;
}

it("a thousand jobs at once: every one ends, none runs twice, what is charged is what they cost, and memory is bounded", async () => {
  const before = process.memoryUsage().rss;
  let highest = before;
  const watching = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 50);
  const jobs = await Promise.all(Array.from({ length: JOBS }, (_, number) => ask(number)));
  clearInterval(watching);

  expect(jobs.filter(({ runs }) => runs.every(({ state }) => state === "succeeded"))).toHaveLength(JOBS);
  expect(apart.replicate.predictions.size).toBe(JOBS);
  const seeds = new Set([...apart.replicate.predictions.values()].map(({ input }) => input["seed"]));
  expect(seeds.size).toBe(JOBS);

  const { everything } = await apart.services.budget.standing(null);
  expect(everything).toMatchObject({ held: 0, spent: JOBS * 3_000 });
  // Both sides run in this process, and the stand-in keeps a thousand pictures of about 110 kB each.
  expect((highest - before) / 2 ** 20).toBeLessThan(900);
});
