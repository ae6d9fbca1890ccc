import type { Measure, Report, Samples } from "./bench.ts";

const shown = ({ median, min, max }: Samples, unit: string) => `${median} ${unit} (${min}–${max})`;

const row = ({ name, unit, baseline, replicord, ratio, goal, met }: Measure) => [
  name,
  shown(baseline, unit),
  shown(replicord, unit),
  `${ratio.toFixed(2)}×`,
  `≤ ${goal}×`,
  met ? "yes" : "no",
];

/** A report as people read it: medians, with the smallest and the largest in brackets. */
export function table({ bench, baseline, method, machine, runs, measures }: Report): string {
  const rows = [["", "baseline", "Replicord", "ratio", "goal", "met"], ...measures.map(row)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const lines = rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  "));
  return [
    `${bench}, medians of ${runs} ${runs === 1 ? "run" : "runs"} each (smallest–largest)`,
    `Baseline: ${baseline}`,
    `Method:   ${method}`,
    `Machine:  ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}`,
    "",
    ...lines.map((line) => line.trimEnd()),
  ].join("\n");
}
