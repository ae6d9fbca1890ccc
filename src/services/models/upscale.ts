import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { type Model, modelsWith } from "./model.ts";
import { machineTime, priceList } from "./price-rows.ts";
import { readFiles } from "./reading.ts";

const upscaleModel = modelsWith<"upscale">({ kind: "upscale", picturesPerRun: 1, read: readFiles });

export const upscaleModels: readonly Model<"upscale">[] = [
  upscaleModel({
    key: "real-esrgan",
    ref: "nightmareai/real-esrgan",
    title: "Real-ESRGAN",
    seconds: 2.6,
    official: false,
    price: { per: "run", each: 2_000, ...priceList },
    sure: "recorded",
    input: z.object({ image: attachmentSchema, scale: z.number().min(2).max(8), face_enhance: z.boolean() }),
    from: ({ image, scale, faces }) => ({ image, scale, face_enhance: faces }),
  }),
  /** Mends faces whether asked to or not: it is made for nothing else. */
  upscaleModel({
    key: "gfpgan",
    ref: "tencentarc/gfpgan",
    title: "GFPGAN",
    seconds: 1.7,
    official: false,
    // Recorded for scale 2; sixteen times the pixels at the most, of which the faces are a small part.
    price: machineTime(() => 10),
    sure: "recorded",
    input: z.object({ img: attachmentSchema, scale: z.number().min(1).max(8), version: z.literal("v1.4") }),
    from: ({ image, scale }) => ({ img: image, scale, version: "v1.4" }),
  }),
];
