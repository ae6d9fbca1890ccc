import type { Comparison, Goal, Matrix, Measure, Report, Samples, Table } from "./bench.ts";

const shown = ({ median, min, max }: Samples, unit: string) => `${median} ${unit} (${min}–${max})`;

const row = ({ name, unit, baseline, replicord, ratio, goal, met }: Measure) => [
  name,
  shown(baseline, unit),
  shown(replicord, unit),
  `${ratio.toFixed(2)}×`,
  `≤ ${goal}×`,
  met ? "yes" : "no",
];

/** Rows of cells, below each other; a column is as wide as its widest cell. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const lines = rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  "));
  return lines.map((line) => line.trimEnd());
}

const about = ({ method, machine }: Report) => [
  `Method:   ${method}`,
  `Machine:  ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}`,
  "",
];

const times = (runs: number) => `${runs} ${runs === 1 ? "run" : "runs"}`;

const comparison = (report: Comparison) => [
  `${report.bench}, medians of ${times(report.runs)} each (smallest–largest)`,
  `Baseline: ${report.baseline}`,
  ...about(report),
  ...aligned([["", "baseline", "Replicord", "ratio", "goal", "met"], ...report.measures.map(row)]),
];

const figure = (value: number | null | undefined, unit = "") => (value == null ? "–" : `${value}${unit}`);

const goalRow = ({ name, unit, value, goal, optimum, met }: Goal) => [
  name,
  figure(value, unit && ` ${unit}`),
  `≤ ${figure(goal, unit && ` ${unit}`)}`,
  optimum === undefined ? "" : figure(optimum, unit && ` ${unit}`),
  met ? "yes" : "no",
];

const section = ({ name, columns, rows }: Table) => [
  "",
  name,
  ...aligned([
    ["", ...columns],
    ...rows.map((row) => [row.name, ...columns.map((column) => figure(row.figures[column]))]),
  ]),
];

const matrix = (report: Matrix) => [
  `${report.bench}, ${times(report.runs)}`,
  ...about(report),
  ...aligned([["", "Replicord", "goal", "no better than", "met"], ...report.goals.map(goalRow)]),
  ...report.tables.flatMap(section),
];

/** A report as people read it. */
export const table = (report: Report): string =>
  ("measures" in report ? comparison(report) : matrix(report)).join("\n");
