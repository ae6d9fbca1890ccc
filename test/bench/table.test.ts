import { expect, it } from "vitest";
import type { Matrix } from "../../bench/bench.ts";
import { table } from "../../bench/table.ts";

const matrix: Matrix = {
  bench: "stream",
  method: "as it is.",
  machine: { cpu: "CPU", cores: 2, memoryGiB: 4, platform: "linux x64", node: "v20" },
  runs: 2,
  goals: [
    { name: "lag", unit: "ms", goal: 400, value: 390, optimum: 229, met: true },
    { name: "final", unit: "ms", goal: 100, value: null, met: false },
  ],
  tables: [
    {
      name: "one answer",
      columns: ["lag", "final"],
      rows: [
        { name: "ours", figures: { lag: 390, final: null } },
        { name: "another", figures: { lag: 1000 } },
      ],
    },
  ],
};

it("shows ways beside each other, and what was never", () => {
  expect(table(matrix).split("\n")).toEqual([
    "stream, 2 runs",
    "Method:   as it is.",
    "Machine:  CPU, 2 cores, 4 GiB, linux x64, Node v20",
    "",
    "       Replicord  goal      no better than  met",
    "lag    390 ms     ≤ 400 ms  229 ms          yes",
    "final  –          ≤ 100 ms                  no",
    "",
    "one answer",
    "         lag   final",
    "ours     390   –",
    "another  1000  –",
  ]);
});
