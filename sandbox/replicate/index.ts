import { type Clock, systemClock } from "../../src/services/clock.ts";
import type { Faults } from "../faults.ts";
import { type JournalEntry, type StandInServer, startServer } from "../server.ts";
import { accountRoutes } from "./account-routes.ts";
import { notFound, unauthenticated } from "./answers.ts";
import { createCatalogue } from "./catalogue.ts";
import { createDelivery } from "./delivery.ts";
import { createFiles } from "./files.ts";
import { createLimit } from "./limits.ts";
import { createMedia } from "./media.ts";
import { modelRoutes } from "./model-routes.ts";
import type { Prediction } from "./prediction.ts";
import { predictionRoutes } from "./prediction-routes.ts";
import { createPredictions } from "./predictions.ts";
import { createScripts, type Script } from "./script.ts";
import { seeded } from "./seeded.ts";

export type { Prediction } from "./prediction.ts";
export type { Script } from "./script.ts";

export interface ReplicateOptions {
  clock?: Clock;
  port?: number;
  token?: string;
  /** Everything that looks random follows from it. */
  seed?: number;
  /** 1 (default): natural pace, 50 tokens a second and a second a picture; 0: nothing waits. */
  pace?: number;
  /** How long every prediction stays `starting`. */
  coldBootMs?: number;
  /**
   * Where ffmpeg is: speech models then hear where somebody speaks, and have segments there only. Without it they make
   * them up from the recording's length.
   */
  hears?: string;
  /** What a prediction of this model does with this input, where no `script` waits for it. */
  direct?: (model: string, input: Record<string, unknown>) => Script | undefined;
}

export interface ReplicateStandIn {
  origin: string;
  /** What a client takes as its base URL: origin + `/v1`. */
  baseUrl: string;
  token: string;
  journal: JournalEntry[];
  faults: Faults;
  watch: StandInServer["watch"];
  predictions: ReadonlyMap<string, Prediction>;
  /** What the next matching predictions do instead of what their model does. */
  script(next: Script): void;
  /** Throttles creation as for an account that is low on credit; undefined lifts it. */
  limit(perMinute: number | undefined): void;
  /** Its clock goes wrong by so much, from now on. */
  skew(ms: number): void;
  /** Serves a file as an output of a model; returns its address. */
  host(name: string, contentType: string, bytes: Uint8Array): string;
  close(): Promise<void>;
}

const deployments = new Map([
  ["sandbox/pictures", "black-forest-labs/flux-schnell"],
  ["sandbox/words", "meta/meta-llama-3-8b-instruct"],
]);

/** Replicate on loopback: the same wire, no account, no bill; what its models answer is made up and says so. */
export async function startReplicate(options: ReplicateOptions = {}): Promise<ReplicateStandIn> {
  const { clock: right = systemClock, port, token = "r8_sandbox", seed = 1, pace = 1, coldBootMs } = options;
  let skewMs = 0;
  const clock: Clock = { now: () => right.now() + skewMs, sleep: (ms, signal) => right.sleep(ms, signal) };
  const server = await startServer(clock, port);
  const { app, origin, journal, faults } = server;
  const closing = new AbortController();
  const random = seeded(seed);

  app.use("/v1/*", async (c, next) => {
    // `Token` is the older scheme; it still works. Search is open to all.
    const sent = /^(?:Bearer|Token) (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    return sent === token || c.req.path === "/v1/search" ? next() : unauthenticated(c);
  });
  app.notFound((c) => notFound(c));

  const catalogue = createCatalogue();
  const scripts = createScripts();
  const limit = createLimit(clock);
  const delivery = createDelivery(server, clock, random);
  const files = createFiles(server, clock, random);
  const predictions = createPredictions({
    clock,
    random,
    pace,
    coldBootMs,
    closing: closing.signal,
    hears: options.hears,
    script: (ref, input) => scripts.take(ref) ?? options.direct?.(ref, input),
    host: (name, type, bytes) => delivery.host(name, type, bytes),
    fetch: createMedia({
      baseUrl: `${origin}/v1`,
      uploaded: (id) => files.read(id),
      hosted: (url) => delivery.read(url),
      closing: closing.signal,
    }),
  });
  predictionRoutes({
    server,
    predictions,
    catalogue,
    deployments,
    limit,
    now: () => clock.now(),
    closing: closing.signal,
  });
  modelRoutes(server, catalogue);
  accountRoutes(server, deployments);

  return {
    origin,
    baseUrl: `${origin}/v1`,
    token,
    journal,
    faults,
    watch: server.watch,
    predictions: predictions.all,
    script: (next) => scripts.add(next),
    limit: (perMinute) => limit.set(perMinute),
    skew: (ms) => void (skewMs = ms),
    host: (name, type, bytes) => delivery.host(name, type, bytes),
    async close() {
      closing.abort();
      await server.close();
    },
  };
}
