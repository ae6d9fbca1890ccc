/** Something typed that can't be done, as one sentence for who typed it. */
export class BadInput extends Error {}

/** `prompt, model and system` */
export const listed = (items: readonly string[]) =>
  new Intl.ListFormat("en", { type: "conjunction" }).format(items);
