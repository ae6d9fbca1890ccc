import type { z } from "zod";
import type { Attachment } from "../attachment.ts";
import type { Price } from "../prices.ts";

export const shapes = ["square", "landscape", "portrait", "wide", "tall"] as const;
export type Shape = (typeof shapes)[number];

/** What each kind of command asks of a model, in the commands' own words. */
export interface Wants {
  image: { prompt: string; shape: Shape; count: number; seed: number; negative?: string };
  upscale: { image: Attachment; scale: 2 | 4 | 8; faces: boolean };
  transcription: { audio: Attachment; language?: string; translate: boolean };
  text: { prompt: string; system?: string; maxTokens: number };
}
export type ModelKind = keyof Wants;

export interface Segment {
  /** Seconds from the beginning. */
  start: number;
  end: number;
  text: string;
}

/** What a run made, in one shape whatever the model's own is. */
export interface Result {
  text?: string;
  /** Addresses of the files that the model made; Replicate removes them after an hour. */
  files?: string[];
  segments?: Segment[];
  /** As the model names it: `en`, or `english`. */
  language?: string;
}

/** Options that only some models of a kind take. */
export type Extra = "shape" | "seed" | "negative" | "system" | "language" | "translate";

/** One catalogue entry: a model is data. */
export interface Model<Kind extends ModelKind = ModelKind> {
  /** What people type: `flux-schnell`. */
  key: string;
  /** `owner/name` on Replicate. */
  ref: `${string}/${string}`;
  title: string;
  kind: Kind;
  /** Official models run by name; a community model needs its latest version's id (facts of Replicate's HTTP API). */
  official: boolean;
  takes: readonly Extra[];
  /** How many pictures one run can make; 1 where the model has no such input. */
  picturesPerRun: number;
  price: Price;
  /** The model's own input, by Replicate's names. Attachments stand where files go. */
  input: z.ZodType<Record<string, unknown>>;
  from(want: Wants[Kind]): Record<string, unknown>;
  read(output: unknown): Result;
}
