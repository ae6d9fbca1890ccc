import { quoted } from "../locales/format.ts";
import { words } from "../locales/index.ts";
import { findModel, requireExtra } from "../services/models/index.ts";
import { type Model, shapes } from "../services/models/model.ts";
import { Problem } from "../services/problem.ts";
import { againButton, buttonsOf, heading, isHidden, isPrivate, quietLines } from "./answer.ts";
import { type Button, defineCommand, type JobOf, type Request } from "./command.ts";
import { boolean, choice, image, integer, optional, text, type Values } from "./options.ts";
import { fileStem, slug } from "./file-stem.ts";
import { numberedPictures, type Picture, picturesByStyle, styleKey } from "./gallery.ts";
import { allowedIn, modelOption } from "./models.ts";
import { pictureActions, pictureButtons } from "./picture-actions.ts";
import { type PictureStyleName, pictureStyleNames, pictureStyles, pictureWords } from "./picture-styles.ts";
import type { Action } from "./press.ts";

/** One picture in each style. */
const ALL = "all";
const styleChoices: readonly (PictureStyleName | typeof ALL)[] = [...pictureStyleNames, ALL];

/** Seeds are 31 bits, which every model takes; the one after the last is 0. */
const SEEDS = 2 ** 31;

/** Discord's own limit for an option's text is 6,000, and for a form's 4,000. */
export const MAX_PROMPT = 2_000;

const options = {
  prompt: text("What to draw", { max: MAX_PROMPT }),
  model: optional(modelOption("image")),
  quality: optional(
    choice("How good, instead of a model's name", ["fast", "balanced", "best"], {
      fast: "fast: a second or two, the cheapest",
      balanced: "balanced",
      best: "best: the dearest",
    }),
  ),
  style: optional(choice("How it should look, ready-made; all: one picture in each style", styleChoices)),
  enhance: optional(boolean("Add structure to your words; the answer shows what was sent")),
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

type ImagineRequest = Pick<Request<Values<typeof options>>, "options" | "models" | "allowed">;
type ImagineJob = JobOf<Values<typeof options>>;
type ImagineAction = Action<Values<typeof options>>;

/** For those who don't care for names: the first of these that may be used. */
const qualities = {
  fast: ["flux-schnell", "sdxl"],
  balanced: ["flux-2-pro", "flux-1.1-pro", "flux-dev"],
  best: ["nano-banana-2", "flux-1.1-pro"],
} as const;

/** @throws {Problem} either-or */
function modelOf(request: ImagineRequest): Model<"image"> {
  const { model, quality } = request.options;
  if (quality === undefined) return findModel("image", model ?? request.models.imagine);
  if (model !== undefined) throw new Problem({ kind: "either-or", options: ["model", "quality"] });
  const keys = qualities[quality];
  return findModel("image", keys.find(allowedIn(request)) ?? keys[0]);
}

/** The same words and another seed, beginning with the first picture where the model can do that. */
const vary: ImagineAction = {
  kind: "run",
  request({ job, attachments: [picture] }) {
    const { options } = job.request;
    const { takes } = modelOf(job.request);
    // One picture a style begins with no other's.
    const mayBegin = takes.includes("reference") && options.style !== ALL;
    const reference = mayBegin && picture ? { reference: picture } : {};
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

/** The picture with this mark among those on the message, made larger by the command for that. */
const upscale: ImagineAction = {
  kind: "run",
  request({ job, arg, attachments }) {
    // By its name: one before it may be missing.
    const named = attachments.find(({ name }) => name.includes(`-${arg}.`));
    const picture = named ?? (attachments.length === 1 ? attachments[0] : undefined);
    // Somebody took it away.
    if (!picture) throw new Problem({ kind: "gone" });
    const { spoiler } = picture;
    return { command: "upscale", options: { image: picture, spoiler, private: isPrivate(job) } };
  },
};

const picturesOf = ({ request: { options }, runs }: ImagineJob): Picture[] =>
  options.style === ALL ? picturesByStyle(runs) : numberedPictures(runs, options.count ?? 1);

/** One for each picture. */
function upscaleButtons({ request }: ImagineJob, pictures: readonly Picture[]): Button<"upscale">[] {
  const { upscale: label } = words(request.locale);
  return pictures.map(({ mark }) => ({
    label: label(pictures.length > 1 ? mark : undefined),
    action: "upscale",
    arg: slug(mark ?? "1"),
  }));
}

function ownButtons(job: ImagineJob, pictures: readonly Picture[]) {
  const say = words(job.request.locale);
  return [
    ...upscaleButtons(job, pictures),
    ...pictureButtons(job, pictures.length),
    againButton(job),
    { label: say.vary, action: "vary" } as const,
    { label: say.remix, action: "remix" } as const,
  ];
}

/** One run: how many pictures, in which style, from which chance. */
interface Shot {
  key: string;
  style: PictureStyleName | undefined;
  count: number;
  seed: number;
}

/**
 * The runs that it takes: one a style, from the same chance so that they can be compared, or as few as the model can.
 * @throws {Problem} either-or
 */
function shotsOf({ options, chance }: ImagineJob["request"], { picturesPerRun }: Model): Shot[] {
  const { style, count = 1, seed = chance } = options;
  if (style === ALL) {
    if (count > 1) throw new Problem({ kind: "either-or", options: [`style:${ALL}`, "count"] });
    return pictureStyleNames.map((name) => ({ key: styleKey(name), style: name, count: 1, seed }));
  }
  const perRun = Math.min(count, picturesPerRun);
  return Array.from({ length: Math.ceil(count / perRun) }, (_, index) => ({
    key: `image-${index + 1}`,
    style,
    count: perRun,
    seed: (seed + index) % SEEDS,
  }));
}

/** What should not be in the picture: what its asker said, and what the style has no place for. */
function negativeOf({ negative }: ImagineJob["request"]["options"], { takes }: Model, { style }: Shot) {
  const own = style !== undefined && takes.includes("negative") ? [pictureStyles[style].not] : [];
  const all = [...(negative ? [negative] : []), ...own].join(", ");
  return all ? { negative: all } : {};
}

/** What was sent, where structure was added to the words; of several styles, what they share. */
function sentWords({ options, locale }: ImagineJob["request"]): string[] {
  const { prompt, enhance, style } = options;
  if (!enhance) return [];
  const sent = pictureWords(prompt, style === ALL ? undefined : style, true).split("\n");
  const lines = style === ALL ? sent.toSpliced(1, 0, words(locale).styleOfEach) : sent;
  return lines.map((line) => `> ${quoted(line, MAX_PROMPT)}`);
}

export const imagine = defineCommand({
  name: "imagine",
  description: "Draw pictures from words",
  options,
  examples: [{ prompt: "a lighthouse at dusk", style: "watercolour" }],

  runs(request) {
    const { options } = request;
    const model = modelOf(request);
    for (const extra of ["shape", "seed", "negative", "reference"] as const)
      if (options[extra] !== undefined) requireExtra(model, extra);
    const { prompt, shape = "square", enhance, reference } = options;
    return shotsOf(request, model).map((shot) => ({
      key: shot.key,
      model: model.key,
      input: model.input.parse(
        model.from({
          prompt: pictureWords(prompt, shot.style, enhance),
          shape,
          count: shot.count,
          seed: shot.seed,
          ...negativeOf(options, model, shot),
          ...(reference ? { reference } : {}),
        }),
      ),
    }));
  },

  view(job) {
    const { options, locale } = job.request;
    const made = picturesOf(job);
    const seed = job.runs[0]?.input["seed"];
    return {
      text: [heading(options.prompt, job.asker.name), ...sentWords(job.request)].join("\n"),
      quiet: quietLines(job, typeof seed === "number" ? [words(locale).seed(seed)] : []),
      files: made.map(({ from, mark }) => ({
        name: mark === undefined ? fileStem(options.prompt) : `${fileStem(options.prompt)}-${slug(mark)}`,
        alt: options.style === ALL && mark ? `${options.prompt} (${mark})` : options.prompt,
        spoiler: isHidden(options.spoiler, options.reference),
        from,
      })),
      buttons: buttonsOf(job, ownButtons(job, made)),
    };
  },

  actions: { vary, remix, upscale, ...pictureActions },
});
