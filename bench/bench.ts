import { cpus, totalmem } from "node:os";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  platform: string;
  node: string;
}

/** Several samples of one thing. */
export interface Samples {
  median: number;
  min: number;
  max: number;
  all: number[];
}

/** One thing measured of the baseline and of Replicord, in the same run. */
export interface Measure {
  name: string;
  unit: string;
  baseline: Samples;
  replicord: Samples;
  /** Replicord's median ÷ the baseline's. */
  ratio: number;
  /** The ratio that we want to stay at or below. */
  goal: number;
  met: boolean;
}

/** What every report says of itself. */
interface About {
  bench: string;
  /** How it was measured, in a sentence or two. */
  method: string;
  machine: Machine;
  runs: number;
}

/** Replicord beside one baseline. */
export interface Comparison extends About {
  /** What Replicord is held against. */
  baseline: string;
  measures: Measure[];
}

/** Several ways of doing one thing, each with its figures. */
export interface Table {
  name: string;
  /** The figures' names, in order. */
  columns: readonly string[];
  /** A figure is null where there is none, or where it would be infinite. */
  rows: { name: string; figures: Record<string, number | null> }[];
}

/** One figure of Replicord's that we want to stay at or below something. */
export interface Goal {
  name: string;
  unit: string;
  goal: number;
  value: number | null;
  /** Nothing that is possible at all is better than this, where it is known. */
  optimum?: number;
  met: boolean;
}

/** Replicord beside several other ways. */
export interface Matrix extends About {
  goals: Goal[];
  tables: Table[];
}

export type Report = Comparison | Matrix;

/** A benchmark that `npm run bench -- NAME` runs. */
export interface Bench<R extends Report = Report> {
  summary: string;
  run(options: { runs?: number | undefined; progress: (line: string) => void }): Promise<R>;
}

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});

const round = (value: number) => Math.round(value * 10) / 10;

export function samples(values: readonly number[]): Samples {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return {
    median: round((at(Math.floor(middle)) + at(Math.ceil(middle))) / 2),
    min: round(at(0)),
    max: round(at(sorted.length - 1)),
    all: values.map(round),
  };
}

export function measure(
  what: Pick<Measure, "name" | "unit" | "goal">,
  values: { baseline: readonly number[]; replicord: readonly number[] },
): Measure {
  const baseline = samples(values.baseline);
  const replicord = samples(values.replicord);
  const ratio = Math.round((replicord.median / baseline.median) * 100) / 100;
  return { ...what, baseline, replicord, ratio, met: ratio <= what.goal };
}
