import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { prompt, seed } from "./image.ts";
import { type Model, modelsWith } from "./model.ts";
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

export const videoModels: readonly Model<"video">[] = [
  videoModel({
    key: "hailuo-02",
    ref: "minimax/hailuo-02",
    title: "Hailuo 02",
    takes: ["prompt", "image"],
    needs: ["prompt"],
    // By resolution and length, of which only the cheapest and the dearest are known.
    price: { per: "video", each: { from: 100_000, to: 480_000 }, ...priceList },
    sure: "schema",
    input: z.object({
      prompt,
      first_frame_image: attachmentSchema.optional(),
      duration: z.literal(6),
      resolution: z.literal("768p"),
    }),
    from: ({ prompt, image }) => ({
      prompt,
      ...(image ? { first_frame_image: image } : {}),
      duration: 6,
      resolution: "768p",
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
  videoModel({
    key: "animate-diff",
    ref: "lucataco/animate-diff",
    title: "AnimateDiff",
    official: false,
    takes: ["prompt", "seed"],
    needs: ["prompt"],
    // A recorded run took 54 s; times two.
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
    takes: ["image", "seed"],
    needs: ["image"],
    // No run was recorded; this is a guess, and a run that takes longer is stopped.
    price: machineTime(() => 150),
    sure: "page",
    input: z.object({ input_image: attachmentSchema, seed }),
    from: ({ image, seed }) => ({ input_image: image, seed }),
  }),
];
