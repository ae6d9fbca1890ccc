const MAX_LETTERS = 40;

/** Words as a part of a file's name, in which they are found again: letters and digits of any script, and hyphens. */
export const slug = (words: string): string =>
  words
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");

/** A file's name without its ending, from whatever somebody wrote. */
export const fileStem = (text: string): string =>
  Array.from(slug(text)).slice(0, MAX_LETTERS).join("") || "picture";
