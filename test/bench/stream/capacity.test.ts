import { describe, expect, it } from "vitest";
import { runWithin } from "../../../bench/stream/capacity.ts";

/** Tasks of these weights, with what is on at any time. */
async function run(capacity: number, weights: number[]) {
  const begun: number[] = [];
  let on = 0;
  let most = 0;
  const tasks = weights.map((weight) => ({
    weight,
    async run() {
      begun.push(weight);
      most = Math.max(most, (on += weight));
      await new Promise((resolve) => setTimeout(resolve, 5));
      on -= weight;
    },
  }));
  await runWithin({ capacity, apartMs: 0 }, tasks);
  return { begun, most, on };
}

describe("tasks within a capacity", () => {
  it("all run, in order as far as there is room", async () => {
    expect(await run(5, [3, 3, 2, 1])).toEqual({ begun: [3, 2, 3, 1], most: 5, on: 0 });
  });

  it("run alone where they weigh more than there is room for", async () => {
    expect(await run(2, [1, 9, 1])).toMatchObject({ begun: [1, 1, 9], most: 9, on: 0 });
  });
});
