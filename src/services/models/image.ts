import { z } from "zod";
import type { Price } from "../prices.ts";
import type { Extra, Model, Result, Shape, Wants } from "./model.ts";

/** A file's address, or addresses, as image models give them: one string or a list. */
export function readFiles(output: unknown): Result {
  const files = (Array.isArray(output) ? output : [output]).filter((item) => typeof item === "string");
  return { files };
}

/** Aspect ratios by the names that people choose from. */
export const ratios: Record<Shape, string> = {
  square: "1:1",
  landscape: "4:3",
  portrait: "3:4",
  wide: "16:9",
  tall: "9:16",
};

/** Pixels for models that take a width and a height, near one megapixel and divisible by 64. */
export const pixels: Record<Shape, { width: number; height: number }> = {
  square: { width: 1024, height: 1024 },
  landscape: { width: 1152, height: 896 },
  portrait: { width: 896, height: 1152 },
  wide: { width: 1344, height: 768 },
  tall: { width: 768, height: 1344 },
};

interface ImageEntry {
  key: string;
  ref: `${string}/${string}`;
  title: string;
  official?: boolean;
  takes: readonly Extra[];
  picturesPerRun?: number;
  price: Price;
  input: z.ZodType<Record<string, unknown>>;
  from(want: Wants["image"]): Record<string, unknown>;
}

export const imageModel = (entry: ImageEntry): Model<"image"> => ({
  kind: "image",
  official: true,
  picturesPerRun: 1,
  read: readFiles,
  ...entry,
});

const prompt = z.string().min(1);
const seed = z.int().min(0);
const ratio = z.enum(["1:1", "4:3", "3:4", "16:9", "9:16"]);

const priceList = { asOf: "2026-09", source: "Replicate's public price pages" };

export const imageModels: readonly Model<"image">[] = [
  imageModel({
    key: "flux-schnell",
    ref: "black-forest-labs/flux-schnell",
    title: "FLUX schnell",
    takes: ["shape", "seed"],
    picturesPerRun: 4,
    price: { per: "image", each: 3_000, ...priceList },
    input: z.object({
      prompt,
      aspect_ratio: ratio,
      num_outputs: z.int().min(1).max(4),
      seed,
      output_format: z.literal("png"),
    }),
    from: ({ prompt, shape, count, seed }) => ({
      prompt,
      aspect_ratio: ratios[shape],
      num_outputs: count,
      seed,
      output_format: "png",
    }),
  }),
  imageModel({
    key: "flux-dev",
    ref: "black-forest-labs/flux-dev",
    title: "FLUX dev",
    takes: ["shape", "seed"],
    picturesPerRun: 4,
    price: { per: "image", each: 25_000, ...priceList },
    input: z.object({
      prompt,
      aspect_ratio: ratio,
      num_outputs: z.int().min(1).max(4),
      seed,
      output_format: z.literal("png"),
    }),
    from: ({ prompt, shape, count, seed }) => ({
      prompt,
      aspect_ratio: ratios[shape],
      num_outputs: count,
      seed,
      output_format: "png",
    }),
  }),
  imageModel({
    key: "flux-1.1-pro",
    ref: "black-forest-labs/flux-1.1-pro",
    title: "FLUX 1.1 pro",
    takes: ["shape", "seed"],
    price: { per: "image", each: 40_000, ...priceList },
    input: z.object({ prompt, aspect_ratio: ratio, seed, output_format: z.literal("png") }),
    from: ({ prompt, shape, seed }) => ({ prompt, aspect_ratio: ratios[shape], seed, output_format: "png" }),
  }),
  imageModel({
    key: "nano-banana",
    ref: "google/nano-banana",
    title: "Nano Banana",
    takes: ["shape"],
    price: { per: "image", each: 39_000, ...priceList },
    input: z.object({ prompt, aspect_ratio: ratio, output_format: z.literal("png") }),
    from: ({ prompt, shape }) => ({ prompt, aspect_ratio: ratios[shape], output_format: "png" }),
  }),
  imageModel({
    key: "ideogram-v3-turbo",
    ref: "ideogram-ai/ideogram-v3-turbo",
    title: "Ideogram v3 Turbo",
    takes: ["shape", "seed"],
    price: { per: "image", each: 30_000, ...priceList },
    input: z.object({ prompt, aspect_ratio: ratio, seed: seed.max(2_147_483_647) }),
    from: ({ prompt, shape, seed }) => ({ prompt, aspect_ratio: ratios[shape], seed }),
  }),
  imageModel({
    key: "sdxl",
    ref: "stability-ai/sdxl",
    title: "Stable Diffusion XL",
    official: false,
    takes: ["shape", "seed", "negative"],
    picturesPerRun: 4,
    // About 12 s a picture on slower hardware; held for the worst, charged by what it took.
    price: {
      per: "second",
      each: 1_525,
      expected: (input) => 12 * Number(input["num_outputs"] ?? 1),
      asOf: "2026-09",
      source: "by predict_time at the dearest listed hardware (H100)",
    },
    input: z.object({
      prompt,
      width: z.int(),
      height: z.int(),
      num_outputs: z.int().min(1).max(4),
      seed,
      negative_prompt: z.string().optional(),
    }),
    from: ({ prompt, shape, count, seed, negative }) => ({
      prompt,
      ...pixels[shape],
      num_outputs: count,
      seed,
      ...(negative ? { negative_prompt: negative } : {}),
    }),
  }),
];
