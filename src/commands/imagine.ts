import { words } from "../locales/index.ts";
import { findModel, requireExtra } from "../services/models/index.ts";
import { shapes } from "../services/models/model.ts";
import { Problem } from "../services/problem.ts";
import { againButton, buttonsOf, filesOf, heading, isPrivate, quietLines } from "./answer.ts";
import {
  boolean,
  type Button,
  choice,
  defineCommand,
  image,
  integer,
  type JobOf,
  optional,
  text,
  type Values,
} from "./command.ts";
import { modelOption } from "./models.ts";
import type { Action } from "./press.ts";

/** Seeds are 31 bits, which every model takes; the one after the last is 0. */
const SEEDS = 2 ** 31;

/** Discord's own limit for an option's text is 6,000, and for a form's 4,000. */
export const MAX_PROMPT = 2_000;

const options = {
  prompt: text("What to draw", { max: MAX_PROMPT }),
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
  reference: optional(image("A picture to begin with; not every model takes one")),
  spoiler: optional(boolean("Hide the pictures until somebody clicks on them")),
  private: optional(boolean("Only you see the answer")),
};

type ImagineJob = JobOf<Values<typeof options>>;
type ImagineAction = Action<Values<typeof options>>;

const modelOf = ({ options, models }: Pick<ImagineJob["request"], "options" | "models">) =>
  findModel("image", options.model ?? models.imagine);

/** The picture's name: the first words of its prompt. */
export const fileName = (prompt: string) =>
  prompt
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40) || "picture";

/** The same words and another seed, beginning with the first picture where the model can do that. */
const vary: ImagineAction = {
  kind: "run",
  request({ job, attachments: [picture] }) {
    const { options } = job.request;
    const { takes } = modelOf(job.request);
    const reference = takes.includes("reference") && picture ? { reference: picture } : {};
    return { options: { ...options, ...reference, seed: undefined, private: isPrivate(job) } };
  },
};

/** Other words, and all else as it was. */
const remix: ImagineAction = {
  kind: "form",
  form({ job, locale }) {
    const { title, prompt } = words(locale).remixForm;
    const value = job.request.options.prompt;
    return {
      title,
      fields: { prompt: { label: prompt, long: true, max: MAX_PROMPT, required: true, value } },
    };
  },
  request: ({ job }, { prompt = "" }) => ({
    options: { ...job.request.options, prompt, private: isPrivate(job) },
  }),
};

/** The picture with this number among those on the message, made larger by the command for that. */
const upscale: ImagineAction = {
  kind: "run",
  request({ job, arg, attachments }) {
    // By its name: one before it may be missing.
    const named = attachments.find(({ name }) => name.includes(`-${arg}.`));
    const picture = named ?? (attachments.length === 1 ? attachments[0] : undefined);
    // Somebody took it away.
    if (!picture) throw new Problem({ kind: "gone" });
    return { command: "upscale", options: { image: picture, private: isPrivate(job) } };
  },
};

/**
 * The pictures there are, each with its number among those asked for: it keeps that while others are still to come, since
 * it is posted by that name, and upscaled by it.
 */
function picturesMade(job: ImagineJob) {
  const { count = 1 } = job.request.options;
  const files = job.runs.map(filesOf);
  // A model may make more than it was asked for.
  const perRun = Math.max(Math.ceil(count / job.runs.length), ...files.map(({ length }) => length));
  const isNumbered = count > 1 || perRun > 1;
  return files.flatMap((made, index) =>
    made.map((from, at) => ({ from, number: isNumbered ? index * perRun + at + 1 : undefined })),
  );
}

type Picture = ReturnType<typeof picturesMade>[number];

/** One for each picture. */
function upscaleButtons({ request }: ImagineJob, pictures: readonly Picture[]): Button<"upscale">[] {
  const { upscale: label } = words(request.locale);
  return pictures.map(({ number }) => ({
    label: label(pictures.length > 1 ? number : undefined),
    action: "upscale",
    arg: String(number ?? 1),
  }));
}

function ownButtons(job: ImagineJob, pictures: readonly Picture[]) {
  const say = words(job.request.locale);
  return [
    ...upscaleButtons(job, pictures),
    againButton(job),
    { label: say.vary, action: "vary" } as const,
    { label: say.remix, action: "remix" } as const,
  ];
}

export const imagine = defineCommand({
  name: "imagine",
  description: "Draw pictures from words",
  options,

  runs({ options, chance, models }) {
    const model = modelOf({ options, models });
    for (const extra of ["shape", "seed", "negative", "reference"] as const)
      if (options[extra] !== undefined) requireExtra(model, extra);
    const { prompt, shape = "square", count = 1, seed = chance, negative, reference } = options;
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
          ...(reference ? { reference } : {}),
        }),
      ),
    }));
  },

  view(job) {
    const { options, locale } = job.request;
    const made = picturesMade(job);
    const seed = job.runs[0]?.input["seed"];
    return {
      text: heading(options.prompt, job.asker.name),
      quiet: quietLines(job, typeof seed === "number" ? [words(locale).seed(seed)] : []),
      files: made.map(({ from, number }) => ({
        name: number === undefined ? fileName(options.prompt) : `${fileName(options.prompt)}-${number}`,
        alt: options.prompt,
        spoiler: options.spoiler,
        from,
      })),
      buttons: buttonsOf(job, ownButtons(job, made)),
    };
  },

  actions: { vary, remix, upscale },
});
