import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { soundSeconds } from "../prices.ts";
import { secret, secretSchema } from "../secret.ts";
import { type Entry, type Model, modelsWith } from "./model.ts";
import { machineTime } from "./price-rows.ts";
import { readChunks, readTranscript } from "./whisper-output.ts";
import { whisperLanguages } from "./whisper-languages.ts";

/** `share` is machine time per second of sound. */
const bySound = (bootSeconds: number, share: number) =>
  machineTime((input) => bootSeconds + share * soundSeconds(input));

type Code = keyof typeof whisperLanguages;
const codes = Object.keys(whisperLanguages) as [Code, ...Code[]];

const transcriptionModel = (entry: Omit<Entry<"transcription">, "kind" | "languages">) =>
  modelsWith<"transcription">({ kind: "transcription", picturesPerRun: 0, read: readTranscript })({
    // By their schemas, all three take every language of Whisper's.
    languages: codes,
    ...entry,
  });

/** Word times, which subtitles need, and the same for speakers. */
const whisperxInput = z.object({
  audio_file: attachmentSchema,
  language: z.string().optional(),
  align_output: z.literal(true),
  diarization: z.literal(true).optional(),
  huggingface_access_token: secretSchema.optional(),
});

/** In this order they step in for one another: what translates with times comes before what does so without. */
export const transcriptionModels: readonly Model<"transcription">[] = [
  transcriptionModel({
    key: "whisperx",
    ref: "victor-upmeet/whisperx",
    title: "WhisperX",
    seconds: 3.6,
    official: false,
    takes: ["language", "speakers"],
    // Recorded for 49 s of speech; times two, and some to begin. With speakers, which nobody recorded, twice that.
    price: machineTime((input) => (input["diarization"] === true ? 2 : 1) * (6 + 0.15 * soundSeconds(input))),
    sure: "recorded",
    input: whisperxInput,
    from: ({ audio, language, speakers }) => ({
      audio_file: audio,
      ...(language ? { language } : {}),
      align_output: true,
      // Who speaks is told by pyannote, whose models Hugging Face gives to those who have accepted their terms.
      ...(speakers ? { diarization: true, huggingface_access_token: secret("huggingface") } : {}),
    }),
  }),
  transcriptionModel({
    key: "incredibly-fast-whisper",
    ref: "vaibhavs10/incredibly-fast-whisper",
    title: "Incredibly Fast Whisper",
    seconds: 2.7,
    official: false,
    takes: ["language", "translate", "timed-translation"],
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
];
