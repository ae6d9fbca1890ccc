import Replicate from "replicate";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { ReplicateFailure, retryingFetch } from "./retry.ts";

/** A prediction as far as Replicord reads it (Replicate's OpenAPI, schemas_prediction_response). */
const predictionSchema = z.object({
  id: z.string(),
  status: z.enum(["starting", "processing", "succeeded", "failed", "canceled", "aborted"]),
  output: z.unknown(),
  error: z.unknown(),
  logs: z.string().nullish(),
  metrics: z.record(z.string(), z.unknown()).nullish(),
  data_removed: z.boolean().nullish(),
  started_at: z.string().nullish(),
  urls: z.object({ stream: z.string().nullish() }),
});
export type Prediction = z.output<typeof predictionSchema>;

export const isTerminal = ({ status }: Prediction) => status !== "starting" && status !== "processing";

export interface PredictionRequest {
  /** `owner/name` */
  ref: string;
  official: boolean;
  input: Record<string, unknown>;
  /** Replicate's own net: it cancels the prediction this long after its creation (5 s at the least). */
  cancelAfterSeconds: number;
}

/** Replicate's HTTP API, as far as it is used. Every call throws `ReplicateFailure`, and nothing else, when it fails. */
export interface ReplicateApi {
  create(request: PredictionRequest, signal?: AbortSignal): Promise<Prediction>;
  get(id: string, signal?: AbortSignal): Promise<Prediction>;
  cancel(id: string): Promise<Prediction>;
  /** Uploads a file (100 MiB at most, kept for 24 h); its address, which models can read. */
  upload(file: File, signal?: AbortSignal): Promise<string>;
  /** Who the token belongs to. */
  account(signal?: AbortSignal): Promise<string>;
}

const VERSION_KEPT_MS = 60 * 60 * 1000;

export function createReplicateApi(options: {
  token: string;
  baseUrl: string;
  clock: Clock;
  random?: () => number;
}): ReplicateApi {
  const { clock } = options;
  const client = new Replicate({
    auth: options.token,
    baseUrl: options.baseUrl,
    // File outputs would fetch every text that begins with "https:", without a limit.
    useFileOutput: false,
    fetch: retryingFetch({ clock, random: options.random ?? Math.random, attempts: 5, patienceMs: 120_000 }),
  });
  const versions = new Map<string, { id: string; readAt: number }>();

  /** A community model runs by its latest version's id only; the bare name answers 404. */
  async function latestVersion(ref: string, signal?: AbortSignal): Promise<string> {
    const known = versions.get(ref);
    if (known && clock.now() - known.readAt < VERSION_KEPT_MS) return known.id;
    const response = await client.request(`/models/${ref}`, { method: "GET", ...(signal ? { signal } : {}) });
    const { latest_version } = z
      .object({ latest_version: z.object({ id: z.string() }) })
      .parse(await response.json());
    versions.set(ref, { id: latest_version.id, readAt: clock.now() });
    return latest_version.id;
  }

  /** An answer that was cut off or is no prediction says nothing of what happened; it is no answer. */
  async function understood<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ReplicateFailure) throw error;
      signal?.throwIfAborted();
      throw new ReplicateFailure({ status: 0, detail: "an answer that can't be read", ambiguous: true });
    }
  }

  const read = (response: Promise<Response>, signal?: AbortSignal) =>
    understood(
      response.then(async (answer) => predictionSchema.parse(await answer.json())),
      signal,
    );

  return {
    async create({ ref, official, input, cancelAfterSeconds }, signal) {
      const version = official ? undefined : await latestVersion(ref, signal);
      const response = client.request(version ? "/predictions" : `/models/${ref}/predictions`, {
        method: "POST",
        headers: { "Cancel-After": `${Math.max(5, Math.ceil(cancelAfterSeconds))}s` },
        data: version ? { version, input } : { input },
        ...(signal ? { signal } : {}),
      });
      return read(response, signal);
    },
    get: (id, signal) =>
      read(client.request(`/predictions/${id}`, { method: "GET", ...(signal ? { signal } : {}) }), signal),
    cancel: (id) => read(client.request(`/predictions/${id}/cancel`, { method: "POST" })),
    async upload(file, signal) {
      const stored = await understood(client.files.create(file, {}, signal ? { signal } : undefined), signal);
      return stored.urls.get;
    },
    async account(signal) {
      const account = await understood(client.accounts.current(signal ? { signal } : undefined), signal);
      return account.username;
    },
  };
}
