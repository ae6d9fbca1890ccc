import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { imageModel, pictures, png, prompt, ratio, ratios, seed } from "./image.ts";
import type { Model, Wants } from "./model.ts";
import { priceList } from "./price-rows.ts";

/** FLUX schnell and dev make up to four pictures a run. */
const several = {
  takes: ["shape", "seed"] as const,
  picturesPerRun: 4,
  input: z.object({
    prompt,
    aspect_ratio: ratio,
    num_outputs: z.int().min(1).max(4),
    seed,
    output_format: png,
  }),
  from: ({ prompt, shape, count, seed }: Wants["image"]) => ({
    prompt,
    aspect_ratio: ratios[shape],
    num_outputs: count,
    seed,
    output_format: "png",
  }),
};

/** FLUX dev can begin with a picture, whose shape it then keeps. */
const fromPicture = {
  ...several,
  takes: [...several.takes, "reference"] as const,
  input: several.input.extend({ image: attachmentSchema.optional() }),
  from: (want: Wants["image"]) => ({
    ...several.from(want),
    ...(want.reference ? { image: want.reference } : {}),
  }),
};

export const fluxModels: readonly Model<"image">[] = [
  imageModel({
    key: "flux-schnell",
    ref: "black-forest-labs/flux-schnell",
    title: "FLUX schnell",
    seconds: 0.8,
    price: { per: "image", each: 3_000, ...priceList },
    sure: "recorded",
    ...several,
  }),
  imageModel({
    key: "flux-dev",
    ref: "black-forest-labs/flux-dev",
    title: "FLUX dev",
    seconds: 3.2,
    price: { per: "image", each: 25_000, ...priceList },
    sure: "recorded",
    ...fromPicture,
  }),
  imageModel({
    key: "flux-1.1-pro",
    ref: "black-forest-labs/flux-1.1-pro",
    title: "FLUX 1.1 pro",
    seconds: 3.8,
    takes: ["shape", "seed", "reference"],
    price: { per: "image", each: 40_000, ...priceList },
    sure: "recorded",
    input: z.object({
      prompt,
      image_prompt: attachmentSchema.optional(),
      aspect_ratio: ratio,
      seed,
      output_format: png,
    }),
    from: ({ prompt, shape, seed, reference }) => ({
      prompt,
      ...(reference ? { image_prompt: reference } : {}),
      aspect_ratio: ratios[shape],
      seed,
      output_format: "png",
    }),
  }),
  imageModel({
    key: "flux-2-pro",
    ref: "black-forest-labs/flux-2-pro",
    title: "FLUX 2 pro",
    takes: ["shape", "seed", "reference"],
    price: { per: "megapixel", run: 15_000, input: 15_000, output: 15_000, ...priceList },
    sure: "schema",
    input: z.object({
      prompt,
      input_images: pictures,
      aspect_ratio: ratio,
      resolution: z.literal("1 MP"),
      seed,
      output_format: png,
    }),
    from: ({ prompt, shape, seed, reference }) => ({
      prompt,
      input_images: reference ? [reference] : [],
      aspect_ratio: ratios[shape],
      resolution: "1 MP",
      seed,
      output_format: "png",
    }),
  }),
];
