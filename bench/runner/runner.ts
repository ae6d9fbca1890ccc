import { type Bench, machine } from "../bench.ts";
import { downloads } from "./downloads.ts";
import { measureLatency } from "./latency.ts";
import { measureScale } from "./scale.ts";

/** What stands between Replicate and the update: how late it is, and what its files take. */
export const runner: Bench = {
  summary: "success → update by polling and by stream, and memory over downloads, beside the plain client",

  async run({ runs = 7, progress }) {
    const latency = await measureLatency(runs, progress);
    const scale = await measureScale(Math.min(3, runs), progress);
    const files = await downloads.run({ runs: Math.min(3, runs), progress });
    return {
      bench: "runner",
      baseline: `the unmodified replicate client: run() with polling and stream(); ${files.baseline}`,
      method: `One run after the other on the stand-in, at its natural pace, in turns. ${files.method}`,
      machine: machine(),
      runs,
      measures: [...latency, ...scale, ...files.measures],
    };
  },
};
