import { z } from "zod";
import { type Attachment, attachmentSchema } from "../attachment.ts";
import { png, prompt, seed } from "./image.ts";
import { type Model, modelsWith } from "./model.ts";
import { machineTime, priceList, unpriced } from "./price-rows.ts";
import { readFiles } from "./reading.ts";

const shared = { picturesPerRun: 1, read: readFiles };
const editModel = modelsWith<"edit">({ kind: "edit", ...shared });
const inpaintModel = modelsWith<"inpaint">({ kind: "inpaint", ...shared });
const cutoutModel = modelsWith<"cutout">({ kind: "cutout", ...shared });

/** How Google's models take a picture to change. */
const pictureIn = {
  image_input: z.array(attachmentSchema).length(1),
  aspect_ratio: z.literal("match_input_image"),
  output_format: png,
};
const likePicture = (image: Attachment) => ({
  image_input: [image],
  aspect_ratio: "match_input_image",
  output_format: "png",
});

/** Changes a picture as the words say. */
export const editModels: readonly Model<"edit">[] = [
  editModel({
    key: "flux-kontext-pro",
    ref: "black-forest-labs/flux-kontext-pro",
    title: "FLUX Kontext pro",
    takes: ["seed"],
    price: { per: "image", each: 40_000, ...priceList },
    sure: "schema",
    input: z.object({
      prompt,
      input_image: attachmentSchema,
      aspect_ratio: z.literal("match_input_image"),
      seed,
      output_format: png,
    }),
    from: ({ image, prompt, seed }) => ({
      prompt,
      input_image: image,
      aspect_ratio: "match_input_image",
      seed,
      output_format: "png",
    }),
  }),
  // Under keys of their own: by their bare ones they draw from words.
  editModel({
    key: "nano-banana-edit",
    ref: "google/nano-banana",
    title: "Nano Banana (edit)",
    price: { per: "image", each: 39_000, ...priceList },
    sure: "schema",
    input: z.object({ prompt, ...pictureIn }),
    from: ({ image, prompt }) => ({ prompt, ...likePicture(image) }),
  }),
  editModel({
    key: "nano-banana-2-edit",
    ref: "google/nano-banana-2",
    title: "Nano Banana 2 (edit)",
    price: {
      per: "image",
      each: { input: "resolution", values: { "1K": 67_000, "2K": 101_000, "4K": 151_000 } },
      ...priceList,
    },
    sure: "schema",
    input: z.object({ prompt, ...pictureIn, resolution: z.enum(["1K", "2K", "4K"]) }),
    from: ({ image, prompt }) => ({ prompt, ...likePicture(image), resolution: "1K" }),
  }),
  editModel({
    key: "qwen-image-edit",
    ref: "qwen/qwen-image-edit",
    title: "Qwen Image Edit",
    takes: ["seed"],
    price: unpriced,
    sure: "schema",
    input: z.object({ image: attachmentSchema, prompt, seed, output_format: png }),
    from: ({ image, prompt, seed }) => ({ image, prompt, seed, output_format: "png" }),
  }),
];

/** The picture's shape in sides that Stable Diffusion takes: multiples of 64, the longer one 768. */
function sides({ width = 512, height = 512 }: Attachment) {
  const scale = 768 / Math.max(width, height);
  const side = (pixels: number) => Math.max(64, Math.round((pixels * scale) / 64) * 64);
  return { width: side(width), height: side(height) };
}
const side = z.literal([64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768]);

/** Paints anew what the mask shows. */
export const inpaintModels: readonly Model<"inpaint">[] = [
  inpaintModel({
    key: "sd-inpainting",
    ref: "stability-ai/stable-diffusion-inpainting",
    title: "Stable Diffusion Inpainting",
    seconds: 2.7,
    official: false,
    takes: ["seed"],
    // Recorded for 25 steps and 512 × 512; 50 steps for twice the pixels at the most: times five.
    price: machineTime(() => 14),
    sure: "recorded",
    input: z.object({
      prompt,
      image: attachmentSchema,
      mask: attachmentSchema,
      width: side,
      height: side,
      seed,
    }),
    from: ({ image, mask, prompt, seed }) => ({ prompt, image, mask, ...sides(image), seed }),
  }),
  inpaintModel({
    key: "flux-fill-pro",
    ref: "black-forest-labs/flux-fill-pro",
    title: "FLUX Fill pro",
    seconds: 10,
    takes: ["seed"],
    price: unpriced,
    sure: "recorded",
    input: z.object({ prompt, image: attachmentSchema, mask: attachmentSchema, seed, output_format: png }),
    from: ({ image, mask, prompt, seed }) => ({ prompt, image, mask, seed, output_format: "png" }),
  }),
];

/** Takes the background away. */
export const cutoutModels: readonly Model<"cutout">[] = [
  cutoutModel({
    key: "background-remover",
    ref: "851-labs/background-remover",
    title: "Background Remover",
    seconds: 0.7,
    official: false,
    // About that much: it is billed by its machine's seconds.
    price: { per: "run", each: 440, ...priceList },
    sure: "recorded",
    takes: ["blur"],
    // It hands the type on to the library transparent-background, which has rgba, map, green, white, blur and overlay.
    input: z.object({ image: attachmentSchema, background_type: z.enum(["rgba", "blur"]), format: png }),
    from: ({ image, blur }) => ({ image, background_type: blur ? "blur" : "rgba", format: "png" }),
  }),
  cutoutModel({
    key: "rembg",
    ref: "cjwbw/rembg",
    title: "Rembg",
    seconds: 3.9,
    official: false,
    // Times three.
    price: machineTime(() => 12),
    sure: "recorded",
    input: z.object({ image: attachmentSchema }),
    from: ({ image }) => ({ image }),
  }),
];
