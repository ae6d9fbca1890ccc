import type { Model } from "./model.ts";
import type { Channel } from "./stream.ts";

export type Status = "starting" | "processing" | "succeeded" | "failed" | "canceled" | "aborted";

/** A prediction as the stand-in keeps it. Times are milliseconds since 1970. */
export interface Prediction {
  id: string;
  model: Model;
  input: Record<string, unknown>;
  output: unknown;
  status: Status;
  error: string | null;
  logs: string;
  metrics: Record<string, number>;
  createdAt: number;
  startedAt?: number;
  completedAt?: number;
  deadline?: number;
  deployment?: string;
  webhook?: string;
  webhookEvents?: string[];
  /** The name of its stream, which is not its id. */
  streamId: string;
  channel: Channel;
  /** Aborted when the prediction is over, however it ended. */
  over: AbortController;
}

export const isOver = (prediction: Prediction) => prediction.completedAt !== undefined;

// "Input, output, files and logs of predictions made through the API are removed after an hour."
const keptMs = 3_600_000;

export const dataRemoved = (prediction: Prediction, now: number) =>
  prediction.completedAt !== undefined && now - prediction.completedAt >= keptMs;

const iso = (time: number) => new Date(time).toISOString();

/** The prediction as the API shows it at this time. */
export function toJson(prediction: Prediction, origin: string, now: number) {
  const { id, model, startedAt, completedAt, deadline, deployment, webhook, webhookEvents } = prediction;
  const removed = dataRemoved(prediction, now);
  return {
    id,
    model: model.ref,
    version: model.official ? "hidden" : model.version,
    input: removed ? {} : prediction.input,
    logs: removed ? "" : prediction.logs,
    output: removed ? null : prediction.output,
    data_removed: removed,
    error: prediction.error,
    source: "api",
    status: prediction.status,
    created_at: iso(prediction.createdAt),
    ...(startedAt !== undefined && { started_at: iso(startedAt) }),
    ...(completedAt !== undefined && { completed_at: iso(completedAt), metrics: prediction.metrics }),
    ...(deadline !== undefined && { deadline: iso(deadline) }),
    ...(deployment !== undefined && { deployment }),
    ...(webhook !== undefined && { webhook }),
    ...(webhookEvents !== undefined && { webhook_events_filter: webhookEvents }),
    urls: {
      cancel: `${origin}/v1/predictions/${id}/cancel`,
      get: `${origin}/v1/predictions/${id}`,
      stream: `${origin}/stream/v1/files/${prediction.streamId}`,
      web: `https://replicate.com/p/${id}`,
    },
  };
}
