import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { DEAREST_PER_SECOND, type Price, soundSeconds } from "../prices.ts";
import type { Model, Result, Segment } from "./model.ts";

const segmentSchema = z.object({ start: z.number(), end: z.number(), text: z.string() });
const outputSchema = z.object({
  segments: z.array(z.unknown()).nullish(),
  detected_language: z.string().nullish(),
  transcription: z.string().nullish(),
  translation: z.string().nullish(),
});

/** WhisperX gives segments only; Whisper gives the whole text beside them, and a translation where one was asked for. */
function readTranscript(output: unknown): Result {
  const parsed = outputSchema.safeParse(output);
  if (!parsed.success) return {};
  const segments: Segment[] = (parsed.data.segments ?? []).flatMap((each) => {
    const segment = segmentSchema.safeParse(each);
    return segment.success ? [{ ...segment.data, text: segment.data.text.trim() }] : [];
  });
  const whole = parsed.data.translation ?? parsed.data.transcription;
  const text = (whole ?? segments.map(({ text }) => text).join(" ")).trim();
  return {
    text,
    segments,
    ...(parsed.data.detected_language ? { language: parsed.data.detected_language } : {}),
  };
}

/** Neither has a price row: seconds at the dearest listed hardware. `share` is machine time per second of sound. */
const bySound = (bootSeconds: number, share: number): Price => ({
  per: "second",
  each: DEAREST_PER_SECOND,
  expected: (input) => bootSeconds + share * soundSeconds(input),
  asOf: "2026-09",
  source: "by predict_time at the dearest listed hardware (H100)",
});

export const transcriptionModels: readonly Model<"transcription">[] = [
  {
    key: "whisperx",
    ref: "victor-upmeet/whisperx",
    title: "WhisperX",
    kind: "transcription",
    official: false,
    takes: ["language"],
    picturesPerRun: 0,
    // A recorded run took 3.6 s for 49 s of speech.
    price: bySound(6, 0.15),
    input: z.object({
      audio_file: attachmentSchema,
      language: z.string().optional(),
      align_output: z.literal(true),
    }),
    from: ({ audio, language }) => ({
      audio_file: audio,
      ...(language ? { language } : {}),
      align_output: true,
    }),
    read: readTranscript,
  },
  {
    key: "whisper",
    ref: "openai/whisper",
    title: "Whisper",
    kind: "transcription",
    official: false,
    takes: ["language", "translate"],
    picturesPerRun: 0,
    // Runs at about the speed of the sound itself.
    price: bySound(10, 1),
    input: z.object({
      audio: attachmentSchema,
      transcription: z.literal("plain text"),
      translate: z.boolean(),
      language: z.string(),
    }),
    from: ({ audio, language, translate }) => ({
      audio,
      transcription: "plain text",
      translate,
      language: language ?? "auto",
    }),
    read: readTranscript,
  },
];
