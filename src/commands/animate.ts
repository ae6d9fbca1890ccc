import { words } from "../locales/index.ts";
import { findModel, firstOf, keysOf, modelsOf, requireExtra } from "../services/models/index.ts";
import { makesLength, requireLength } from "../services/models/lengths.ts";
import { type Extra, type Model, motions } from "../services/models/model.ts";
import { filmSeconds } from "../services/prices.ts";
import { Problem } from "../services/problem.ts";
import { againButton, buttonsOf, filesOf, heading, isHidden, isPrivate, quietLines } from "./answer.ts";
import { type Button, defineCommand, type JobOf, type Request } from "./command.ts";
import { boolean, choice, image, integer, optional, text, type Values } from "./options.ts";
import { fileStem } from "./file-stem.ts";
import { MAX_PROMPT } from "./imagine.ts";
import { allowedIn, modelOption } from "./models.ts";
import type { Action } from "./press.ts";

const MAX_SEED = 2 ** 31 - 1;

const options = {
  prompt: optional(text("What happens; words, a picture, or both have to be given", { max: MAX_PROMPT })),
  image: optional(image("A picture to begin with")),
  model: optional(modelOption("video")),
  motion: optional(choice("How much moves; not every model takes it", motions)),
  length: optional(integer("How many seconds; each model has its own lengths", { min: 1, max: 15 })),
  seed: optional(integer("The same seed and words give the same film", { min: 0, max: MAX_SEED })),
  spoiler: optional(boolean("Hide the film until somebody clicks on it")),
  private: optional(boolean("Only you see the answer")),
};
type AnimateRequest = Request<Values<typeof options>>;
type AnimateOptions = AnimateRequest["options"];
type AnimateJob = JobOf<Values<typeof options>>;

/** For models that can't do without words, beside a picture that came without any. */
const NEUTRAL = "gentle natural motion";

/** The options that not every model takes, by the names of a model's extras. */
const extras = ["prompt", "image", "motion", "length", "seed"] as const;

const given = (options: AnimateOptions) => extras.filter((extra) => options[extra] !== undefined);

/** Words can be made up for it, a picture can't. */
const lacksImage = ({ needs = [] }: Model<"video">, { image }: AnimateOptions) =>
  needs.includes("image") && !image;

const takesEach = (model: Model<"video">, options: AnimateOptions, wanted: readonly Extra[]) =>
  !lacksImage(model, options) && wanted.every((extra) => model.takes.includes(extra));

const takesAll = (model: Model<"video">, options: AnimateOptions) =>
  takesEach(model, options, given(options));

const takesSubject = (model: Model<"video">, options: AnimateOptions) =>
  takesEach(
    model,
    options,
    given(options).filter((extra) => extra === "prompt" || extra === "image"),
  );

const suits = (model: Model<"video">, options: AnimateOptions) =>
  takesAll(model, options) && (options.length === undefined || makesLength(model, options.length));

/** The first that can do all that was given; where there is none, one that can do most of it, and then says what it can't. */
function defaultModel(request: AnimateRequest): Model<"video"> {
  const { options } = request;
  const firsts = [suits, takesAll, takesSubject].map((can) => ({
    can,
    first: firstOf("video", allowedIn(request), (model) => can(model, options)),
  }));
  const able = firsts.find(({ can, first }) => can(first, options));
  return able?.first ?? firstOf("video", allowedIn(request));
}

/** @throws {Problem} where this model can't do what was given, before anything runs. */
function check(model: Model<"video">, options: AnimateOptions): void {
  for (const extra of given(options)) requireExtra(model, extra);
  if (lacksImage(model, options)) {
    const others = modelsOf("video").filter((other) => suits(other, options));
    throw new Problem({ kind: "option-needed", option: "image", model: model.title, models: keysOf(others) });
  }
  if (options.length !== undefined) requireLength(model, options.length);
}

/** What the model is asked for, in its own names. */
function inputOf(model: Model<"video">, { options, chance }: AnimateRequest): Record<string, unknown> {
  const { image, motion, length, seed = chance } = options;
  const prompt = options.prompt ?? (model.needs?.includes("prompt") ? NEUTRAL : undefined);
  const wanted = model.from({
    seed,
    ...(prompt ? { prompt } : {}),
    ...(image ? { image } : {}),
    ...(motion ? { motion } : {}),
    ...(length === undefined ? {} : { seconds: length }),
  });
  return model.input.parse(wanted);
}

/** What it is about: the words, or else the picture's name. */
const subject = ({ prompt, image }: AnimateOptions) => prompt ?? image?.name ?? "";

/** The film's length and its seed, as far as they were sent. */
function facts({ runs, request }: AnimateJob): string[] {
  const say = words(request.locale);
  const { input = {} } = runs[0] ?? {};
  const { seed } = input;
  const seconds = filmSeconds(input);
  return [
    ...(seconds === undefined ? [] : [say.filmLength(seconds)]),
    ...(typeof seed === "number" ? [say.seed(seed)] : []),
  ];
}

/** Another seed. Without a seed of one's own, that is what Again does. */
const vary: Action<Values<typeof options>> = {
  kind: "run",
  request: ({ job }) => ({ options: { ...job.request.options, seed: undefined, private: isPrivate(job) } }),
};

function ownButtons(job: AnimateJob): Button<"again" | "vary">[] {
  const { options, locale } = job.request;
  const again = againButton(job);
  return options.seed === undefined ? [again] : [again, { label: words(locale).vary, action: "vary" }];
}

export const animate = defineCommand({
  name: "animate",
  description: "Make a short film from words, from a picture, or from both",
  options,
  examples: [{ prompt: "clouds drift over a lake" }],

  runs(request) {
    const { options } = request;
    if (!options.prompt && !options.image)
      throw new Problem({ kind: "nothing-asked", options: ["prompt", "image"] });
    const model = options.model ? findModel("video", options.model) : defaultModel(request);
    check(model, options);
    return [{ key: "film", model: model.key, input: inputOf(model, request) }];
  },

  view(job) {
    const { options, locale } = job.request;
    return {
      text: heading(subject(options), job.asker.name),
      quiet: quietLines(job, facts(job)),
      files: job.runs.flatMap(filesOf).map((from) => ({
        name: fileStem(options.prompt ?? "film"),
        alt: options.prompt ?? words(locale).animated(subject(options)),
        spoiler: isHidden(options.spoiler, options.image),
        from,
      })),
      buttons: buttonsOf(job, ownButtons(job)),
    };
  },

  actions: { vary },
});
