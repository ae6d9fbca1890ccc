import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import Replicate from "replicate";
import { startReplicate, type ReplicateStandIn } from "../../sandbox/replicate/index.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createServices, type Services } from "../../src/services/index.ts";
import { readConfig } from "../../src/config.ts";
import { measure, type Measure } from "../bench.ts";

const pictures = { ref: "black-forest-labs/flux-schnell", key: "flux-schnell" } as const;
const words = { ref: "anthropic/claude-4.5-haiku", key: "claude-4.5-haiku" } as const;
const pictureInput = {
  prompt: "a lighthouse",
  aspect_ratio: "1:1",
  num_outputs: 1,
  seed: 7,
  output_format: "png",
};
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

let jobs = 0;

/** The same by the runner: until the update that says that the run succeeded. */
async function ours(
  replicate: ReplicateStandIn,
  { runner }: Services,
  kind: "polling" | "stream",
): Promise<number> {
  const model = kind === "polling" ? pictures.key : words.key;
  const input = kind === "polling" ? pictureInput : wordsInput;
  const id = `bench-${(jobs += 1)}`;
  const draft = {
    id,
    command: "bench",
    asker: { id, name: "bench" },
    account: { guild: null, person: id, roles: [] },
    address: null,
    request: null,
  };
  const next = () => [{ key: "run", model, input }];
  for await (const update of runner.follow(await runner.admit(draft, next), next))
    if (update.runs.every(({ state }) => state === "succeeded")) return Date.now() - finishedAt(replicate);
  throw new Error("The run did not succeed");
}

/** Time from a prediction's success to the update, by polling and by its stream, beside the plain client. */
export async function measureLatency(runs: number, progress: (line: string) => void): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), "replicord-bench-"));
  const replicate = await startReplicate();
  const config = readConfig({
    DISCORD_TOKEN: "none",
    DISCORD_API_URL: "http://127.0.0.1:1/api",
    REPLICATE_API_TOKEN: replicate.token,
    REPLICATE_BASE_URL: replicate.baseUrl,
    EXTRA_MEDIA_ORIGINS: replicate.origin,
    DATABASE_URL: `sqlite://${join(folder, "bench.sqlite")}`,
    FILES_PATH: join(folder, "files"),
    DM_DAILY_CREDITS: "1000000",
  });
  const services = await createServices(config, pino({ level: "silent" }), systemClock);
  const measures: Measure[] = [];
  try {
    for (const kind of ["polling", "stream"] as const) {
      const values = { baseline: [] as number[], replicord: [] as number[] };
      // One uncounted run each; the runner learns how long this model takes.
      await plain(replicate, kind);
      for (let warm = 0; warm < 3; warm++) await ours(replicate, services, kind);
      for (let run = 1; run <= runs; run++) {
        values.baseline.push(await plain(replicate, kind));
        values.replicord.push(await ours(replicate, services, kind));
        progress(`latency by ${kind}, run ${run} of ${runs}`);
      }
      measures.push(measure({ name: `success → update, ${kind}`, unit: "ms", goal: goals[kind] }, values));
    }
  } finally {
    await services.close();
    await replicate.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return measures;
}
