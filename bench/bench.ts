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

export interface Report {
  bench: string;
  /** What Replicord is held against. */
  baseline: string;
  /** How it was measured, in a sentence or two. */
  method: string;
  machine: Machine;
  runs: number;
  measures: Measure[];
}

/** A benchmark that `npm run bench -- NAME` runs. */
export interface Bench {
  summary: string;
  run(options: { runs?: number | undefined; progress: (line: string) => void }): Promise<Report>;
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
