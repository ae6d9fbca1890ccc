import type { RawData } from "ws";
import * as z from "zod";

// events/gateway: what a client sends holds 4096 bytes.
const FRAME_BYTES = 4096;

export const identifySchema = z.object({
  token: z.string(),
  intents: z.number().int(),
  shard: z.tuple([z.number().int(), z.number().int().min(1)]).default([0, 1]),
  properties: z.looseObject({}),
});
export const resumeSchema = z.object({ token: z.string(), session_id: z.string(), seq: z.number().int() });
const frameSchema = z.object({ op: z.number(), d: z.unknown() });

/** What a client sent; undefined if it is not a frame. */
export function readFrame(raw: RawData): z.infer<typeof frameSchema> | undefined {
  const text = Buffer.isBuffer(raw) ? raw.toString() : "";
  if (text.length === 0 || Buffer.byteLength(text) > FRAME_BYTES) return undefined;
  try {
    return frameSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
