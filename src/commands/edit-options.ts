import { words } from "../locales/index.ts";
import type { ModelKind } from "../services/models/model.ts";
import type { JobOf } from "./command.ts";
import {
  boolean,
  choice,
  type Complete,
  completing,
  image,
  integer,
  optional,
  text,
  type Values,
} from "./options.ts";
import { editStyleNames, strengths } from "./edit-styles.ts";
import { modelOption } from "./models.ts";

/** The kinds of models that answer `/edit`, each another part of it. */
export const editKinds = ["edit", "inpaint", "cutout"] as const satisfies readonly ModelKind[];

/** Those of one kind, each with what its kind is for. */
function modelsOfKind(kind: (typeof editKinds)[number]): Complete {
  const option = modelOption(kind);
  return (typed, where) => {
    const choices = option.type === "text" ? (option.complete?.(typed, where) ?? []) : [];
    const { answers } = words(where.locale).edit;
    return choices.map(({ name, value }) => ({ name: `${name} · ${answers[kind]}`.slice(0, 100), value }));
  };
}

const completeModel: Complete = (typed, where) =>
  editKinds.flatMap((kind) => modelsOfKind(kind)(typed, where)).slice(0, 25);

const completeBackground = completing(({ locale }) =>
  Object.entries(words(locale).edit.backgrounds).map(([value, name]) => ({ name, value })),
);

export const editOptions = {
  image: image("The picture; of an animation its first picture counts"),
  prompt: optional(text("What to change (edit models), or what to paint in the mask (inpaint models)")),
  style: optional(
    choice("Redraw it in a style (edit models); all is one picture a style", [...editStyleNames, "all"]),
  ),
  strength: optional(choice("How much of the style; medium if left out", strengths)),
  mask: optional(image("A picture of the same shape; what is white in it is painted anew (inpaint models)")),
  transparent: optional(boolean("Paint the picture's transparent area anew (inpaint models)")),
  background: optional(
    text("remove or blur (cutout models), or words for what to put there (edit models)", {
      max: 500,
      complete: completeBackground,
    }),
  ),
  model: optional(
    text("Which model; it has to be one for what is asked", { max: 100, complete: completeModel }),
  ),
  seed: optional(
    integer("The same seed gives the same picture, where the model takes one", { min: 0, max: 2 ** 31 - 1 }),
  ),
  spoiler: optional(boolean("Hide the pictures until somebody clicks on them")),
  private: optional(boolean("Only you see the answer")),
};

export type EditOptions = Values<typeof editOptions>;
export type EditJob = JobOf<EditOptions>;
