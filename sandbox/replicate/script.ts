import { ModelError, type Perform, type Step } from "./outputs/run.ts";
import { textMetrics } from "./outputs/text.ts";
import type { Status } from "./prediction.ts";
import type { Cut } from "./stream.ts";

/** What the next matching predictions do instead of what their model does. */
export interface Script {
  /** `owner/name`; any model, if left out. */
  model?: string;
  /** How many predictions; default 1. */
  times?: number;
  /** How long it stays `starting`. */
  bootMs?: number;
  /** How long it works before anything comes of it, at natural pace. */
  waitMs?: number;
  /** The whole output. */
  output?: unknown;
  /** An output that grows piece by piece. */
  tokens?: string[];
  logs?: string[];
  error?: string;
  status?: Extract<Status, "failed" | "canceled" | "aborted" | "succeeded">;
  /** Never gets past this status by itself. */
  stuck?: "starting" | "processing";
  metrics?: Record<string, number>;
  /** Breaks the first reading of its stream. */
  cut?: Cut;
}

/** The run ends in a status that a model cannot reach by itself. */
export class Ended extends Error {
  readonly status: "canceled" | "aborted";
  constructor(status: "canceled" | "aborted") {
    super(status);
    this.status = status;
  }
}

export function createScripts() {
  let scripts: (Script & { times: number })[] = [];
  return {
    add: (script: Script) => void scripts.push({ times: 1, ...script }),
    /** The script for a prediction of this model; counts it. */
    take(ref: string): Script | undefined {
      const script = scripts.find((each) => each.model === undefined || each.model === ref);
      if (script && --script.times <= 0) scripts = scripts.filter((each) => each !== script);
      return script;
    },
  };
}

/** A run that follows a script; what it leaves open (the output, say) comes from the model itself. */
export function scripted(script: Script, model: Perform): Perform {
  return async function* (run) {
    for (const log of script.logs ?? []) yield { log };
    if (script.waitMs) yield { waitMs: script.waitMs };
    for (const token of script.tokens ?? []) yield* [{ token }, { waitMs: 20 }] satisfies Step[];
    if ("output" in script) yield { output: script.output };
    if (script.tokens) yield { metrics: textMetrics(run, script.tokens.length) };
    if (script.metrics) yield { metrics: script.metrics };
    if (script.stuck) return;
    if (script.status === "canceled" || script.status === "aborted") throw new Ended(script.status);
    if (script.error !== undefined || script.status === "failed")
      throw new ModelError(script.error ?? "Prediction failed for an unknown reason. (E1000)");
    if (!script.tokens && !("output" in script)) yield* model(run);
    if (script.metrics) yield { metrics: script.metrics };
  };
}
