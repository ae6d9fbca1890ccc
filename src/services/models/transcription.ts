import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { soundSeconds } from "../prices.ts";
import { type Model, modelsWith, type Result, type Segment } from "./model.ts";
import { machineTime } from "./price-rows.ts";
import { whisperLanguages } from "./whisper-languages.ts";

const segmentSchema = z.object({ start: z.number(), end: z.number(), text: z.string() });
const outputSchema = z.object({
  segments: z.array(z.unknown()).nullish(),
  detected_language: z.string().nullish(),
  transcription: z.string().nullish(),
  translation: z.string().nullish(),
});

const segmentOf = (value: unknown): Segment[] => {
  const segment = segmentSchema.safeParse(value);
  return segment.success ? [{ ...segment.data, text: segment.data.text.trim() }] : [];
};

/** WhisperX gives segments only; Whisper gives the whole text beside them, and a translation where one was asked for. */
function readTranscript(output: unknown): Result {
  const parsed = outputSchema.safeParse(output);
  if (!parsed.success) return {};
  const { segments: listed } = parsed.data;
  const whole = parsed.data.translation ?? parsed.data.transcription;
  // Nothing of what it should be is no transcript; an empty list is one in which nobody speaks.
  if (!listed && whole == null) return {};
  const segments = (listed ?? []).flatMap(segmentOf);
  const text = (whole ?? segments.map(({ text }) => text).join(" ")).trim();
  return {
    text,
    segments,
    ...(parsed.data.detected_language ? { language: parsed.data.detected_language } : {}),
  };
}

const chunkSchema = z.object({ text: z.string(), timestamp: z.tuple([z.number(), z.number().nullable()]) });
const chunkedSchema = z.object({ text: z.string().optional(), chunks: z.array(z.unknown()) });

/** Incredibly Fast Whisper: `{ text, chunks: [{ text, timestamp: [0, 29.7] }] }`; the last chunk may have no end. */
function readChunks(output: unknown): Result {
  const parsed = chunkedSchema.safeParse(output);
  if (!parsed.success) return {};
  const segments = parsed.data.chunks.flatMap((each) => {
    const chunk = chunkSchema.safeParse(each).data;
    if (!chunk) return [];
    const [start, end] = chunk.timestamp;
    return segmentOf({ start, end: end ?? start, text: chunk.text });
  });
  return { text: (parsed.data.text ?? segments.map(({ text }) => text).join(" ")).trim(), segments };
}

/** `share` is machine time per second of sound. */
const bySound = (bootSeconds: number, share: number) =>
  machineTime((input) => bootSeconds + share * soundSeconds(input));

type Code = keyof typeof whisperLanguages;
const codes = Object.keys(whisperLanguages) as [Code, ...Code[]];

const transcriptionModel = modelsWith<"transcription">({
  kind: "transcription",
  picturesPerRun: 0,
  read: readTranscript,
});

export const transcriptionModels: readonly Model<"transcription">[] = [
  transcriptionModel({
    key: "whisperx",
    ref: "victor-upmeet/whisperx",
    title: "WhisperX",
    seconds: 3.6,
    official: false,
    takes: ["language"],
    // Recorded for 49 s of speech; times two, and some to begin.
    price: bySound(6, 0.15),
    sure: "recorded",
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
  }),
  transcriptionModel({
    key: "whisper",
    ref: "openai/whisper",
    title: "Whisper",
    seconds: 17,
    official: false,
    takes: ["language", "translate"],
    // Recorded for 49 s of speech; times three, and some to begin.
    price: bySound(10, 1),
    sure: "recorded",
    input: z.object({
      audio: attachmentSchema,
      transcription: z.literal("plain text"),
      translate: z.boolean(),
      language: z.enum(["auto", ...codes]),
    }),
    from: ({ audio, language, translate }) => ({
      audio,
      transcription: "plain text",
      translate,
      language: language ?? "auto",
    }),
  }),
  transcriptionModel({
    key: "incredibly-fast-whisper",
    ref: "vaibhavs10/incredibly-fast-whisper",
    title: "Incredibly Fast Whisper",
    seconds: 2.7,
    official: false,
    takes: ["language", "translate"],
    // Recorded for 49 s of speech; times two, and some to begin.
    price: bySound(6, 0.12),
    sure: "recorded",
    input: z.object({
      audio: attachmentSchema,
      task: z.enum(["transcribe", "translate"]),
      language: z.enum(["None", ...Object.values(whisperLanguages)]),
      timestamp: z.literal("chunk"),
    }),
    from: ({ audio, language, translate }) => ({
      audio,
      task: translate ? "translate" : "transcribe",
      language: language === undefined ? "None" : (whisperLanguages[language as Code] ?? language),
      timestamp: "chunk",
    }),
    read: readChunks,
  }),
];
