import Replicate from "replicate";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { type Secrets, withoutSecrets, withSecrets } from "../secret.ts";
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
  created_at: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  urls: z.object({ stream: z.string().nullish() }),
});
export type Prediction = z.output<typeof predictionSchema>;

/** A prediction in Replicate's list, with what it was created from. */
const listedSchema = predictionSchema.extend({
  model: z.string(),
  created_at: z.string(),
  input: z.record(z.string(), z.unknown()).nullish(),
});
export type ListedPrediction = z.output<typeof listedSchema>;
const pageSchema = z.object({ results: z.array(z.unknown()), next: z.string().nullish() });

const modelSchema = z.object({
  is_official: z.boolean().optional(),
  latest_version: z.object({ id: z.string(), openapi_schema: z.unknown().optional() }).nullish(),
});

export interface ModelFacts {
  official: boolean;
  /** Id of the latest version; official models need none. */
  version?: string;
  /** The latest version's OpenAPI document. */
  schema?: unknown;
}

/** So many predictions are looked through at the most: a page has 100. */
const MAX_PAGES = 5;

export const isTerminal = ({ status }: Prediction) => status !== "starting" && status !== "processing";

export interface PredictionRequest {
  /** `owner/name` */
  ref: string;
  official: boolean;
  /** `owner/name` of a deployment to run it on, instead of the public model. */
  deployment?: string;
  input: Record<string, unknown>;
  /** Replicate's own net: it cancels the prediction this long after its creation (5 s at the least). */
  cancelAfterSeconds: number;
}

/** Replicate's HTTP API, as far as it is used. Every call throws `ReplicateFailure`, and nothing else, when it fails. */
export interface ReplicateApi {
  create(request: PredictionRequest, signal?: AbortSignal): Promise<Prediction>;
  get(id: string, signal?: AbortSignal): Promise<Prediction>;
  /** What Replicate says of a model; kept for an hour. */
  model(ref: string, signal?: AbortSignal): Promise<ModelFacts>;
  cancel(id: string): Promise<Prediction>;
  /** The account's predictions that were created after this, by Replicate's clock. */
  list(createdAfter: Date): Promise<ListedPrediction[]>;
  /** How far Replicate's clock is ahead of ours, in milliseconds. */
  skewMs(): number;
  /** Uploads a file (100 MiB at most, kept for 24 h); its address, which models can read. */
  upload(file: File, signal?: AbortSignal): Promise<string>;
  /** Who the token belongs to. */
  account(signal?: AbortSignal): Promise<string>;
}

const MODEL_KEPT_MS = 60 * 60 * 1000;

/** What comes before a create: however it failed, nothing runs, and nobody has to look for it. */
async function beforehand<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const vague = error instanceof ReplicateFailure && (error.ambiguous || error.status >= 500);
    throw vague ? new ReplicateFailure({ status: 0, detail: error.detail }) : error;
  }
}

export function createReplicateApi(options: {
  token: string;
  baseUrl: string;
  clock: Clock;
  random?: () => number;
  /** Put into inputs when they are sent. */
  secrets?: Secrets;
}): ReplicateApi {
  const { clock, secrets = {} } = options;
  let skewMs = 0;
  const client = new Replicate({
    auth: options.token,
    baseUrl: options.baseUrl,
    // File outputs would fetch every text that begins with "https:", without a limit.
    useFileOutput: false,
    fetch: retryingFetch({
      clock,
      random: options.random ?? Math.random,
      attempts: 5,
      patienceMs: 120_000,
      isPaced: (url, method) => method === "POST" && url.endsWith("/predictions"),
      onSkew: (ms) => void (skewMs = ms),
      hide: (text) => withoutSecrets(text, secrets),
    }),
  });
  const models = new Map<string, { model: ModelFacts; readAt: number }>();

  async function model(ref: string, signal?: AbortSignal): Promise<ModelFacts> {
    const known = models.get(ref);
    if (known && clock.now() - known.readAt < MODEL_KEPT_MS) return known.model;
    const response = client.request(`/models/${ref}`, { method: "GET", ...(signal ? { signal } : {}) });
    const parsed = response.then(async (answer) => modelSchema.parse(await answer.json()));
    const read = await beforehand(understood(parsed, signal));
    const { latest_version: latest, is_official: official = latest == null } = read;
    const facts = { official, ...(latest ? { version: latest.id, schema: latest.openapi_schema } : {}) };
    models.set(ref, { model: facts, readAt: clock.now() });
    return facts;
  }

  /** A community model runs by its latest version's id only; the bare name answers 404. */
  async function latestVersion(ref: string, signal?: AbortSignal): Promise<string> {
    const { version } = await model(ref, signal);
    if (!version) throw new ReplicateFailure({ status: 404, detail: `${ref} has no version` });
    return version;
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

  async function post(request: PredictionRequest, signal?: AbortSignal): Promise<Prediction> {
    const { ref, official, deployment, cancelAfterSeconds } = request;
    const input = withSecrets(request.input, secrets);
    const version = official || deployment ? undefined : await latestVersion(ref, signal);
    const route = deployment ? `/deployments/${deployment}/predictions` : `/models/${ref}/predictions`;
    const response = client.request(version ? "/predictions" : route, {
      method: "POST",
      headers: { "Cancel-After": `${Math.max(5, Math.ceil(cancelAfterSeconds))}s` },
      data: version ? { version, input } : { input },
      ...(signal ? { signal } : {}),
    });
    return read(response, signal);
  }

  return {
    model,
    async create(request, signal) {
      try {
        return await post(request, signal);
      } catch (error) {
        // A version that is gone did nothing, so the newest one may be asked for and tried.
        const outdated =
          error instanceof ReplicateFailure && error.status === 422 && models.delete(request.ref);
        if (!outdated || error.invalidFields.length > 0) throw error;
        return post(request, signal);
      }
    },
    get: (id, signal) =>
      read(client.request(`/predictions/${id}`, { method: "GET", ...(signal ? { signal } : {}) }), signal),
    cancel: (id) => read(client.request(`/predictions/${id}/cancel`, { method: "POST" })),
    skewMs: () => skewMs,
    async list(createdAfter) {
      const found: ListedPrediction[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < MAX_PAGES; page++) {
        const params: Record<string, string> = {
          created_after: createdAfter.toISOString(),
          ...(cursor ? { cursor } : {}),
        };
        const answer = client.request("/predictions", { method: "GET", params });
        const { results, next } = await understood(
          answer.then(async (each) => pageSchema.parse(await each.json())),
        );
        for (const each of results) {
          const listed = listedSchema.safeParse(each);
          if (listed.success) found.push(listed.data);
        }
        // Only the cursor is taken: the address itself could lead anywhere, with the token.
        cursor = next && URL.canParse(next) ? new URL(next).searchParams.get("cursor") : null;
        if (!cursor) break;
      }
      return found;
    },
    async upload(file, signal) {
      const stored = client.files.create(file, {}, signal ? { signal } : undefined);
      return (await beforehand(understood(stored, signal))).urls.get;
    },
    async account(signal) {
      const account = await understood(client.accounts.current(signal ? { signal } : undefined), signal);
      return account.username;
    },
  };
}
