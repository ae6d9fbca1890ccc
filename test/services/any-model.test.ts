import { afterEach, beforeEach, expect, it } from "vitest";
import { type Apart, draft, startServices } from "../../sandbox/services.ts";
import { systemClock } from "../../src/services/clock.ts";

let apart: Apart;
beforeEach(async () => void (apart = await startServices(systemClock, { pace: 0 })));
afterEach(() => apart.close());

async function run(model: string, input: Record<string, unknown>) {
  const next = () => [{ key: "run", model, input }];
  const job = await apart.services.runner.admit(draft(), next);
  for await (const update of apart.services.runner.follow(job, next)) expect(update.id).toBe(job.id);
  return job.runs[0];
}

it("any community model runs by its reference, checked against its own schema, at machine time", async () => {
  const done = await run("lucataco/dreamshaper-xl-turbo", { prompt: "a paper boat", seed: null });
  expect(done).toMatchObject({ state: "succeeded", hold: 60 * 1_525 });
  expect(done?.result?.files?.length).toBeGreaterThan(0);
});

it("a field that the model does not have is refused before anything is sent, with the nearest name", async () => {
  await expect(run("lucataco/dreamshaper-xl-turbo", { promt: "a paper boat" })).rejects.toMatchObject({
    reason: { kind: "bad-input", field: "promt", rule: { nearest: "prompt" } },
  });
  expect(apart.replicate.predictions.size).toBe(0);
});

it("an official model without a price is refused", async () => {
  await expect(run("recraft-ai/recraft-v4", { prompt: "a paper boat" })).rejects.toMatchObject({
    reason: { kind: "unpriced" },
  });
});

it("what is no reference is no model", async () => {
  await expect(run("no such thing", {})).rejects.toMatchObject({ reason: { kind: "unknown-model" } });
});
