import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

const bench = (...args: string[]) =>
  run(process.execPath, ["node_modules/tsx/dist/cli.mjs", "bench/main.ts", ...args], { cwd: root });

const samples = z.strictObject({
  median: z.number().positive(),
  min: z.number().positive(),
  max: z.number().positive(),
  all: z.array(z.number().positive()).length(1),
});
const measure = z.strictObject({
  name: z.string(),
  unit: z.enum(["ms", "MiB"]),
  baseline: samples,
  replicord: samples,
  ratio: z.number().positive(),
  goal: z.number(),
  met: z.boolean(),
});
const report = z.strictObject({
  bench: z.literal("start"),
  baseline: z.string().min(1),
  method: z.string().min(1),
  machine: z.strictObject({
    cpu: z.string().min(1),
    cores: z.int().positive(),
    memoryGiB: z.number().positive(),
    platform: z.string().min(1),
    node: z.literal(process.version),
  }),
  runs: z.literal(1),
  measures: z.array(measure).length(2),
});

describe("npm run bench", () => {
  it("measures the start beside a bare client, as one JSON object", async () => {
    const { stdout } = await bench("start", "--json", "--runs", "1");
    expect(stdout.trim().split("\n")).toHaveLength(1);
    const { measures } = report.parse(JSON.parse(stdout));
    expect(measures.map(({ goal }) => goal)).toEqual([1.5, 1.25]);
    for (const { baseline, replicord, ratio, goal, met } of measures) {
      expect(ratio).toBeCloseTo(replicord.median / baseline.median, 1);
      expect(met).toBe(ratio <= goal);
    }
  });

  it.each([[[]], [["nope"]]])("names the benchmarks where none was named: %j", async (args) => {
    await expect(bench(...args)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/benchmarks?.* start, stream\./),
    });
  });
});
