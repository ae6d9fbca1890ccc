import Replicate from "replicate";
import type { ReplicateStandIn } from "../../sandbox/replicate/index.ts";
import { systemClock } from "../../src/services/clock.ts";
import { measure, type Measure } from "../bench.ts";
import { type Apart, draft, pictureInput, startServices } from "../../sandbox/services.ts";

const pictures = { ref: "black-forest-labs/flux-schnell", key: "flux-schnell" } as const;
const words = { ref: "anthropic/claude-4.5-haiku", key: "claude-4.5-haiku" } as const;
const wordsInput = { prompt: "why is the sky blue?", max_tokens: 256 };

/** When Replicate had finished the latest prediction, in milliseconds since 1970. */
const finishedAt = ({ predictions }: ReplicateStandIn) =>
  [...predictions.values()].at(-1)?.completedAt ?? Number.NaN;

/** From a run's success on Replicate until its follower knows: by the plain client. */
async function plain(replicate: ReplicateStandIn, kind: "polling" | "stream"): Promise<number> {
  const client = new Replicate({ auth: replicate.token, baseUrl: replicate.baseUrl, useFileOutput: false });
  // `wait: poll` looks every 500 ms, which is what the client does for everything that takes over a minute.
  if (kind === "polling") await client.run(pictures.ref, { input: pictureInput, wait: { mode: "poll" } });
  else for await (const _ of client.stream(words.ref, { input: wordsInput }));
  return Date.now() - finishedAt(replicate);
}

/** By stream our last update comes only after the prediction itself was asked for its output; the client asks nothing. */
const goals = { polling: 1, stream: 20 } as const;

/** The same by the runner: until the update that says that the run succeeded. */
async function ours({ replicate, services }: Apart, kind: "polling" | "stream"): Promise<number> {
  const model = kind === "polling" ? pictures.key : words.key;
  const next = () => [{ key: "run", model, input: kind === "polling" ? pictureInput : wordsInput }];
  for await (const update of services.runner.follow(await services.runner.admit(draft(), next), next))
    if (update.runs.every(({ state }) => state === "succeeded")) return Date.now() - finishedAt(replicate);
  throw new Error("The run did not succeed");
}

/** Time from a prediction's success to the update, by polling and by its stream, beside the plain client. */
export async function measureLatency(runs: number, progress: (line: string) => void): Promise<Measure[]> {
  const bench = await startServices(systemClock, { pace: 1 });
  const measures: Measure[] = [];
  try {
    for (const kind of ["polling", "stream"] as const) {
      const values = { baseline: [] as number[], replicord: [] as number[] };
      // Uncounted runs first; the runner learns how long this model takes.
      await plain(bench.replicate, kind);
      for (let warm = 0; warm < 3; warm++) await ours(bench, kind);
      for (let run = 1; run <= runs; run++) {
        values.baseline.push(await plain(bench.replicate, kind));
        values.replicord.push(await ours(bench, kind));
        progress(`latency by ${kind}, run ${run} of ${runs}`);
      }
      measures.push(measure({ name: `success → update, ${kind}`, unit: "ms", goal: goals[kind] }, values));
    }
  } finally {
    await bench.close();
  }
  return measures;
}
