import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { readFiles } from "./image.ts";
import type { Model } from "./model.ts";

export const upscaleModels: readonly Model<"upscale">[] = [
  {
    key: "real-esrgan",
    ref: "nightmareai/real-esrgan",
    title: "Real-ESRGAN",
    kind: "upscale",
    official: false,
    takes: [],
    picturesPerRun: 1,
    price: { per: "run", each: 2_000, asOf: "2026-09", source: "Replicate's public price pages" },
    input: z.object({ image: attachmentSchema, scale: z.number().min(2).max(8), face_enhance: z.boolean() }),
    from: ({ image, scale, faces }) => ({ image, scale, face_enhance: faces }),
    read: readFiles,
  },
];
