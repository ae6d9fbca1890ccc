import { findModel } from "../services/models/index.ts";
import { Problem } from "../services/problem.ts";
import { againButton, buttonsOf, filesOf, heading, isHidden, quietLines } from "./answer.ts";
import { defineCommand, defineMessageCommand, runningCommand } from "./command.ts";
import { boolean, choice, image, optional } from "./options.ts";
import { pictureActions, pictureButtons } from "./picture-actions.ts";

/** Real-ESRGAN runs out of memory on large pictures: about two megapixels go in safely, and 64 are made at the most. */
const MAX_PIXELS_IN = 2_000_000;
const MAX_PIXELS_OUT = 64_000_000;

const withoutEnding = (name: string) => name.replace(/\.[^.]*$/, "") || name;

const body = runningCommand({
  name: "upscale",
  description: "Make a picture larger and sharper",
  options: {
    image: image("The picture"),
    scale: optional(choice("How many times larger", [2, 4, 8])),
    faces: optional(boolean("Mend faces, too")),
    spoiler: optional(boolean("Hide the picture until somebody clicks on it")),
    private: optional(boolean("Only you see the answer")),
  },

  examples: [{ image: { sample: "photo.png" }, scale: 4 }],

  runs({ options: { image, scale = 4, faces = false } }) {
    const model = findModel("upscale", "real-esrgan");
    const { width, height } = image;
    const limit = Math.min(MAX_PIXELS_IN, MAX_PIXELS_OUT / scale ** 2);
    if (width && height && width * height > limit)
      throw new Problem({ kind: "too-many-pixels", width, height, limit });
    return [
      { key: "picture", model: model.key, input: model.input.parse(model.from({ image, scale, faces })) },
    ];
  },

  view(job) {
    const { image, scale = 4, spoiler } = job.request.options;
    const size = image.width && image.height ? [`${image.width * scale} × ${image.height * scale}`] : [];
    const made = job.runs.flatMap(filesOf);
    return {
      text: heading(`${image.name} ×${scale}`, job.asker.name),
      quiet: quietLines(job, size),
      files: made.map((from) => ({
        name: `${withoutEnding(image.name)}-x${scale}`,
        alt: `${image.name}, ${scale} times larger`,
        spoiler: isHidden(spoiler, image),
        from,
      })),
      buttons: buttonsOf(job, [...pictureButtons(job, made.length), againButton(job)]),
    };
  },

  actions: pictureActions,
});

export const upscale = defineCommand(body);

/** The same on a message with a picture. */
export const upscaleMessage = defineMessageCommand({ name: "Upscale", option: "image", body });
