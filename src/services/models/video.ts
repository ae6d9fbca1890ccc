import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { prompt, seed } from "./image.ts";
import { type Model, modelsWith, type Motion } from "./model.ts";
import { machineTime, priceList, unpriced } from "./price-rows.ts";
import { readFiles } from "./reading.ts";

const videoModel = modelsWith<"video">({ kind: "video", picturesPerRun: 0, read: readFiles });

/** Wan's own length: 81 frames, five seconds. */
const wanLength = { resolution: "480p", num_frames: 81, frames_per_second: 16 };
const wanInput = {
  resolution: z.literal("480p"),
  num_frames: z.literal(81),
  frames_per_second: z.literal(16),
  seed,
};

/** Stable Video Diffusion's `motion_bucket_id`, of 1 to 255; what is normal is the model's own default. */
const motionBuckets: Record<Motion, number> = { little: 40, normal: 127, much: 200 };

/** What a day's credits pay for by default comes first, and so runs unasked; what makes better films costs more than that. */
export const videoModels: readonly Model<"video">[] = [
  videoModel({
    key: "animate-diff",
    ref: "lucataco/animate-diff",
    title: "AnimateDiff",
    official: false,
    takes: ["prompt", "seed"],
    needs: ["prompt"],
    seconds: 54,
    // Times two.
    price: machineTime(() => 108),
    sure: "recorded",
    input: z.object({ prompt, seed }),
    from: ({ prompt, seed }) => ({ prompt, seed }),
  }),
  videoModel({
    key: "stable-video-diffusion",
    ref: "christophy/stable-video-diffusion",
    title: "Stable Video Diffusion",
    official: false,
    takes: ["image", "motion", "seed"],
    needs: ["image"],
    // No run was recorded; this is a guess, and a run that takes longer is stopped.
    price: machineTime(() => 150),
    sure: "page",
    input: z.object({
      input_image: attachmentSchema,
      motion_bucket_id: z.literal(Object.values(motionBuckets)).optional(),
      seed,
    }),
    from: ({ image, motion, seed }) => ({
      input_image: image,
      ...(motion ? { motion_bucket_id: motionBuckets[motion] } : {}),
      seed,
    }),
  }),
  videoModel({
    key: "hailuo-02",
    ref: "minimax/hailuo-02",
    title: "Hailuo 02",
    takes: ["prompt", "image", "length"],
    needs: ["prompt"],
    lengths: [6, 10],
    // By resolution and length, of which only the cheapest and the dearest are known.
    price: { per: "video", each: { from: 100_000, to: 480_000 }, ...priceList },
    sure: "schema",
    input: z.object({
      prompt,
      first_frame_image: attachmentSchema.optional(),
      duration: z.literal([6, 10]),
      resolution: z.literal("768p"),
    }),
    from: ({ prompt, image, seconds = 6 }) => ({
      prompt,
      ...(image ? { first_frame_image: image } : {}),
      duration: seconds,
      resolution: "768p",
    }),
  }),
  videoModel({
    key: "seedance-2.0",
    ref: "bytedance/seedance-2.0",
    title: "Seedance 2.0",
    takes: ["prompt", "image", "length", "seed"],
    needs: ["prompt"],
    // Its schema begins at -1, which leaves the length, and so the price, to the model; below 4 nobody has seen one.
    lengths: { from: 4, to: 15 },
    price: { per: "video-second", each: 100_000, ...priceList },
    sure: "schema",
    input: z.object({
      prompt,
      image: attachmentSchema.optional(),
      duration: z.int().min(4).max(15),
      resolution: z.literal("720p"),
      aspect_ratio: z.enum(["16:9", "adaptive"]),
      seed,
    }),
    from: ({ prompt, image, seconds = 5, seed }) => ({
      prompt,
      ...(image ? { image } : {}),
      duration: seconds,
      resolution: "720p",
      aspect_ratio: image ? "adaptive" : "16:9",
      seed,
    }),
  }),
  videoModel({
    key: "veo-3.1-fast",
    ref: "google/veo-3.1-fast",
    title: "Veo 3.1 fast",
    takes: ["prompt", "image", "length", "seed"],
    needs: ["prompt"],
    lengths: [4, 6, 8],
    // Both ends were listed, and not what makes the difference.
    price: { per: "video-second", each: { from: 100_000, to: 150_000 }, ...priceList },
    sure: "schema",
    input: z.object({
      prompt,
      image: attachmentSchema.optional(),
      duration: z.literal([4, 6, 8]),
      resolution: z.literal("720p"),
      seed,
    }),
    from: ({ prompt, image, seconds = 6, seed }) => ({
      prompt,
      ...(image ? { image } : {}),
      duration: seconds,
      resolution: "720p",
      seed,
    }),
  }),
  videoModel({
    key: "grok-imagine-video",
    ref: "xai/grok-imagine-video",
    title: "Grok Imagine Video",
    takes: ["prompt", "image", "length"],
    needs: ["prompt"],
    lengths: { from: 1, to: 15 },
    price: unpriced,
    sure: "schema",
    input: z.object({
      prompt,
      image: attachmentSchema.optional(),
      duration: z.int().min(1).max(15),
      resolution: z.literal("720p"),
    }),
    from: ({ prompt, image, seconds = 5 }) => ({
      prompt,
      ...(image ? { image } : {}),
      duration: seconds,
      resolution: "720p",
    }),
  }),
  videoModel({
    key: "wan-2.2-t2v-fast",
    ref: "wan-video/wan-2.2-t2v-fast",
    title: "Wan 2.2 fast, from words",
    takes: ["prompt", "seed"],
    needs: ["prompt"],
    price: unpriced,
    sure: "schema",
    input: z.object({ prompt, ...wanInput }),
    from: ({ prompt, seed }) => ({ prompt, ...wanLength, seed }),
  }),
  videoModel({
    key: "wan-2.2-i2v-fast",
    ref: "wan-video/wan-2.2-i2v-fast",
    title: "Wan 2.2 fast, from a picture",
    takes: ["prompt", "image", "seed"],
    needs: ["prompt", "image"],
    price: unpriced,
    sure: "schema",
    input: z.object({ image: attachmentSchema, prompt, ...wanInput }),
    from: ({ prompt, image, seed }) => ({ image, prompt, ...wanLength, seed }),
  }),
];
