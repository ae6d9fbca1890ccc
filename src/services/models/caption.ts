import { z } from "zod";
import { attachmentSchema } from "../attachment.ts";
import { type Model, modelsWith, type Result } from "./model.ts";
import { machineTime } from "./price-rows.ts";

const pieces = z.array(z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]));

/** BLIP's schema says a text; its recorded answer is `[{ text: "Caption: a woman sitting on…" }]`. */
function readCaption(output: unknown): Result {
  const said = pieces.safeParse([output].flat()).data ?? [];
  return {
    text: said
      .join(" ")
      .replace(/^Caption: */i, "")
      .trim(),
  };
}

/** Says what a picture shows. */
export const captionModels: readonly Model<"caption">[] = [
  modelsWith<"caption">({ kind: "caption", picturesPerRun: 0, read: readCaption })({
    key: "blip",
    ref: "salesforce/blip",
    title: "BLIP",
    seconds: 6.6,
    official: false,
    // Times two.
    price: machineTime(() => 14),
    sure: "recorded",
    input: z.object({ image: attachmentSchema, task: z.literal("image_captioning") }),
    from: ({ image }) => ({ image, task: "image_captioning" }),
  }),
];
