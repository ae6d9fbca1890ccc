import type { Result } from "./model.ts";

const strings = (output: unknown) =>
  (Array.isArray(output) ? output : [output]).filter((item) => typeof item === "string" && item !== "");

/** A file's address, or addresses, as models give them: one string or a list. */
export const readFiles = (output: unknown): Result => ({ files: strings(output) });

/** Text models give a list of pieces, or now and then one string. */
export const readText = (output: unknown): Result => ({ text: strings(output).join("") });
