const MAX_LETTERS = 40;

/** A file's name without its ending, from whatever somebody wrote: letters and digits of any script, and hyphens. */
export const fileStem = (text: string): string =>
  Array.from(
    text
      .normalize("NFC")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-+|-+$/g, ""),
  )
    .slice(0, MAX_LETTERS)
    .join("") || "picture";
