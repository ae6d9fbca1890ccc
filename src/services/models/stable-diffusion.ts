import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { imageModel, prompt, seed } from "./image.ts";
import type { Model, Shape, Wants } from "./model.ts";
import { machineTime } from "./price-rows.ts";

interface Size {
  width: number;
  height: number;
}

/** Pixels for SDXL, near one megapixel and divisible by 64. */
const pixels: Record<Shape, Size> = {
  square: { width: 1024, height: 1024 },
  landscape: { width: 1152, height: 896 },
  portrait: { width: 896, height: 1152 },
  wide: { width: 1344, height: 768 },
  tall: { width: 768, height: 1344 },
};

/** Stable Diffusion was made for half a megapixel, and takes these sides among others. */
const sides = z.literal([576, 768, 1024]);
const fewerPixels: Record<Shape, Size> = {
  square: { width: 768, height: 768 },
  landscape: { width: 768, height: 576 },
  portrait: { width: 576, height: 768 },
  wide: { width: 1024, height: 576 },
  tall: { width: 576, height: 1024 },
};

const from =
  (sizes: Record<Shape, Size>) =>
  ({ prompt, shape, count, seed, negative }: Wants["image"]) => ({
    prompt,
    ...sizes[shape],
    num_outputs: count,
    seed,
    ...(negative ? { negative_prompt: negative } : {}),
  });

const pictures = (input: Record<string, unknown>) => Number(input["num_outputs"] ?? 1);

const shared = {
  official: false,
  takes: ["shape", "seed", "negative"] as const,
  picturesPerRun: 4,
  sure: "recorded" as const,
};
const num_outputs = z.int().min(1).max(4);
const negative_prompt = z.string().optional();

export const stableDiffusionModels: readonly Model<"image">[] = [
  imageModel({
    key: "sdxl",
    ref: "stability-ai/sdxl",
    title: "Stable Diffusion XL",
    seconds: 5.0,
    ...shared,
    takes: [...shared.takes, "reference"],
    // Recorded for a smaller picture; times 2.4.
    price: machineTime((input) => 12 * pictures(input)),
    input: z.object({
      prompt,
      image: attachmentSchema.optional(),
      width: z.int(),
      height: z.int(),
      num_outputs,
      seed,
      negative_prompt,
    }),
    from: (want) => ({ ...from(pixels)(want), ...(want.reference ? { image: want.reference } : {}) }),
  }),
  imageModel({
    key: "stable-diffusion",
    ref: "stability-ai/stable-diffusion",
    title: "Stable Diffusion (legacy)",
    seconds: 1.9,
    ...shared,
    // Recorded for 512 × 512; twice the pixels, times two.
    price: machineTime((input) => 8 * pictures(input)),
    input: z.object({ prompt, width: sides, height: sides, num_outputs, seed, negative_prompt }),
    from: from(fewerPixels),
  }),
];
