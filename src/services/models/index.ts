import { Problem } from "../problem.ts";
import { imageModels } from "./image.ts";
import type { Extra, Model, ModelKind } from "./model.ts";
import { textModels } from "./text.ts";
import { transcriptionModels } from "./transcription.ts";
import { upscaleModels } from "./upscale.ts";

/** Every model that Replicord knows, by kind; the first of a kind is listed first. */
export const catalogue = {
  image: imageModels,
  upscale: upscaleModels,
  transcription: transcriptionModels,
  text: textModels,
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

/**
 * The model of this kind that a person named, by key or by reference.
 * @throws {Problem} unknown-model; wrong-model where it exists, but does something else.
 */
export function findModel<Kind extends ModelKind>(kind: Kind, name: string): Model<Kind> {
  const found = modelsOf(kind).find(named(name));
  if (found) return found;
  const keys = modelsOf(kind).map(({ key }) => key);
  if (all.some(named(name))) throw new Problem({ kind: "wrong-model", name, models: keys });
  throw new Problem({ kind: "unknown-model", name, suggestions: keys });
}

/** @throws {Problem} option-not-taken, naming the models that take it. */
export function requireExtra<Kind extends ModelKind>(model: Model<Kind>, extra: Extra): void {
  if (model.takes.includes(extra)) return;
  const models = modelsOf(model.kind)
    .filter((other) => other.takes.includes(extra))
    .map(({ key }) => key);
  throw new Problem({ kind: "option-not-taken", option: extra, model: model.title, models });
}
