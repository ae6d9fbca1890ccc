import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAttachment, type Attachment } from "../../../src/services/attachment.ts";
import {
  motions,
  shapes,
  type Model,
  type ModelKind,
  type Wants,
} from "../../../src/services/models/model.ts";
import { isSecret } from "../../../src/services/secret.ts";
import { whisperLanguages } from "../../../src/services/models/whisper-languages.ts";

export interface Property {
  type?: string;
  format?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
}

/** What a model takes and gives, as Replicate says; recorded. */
export interface Contract {
  official: boolean;
  input: { required?: string[]; properties: Record<string, Property> };
  example?: { input: Record<string, unknown>; output: unknown; metrics: { predict_time: number } };
}

const folder = join(import.meta.dirname, "../../../sandbox/replicate/contracts");

export const contractOf = ({ ref }: Pick<Model, "ref">): Contract =>
  JSON.parse(readFileSync(join(folder, `${ref.replace("/", "__")}.json`), "utf8")) as Contract;

export const attached = (url: string, facts: Partial<Attachment> = {}): Attachment => ({
  url,
  name: "file",
  contentType: "image/png",
  bytes: 7,
  ...facts,
});

const picture = attached("https://cdn.discordapp.com/a/b/file");

/** Every combination of what the commands can ask for. */
export const wants: { [Kind in ModelKind]: Wants[Kind][] } = {
  image: shapes.flatMap((shape) =>
    [1, 2, 3, 4].flatMap((count) =>
      [0, 4471, 2_147_483_647].flatMap((seed) =>
        [{}, { negative: "fog" }, { reference: picture }].map((more) => ({
          prompt: "a fox",
          shape,
          count,
          seed,
          ...more,
        })),
      ),
    ),
  ),
  edit: [{ image: picture, prompt: "make it winter", seed: 7 }],
  inpaint: [{}, { width: 800, height: 600 }, { width: 1, height: 4_000 }, { width: 4_000, height: 1 }].map(
    (size) => ({ image: { ...picture, ...size }, mask: picture, prompt: "a hat", seed: 7 }),
  ),
  upscale: ([2, 4, 8] as const).flatMap((scale) =>
    [true, false].map((faces) => ({ image: picture, scale, faces })),
  ),
  cutout: [{ image: picture }, { image: picture, blur: true }],
  video: [undefined, 1, 4, 6, 10, 15].flatMap((seconds) =>
    [undefined, ...motions].flatMap((motion) =>
      [{ image: picture }, {}].map((more) => ({
        prompt: "a fox runs",
        seed: 7,
        ...(seconds === undefined ? {} : { seconds }),
        ...(motion ? { motion } : {}),
        ...more,
      })),
    ),
  ),
  transcription: [undefined, ...Object.keys(whisperLanguages)].flatMap((language) =>
    [{ translate: false }, { translate: true }, { translate: false, speakers: true }].map((more) => ({
      audio: picture,
      ...more,
      ...(language ? { language } : {}),
    })),
  ),
  speech: [{}, { voice: "bm_george" }, { speed: 0.5 }, { speed: 2 }].map((more) => ({
    text: "Good morning.",
    ...more,
  })),
  caption: [{ image: picture }],
  text: [1_024, 8_192].flatMap((maxTokens) =>
    [
      {},
      { system: "Be brief." },
      { history: [{ asked: "What is {this}?", answered: "A fox." }] },
      { image: picture },
    ].map((more) => ({ prompt: "Why?", maxTokens, ...more })),
  ),
};

/** What Replicate would get: files by their addresses. */
export const sent = (input: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(addressOf) : addressOf(value),
    ]),
  );

const addressOf = (value: unknown) =>
  isSecret(value) ? "hf_secret" : isAttachment(value) ? value.url : value;

/** The first that the commands can ask of this model. */
export const sampleInput = (model: Model): Record<string, unknown> =>
  model.input.parse(model.from(wants[model.kind][0]!));
