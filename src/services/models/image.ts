import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { type Model, modelsWith, type Shape } from "./model.ts";
import { priceList, unpriced } from "./price-rows.ts";
import { readFiles } from "./reading.ts";

/** Aspect ratios by the names that people choose from. */
export const ratios: Record<Shape, string> = {
  square: "1:1",
  landscape: "4:3",
  portrait: "3:4",
  wide: "16:9",
  tall: "9:16",
};

export const imageModel = modelsWith<"image">({ kind: "image", picturesPerRun: 1, read: readFiles });

export const prompt = z.string().min(1);
export const seed = z.int().min(0);
export const ratio = z.enum(["1:1", "4:3", "3:4", "16:9", "9:16"]);
/** Discord shows it, and nothing is lost. */
export const png = z.literal("png");

/** To begin with; none is the models' own default. */
export const pictures = z.array(attachmentSchema);

/** FLUX and Stable Diffusion have files of their own. */
export const imageModels: readonly Model<"image">[] = [
  imageModel({
    key: "nano-banana",
    ref: "google/nano-banana",
    title: "Nano Banana",
    takes: ["shape", "reference"],
    price: { per: "image", each: 39_000, ...priceList },
    sure: "schema",
    input: z.object({ prompt, image_input: pictures, aspect_ratio: ratio, output_format: png }),
    from: ({ prompt, shape, reference }) => ({
      prompt,
      image_input: reference ? [reference] : [],
      aspect_ratio: ratios[shape],
      output_format: "png",
    }),
  }),
  imageModel({
    key: "nano-banana-2",
    ref: "google/nano-banana-2",
    title: "Nano Banana 2",
    takes: ["shape", "reference"],
    price: {
      per: "image",
      each: { input: "resolution", values: { "1K": 67_000, "2K": 101_000, "4K": 151_000 } },
      ...priceList,
    },
    sure: "schema",
    input: z.object({
      prompt,
      image_input: pictures,
      aspect_ratio: ratio,
      resolution: z.enum(["1K", "2K", "4K"]),
      output_format: png,
    }),
    from: ({ prompt, shape, reference }) => ({
      prompt,
      image_input: reference ? [reference] : [],
      aspect_ratio: ratios[shape],
      resolution: "1K",
      output_format: "png",
    }),
  }),
  imageModel({
    key: "ideogram-v3-turbo",
    ref: "ideogram-ai/ideogram-v3-turbo",
    title: "Ideogram v3 Turbo",
    takes: ["shape", "seed"],
    price: { per: "image", each: 30_000, ...priceList },
    sure: "schema",
    input: z.object({ prompt, aspect_ratio: ratio, seed: seed.max(2_147_483_647) }),
    from: ({ prompt, shape, seed }) => ({ prompt, aspect_ratio: ratios[shape], seed }),
  }),
  imageModel({
    key: "seedream-5-lite",
    ref: "bytedance/seedream-5-lite",
    title: "Seedream 5 lite",
    takes: ["shape"],
    price: { per: "image", each: 35_000, ...priceList },
    sure: "schema",
    input: z.object({ prompt, aspect_ratio: ratio, size: z.literal("2K"), output_format: png }),
    from: ({ prompt, shape }) => ({
      prompt,
      aspect_ratio: ratios[shape],
      size: "2K",
      output_format: "png",
    }),
  }),
  imageModel({
    key: "seedream-4.5",
    ref: "bytedance/seedream-4.5",
    title: "Seedream 4.5",
    takes: ["shape"],
    price: unpriced,
    sure: "schema",
    input: z.object({ prompt, aspect_ratio: ratio, size: z.literal("2K") }),
    from: ({ prompt, shape }) => ({ prompt, aspect_ratio: ratios[shape], size: "2K" }),
  }),
  imageModel({
    key: "qwen-image",
    ref: "qwen/qwen-image",
    title: "Qwen Image",
    takes: ["shape", "seed", "negative"],
    price: unpriced,
    sure: "schema",
    input: z.object({
      prompt,
      aspect_ratio: ratio,
      seed,
      negative_prompt: z.string().optional(),
      output_format: png,
    }),
    from: ({ prompt, shape, seed, negative }) => ({
      prompt,
      aspect_ratio: ratios[shape],
      seed,
      ...(negative ? { negative_prompt: negative } : {}),
      output_format: "png",
    }),
  }),
];
