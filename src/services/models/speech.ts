import { z } from "zod";
import { type Model, modelsWith } from "./model.ts";
import { machineTime } from "./price-rows.ts";
import { readFiles } from "./reading.ts";

/** American and British, female and male: `bm_george` is a British man. */
const kokoroVoices = [
  "af_bella",
  "af_sarah",
  "af_nicole",
  "af_sky",
  "am_adam",
  "am_michael",
  "bf_emma",
  "bf_isabella",
  "bm_george",
  "bm_lewis",
] as const;

/** Reads a text aloud. */
export const speechModels: readonly Model<"speech">[] = [
  modelsWith<"speech">({ kind: "speech", picturesPerRun: 0, read: readFiles })({
    key: "kokoro-82m",
    ref: "jaaari/kokoro-82m",
    title: "Kokoro",
    seconds: 0.7,
    official: false,
    takes: ["voice", "speed"],
    voices: kokoroVoices,
    // Recorded for 360 characters; times four, and as much again to begin.
    price: machineTime(({ text }) => 3 + (typeof text === "string" ? text.length : 0) / 125),
    sure: "recorded",
    input: z.object({
      text: z.string().min(1),
      voice: z.enum(kokoroVoices),
      speed: z.number().min(0.1).max(5).optional(),
    }),
    from: ({ text, voice = "af_bella", speed }) => ({
      text,
      voice,
      ...(speed === undefined ? {} : { speed }),
    }),
  }),
];
