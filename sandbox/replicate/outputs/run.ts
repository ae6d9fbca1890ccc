import type { Model } from "../model.ts";

/** What a running model does next. */
export type Step =
  /** Time passes, at natural pace. */
  | { waitMs: number }
  /** More log; `\r` and line ends as the model prints them. */
  | { log: string }
  /** One more item of an output that grows. */
  | { token: unknown }
  /** The whole output. */
  | { output: unknown }
  /** Billing metrics, beside predict_time and total_time. */
  | { metrics: Record<string, number> };

/** One run, as a model sees it. */
export interface Run {
  model: Model;
  /** With defaults filled in. */
  input: Record<string, unknown>;
  /** The input's seed, or one drawn by the stand-in. */
  seed: number;
  /** Puts a file on the output host and gives its URL. */
  host(name: string, contentType: string, bytes: Uint8Array): string;
  /** Reads an input file: https or http, a data URI, or a file uploaded to this stand-in. */
  fetch(uri: string): Promise<Buffer>;
  /** Where ffmpeg is, for models that are to hear. */
  hears?: string | undefined;
}

export type Perform = (run: Run) => AsyncGenerator<Step, void, undefined>;

/** The run fails: status `failed` with this text as `error`. */
export class ModelError extends Error {
  override name = "ModelError";
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
