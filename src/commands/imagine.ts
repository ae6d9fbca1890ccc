import { words } from "../locales/index.ts";
import { findModel, requireExtra } from "../services/models/index.ts";
import { shapes } from "../services/models/model.ts";
import { heading, quietLines, runningButtons } from "./answer.ts";
import { boolean, choice, defineCommand, integer, optional, text } from "./command.ts";
import { modelOption } from "./models.ts";

/** Seeds are 31 bits, which every model takes; the one after the last is 0. */
const SEEDS = 2 ** 31;

const options = {
  prompt: text("What to draw"),
  model: optional(modelOption("image")),
  shape: optional(
    choice("The picture's shape", shapes, {
      square: "square 1:1",
      landscape: "landscape 4:3",
      portrait: "portrait 3:4",
      wide: "wide 16:9",
      tall: "tall 9:16",
    }),
  ),
  count: optional(integer("How many pictures", { min: 1, max: 4 })),
  seed: optional(integer("The same seed and prompt give the same picture", { min: 0, max: SEEDS - 1 })),
  negative: optional(text("What should not be in the picture")),
  private: optional(boolean("Only you see the answer")),
};

/** The picture's name: the first words of its prompt. */
const fileName = (prompt: string) =>
  prompt
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40) || "picture";

export const imagine = defineCommand({
  name: "imagine",
  description: "Draw pictures from words",
  options,

  runs({ options, chance, models }) {
    const model = findModel("image", options.model ?? models.imagine);
    for (const extra of ["shape", "seed", "negative"] as const)
      if (options[extra] !== undefined) requireExtra(model, extra);
    const { prompt, shape = "square", count = 1, seed = chance, negative } = options;
    const perRun = Math.min(count, model.picturesPerRun);
    return Array.from({ length: Math.ceil(count / perRun) }, (_, index) => ({
      key: `image-${index + 1}`,
      model: model.key,
      input: model.input.parse(
        model.from({
          prompt,
          shape,
          count: perRun,
          seed: (seed + index) % SEEDS,
          ...(negative ? { negative } : {}),
        }),
      ),
    }));
  },

  view(job) {
    const { options, locale } = job.request;
    const urls = job.runs.flatMap(({ result }) => result?.files ?? []);
    const seed = job.runs[0]?.input["seed"];
    return {
      text: heading(options.prompt, job.asker.name),
      quiet: quietLines(job, typeof seed === "number" ? [words(locale).seed(seed)] : []),
      files: urls.map((url, index) => ({
        name: urls.length > 1 ? `${fileName(options.prompt)}-${index + 1}` : fileName(options.prompt),
        alt: options.prompt,
        from: { url },
      })),
      buttons: runningButtons(job),
    };
  },
});
