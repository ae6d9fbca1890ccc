import { Problem } from "../problem.ts";
import { captionModels } from "./caption.ts";
import { cutoutModels, editModels, inpaintModels } from "./edit.ts";
import { fluxModels } from "./flux.ts";
import { imageModels } from "./image.ts";
import { llamaModels } from "./llama.ts";
import type { Extra, Model, ModelKind } from "./model.ts";
import { speechModels } from "./speech.ts";
import { stableDiffusionModels } from "./stable-diffusion.ts";
import { textModels } from "./text.ts";
import { transcriptionModels } from "./transcription.ts";
import { upscaleModels } from "./upscale.ts";
import { videoModels } from "./video.ts";

/** Every model that Replicord knows, by kind; the first of a kind is listed first. */
export const catalogue = {
  image: [...fluxModels, ...imageModels, ...stableDiffusionModels],
  edit: editModels,
  inpaint: inpaintModels,
  upscale: upscaleModels,
  cutout: cutoutModels,
  video: videoModels,
  transcription: transcriptionModels,
  speech: speechModels,
  caption: captionModels,
  text: [...textModels, ...llamaModels],
} satisfies { [Kind in ModelKind]: readonly Model<Kind>[] };

type Catalogue = { readonly [Kind in ModelKind]: readonly Model<Kind>[] };

export const modelsOf = <Kind extends ModelKind>(kind: Kind): readonly Model<Kind>[] =>
  (catalogue as Catalogue)[kind];

const all: readonly Model[] = Object.values(catalogue).flat();

const named = (name: string) => {
  const wanted = name.trim().toLowerCase();
  return (model: { key: string; ref: string }) => model.key === wanted || model.ref === wanted;
};

/** A model by the key that a run was stored with. */
export const modelByKey = (key: string): Model | undefined => all.find((model) => model.key === key);

/** A model of any kind, by key or by reference, as a person types it. */
export const modelNamed = (name: string): Model | undefined => all.find(named(name));

const isPriced = ({ price }: Pick<Model, "price">) => price.per !== "unknown";

/** What can be suggested: a model that nobody priced would be refused next, so it is named only where no other is. */
export function keysOf(models: readonly Pick<Model, "key" | "price">[]): string[] {
  const priced = models.filter(isPriced);
  return (priced.length > 0 ? priced : models).map(({ key }) => key);
}

/**
 * The model of this kind that a person named, by key or by reference.
 * @throws {Problem} unknown-model; wrong-model where it exists, but does something else.
 */
export function findModel<Kind extends ModelKind>(kind: Kind, name: string): Model<Kind> {
  const found = modelsOf(kind).find(named(name));
  if (found) return found;
  const keys = keysOf(modelsOf(kind));
  if (all.some(named(name))) throw new Problem({ kind: "wrong-model", name, models: keys });
  throw new Problem({ kind: "unknown-model", name, suggestions: keys });
}

/** @throws {Problem} option-not-taken, naming the models that take it. */
export function requireExtra<Kind extends ModelKind>(model: Model<Kind>, extra: Extra): void {
  if (model.takes.includes(extra)) return;
  const others = modelsOf(model.kind).filter(({ takes }) => takes.includes(extra));
  throw new Problem({ kind: "option-not-taken", option: extra, model: model.title, models: keysOf(others) });
}

/**
 * `language` by its code, and by its name for the sentence.
 * @throws {Problem} language-not-taken, naming the models that know it.
 */
export function requireLanguage<Kind extends ModelKind>(
  model: Model<Kind>,
  language: { code: string; name: string },
): void {
  const knows = ({ languages }: Model<Kind>) => languages?.includes(language.code) ?? true;
  if (knows(model)) return;
  const others = keysOf(modelsOf(model.kind).filter(knows));
  throw new Problem({
    kind: "language-not-taken",
    language: language.name,
    model: model.title,
    models: others,
  });
}

/**
 * What runs where nobody chose a model: the first of its kind that has a price, may be used and suits. Where there is no
 * such model it is one whose refusal says why: the first that suits and may not be used, or else the first of all.
 */
export function firstOf<Kind extends ModelKind>(
  kind: Kind,
  allows: (key: string) => boolean,
  suits: (model: Model<Kind>) => boolean = () => true,
): Model<Kind> {
  const priced = modelsOf(kind).filter(isPriced);
  const able = priced.filter(suits);
  const first = able.find(({ key }) => allows(key)) ?? able[0] ?? priced[0] ?? modelsOf(kind)[0];
  if (!first) throw new Error(`There is no model for ${kind}`);
  return first;
}

/**
 * This model where it takes the option; otherwise the next best that does: the first of the list that has a price and
 * may be used.
 * @throws {Problem} option-not-taken where there is none, model-denied where there is none that may be used.
 */
export function orNextBest<Kind extends ModelKind>(
  model: Model<Kind>,
  extra: Extra,
  allows: (key: string) => boolean,
): Model<Kind> {
  if (model.takes.includes(extra)) return model;
  const able = modelsOf(model.kind).filter((other) => other.takes.includes(extra) && isPriced(other));
  const next = able.find(({ key }) => allows(key));
  if (next) return next;
  if (able[0]) throw new Problem({ kind: "model-denied", model: able[0].title, models: [] });
  throw new Problem({ kind: "option-not-taken", option: extra, model: model.title, models: [] });
}
