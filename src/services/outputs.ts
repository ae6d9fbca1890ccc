import type { ModelKind } from "./models/model.ts";

/** What a file that a model made is to those who get it. */
export type MadeKind = "picture" | "video" | "sound";

const madeBy: { readonly [Kind in ModelKind]?: MadeKind } = {
  image: "picture",
  edit: "picture",
  inpaint: "picture",
  upscale: "picture",
  cutout: "picture",
  video: "video",
  speech: "sound",
};

const types: { readonly [Kind in MadeKind]: RegExp } = {
  picture: /^image\//,
  // An animation without sound is a GIF with some models.
  video: /^(video\/|image\/gif$)/,
  sound: /^audio\//,
};

/** What kind of file this kind of model makes; undefined where it makes none, or any. */
export const madeKind = (kind: ModelKind | "other"): MadeKind | undefined =>
  kind === "other" ? undefined : madeBy[kind];

/** Whether a content type is that of such a file. */
export const isMade = (kind: MadeKind, contentType: string): boolean => types[kind].test(contentType);
