import { Problem } from "../services/problem.ts";

/** A letter of another script than Latin. A lone one is no matter: an English voice has a name for π. */
const FOREIGN = String.raw`(?![\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])\p{L}`;
const foreignLetter = new RegExp(FOREIGN, "gu");
/** Two of them in a row, whatever marks they carry, are a word. */
const foreignWord = new RegExp(String.raw`(?:${FOREIGN}\p{M}*){2}`, "u");
/** Something that has a sound. */
const sounding = /[\p{L}\p{N}]/u;

/**
 * Voices that speak English read no other script: they would leave it out, or spell it.
 * @throws {Problem} no-words, letters-not-read
 */
export function checkSpeakable(text: string, model: string): void {
  if (!sounding.test(text)) throw new Problem({ kind: "no-words" });
  const letters = [...new Set(text.match(foreignLetter) ?? [])];
  const isForeign = foreignWord.test(text) || (letters.length > 0 && !/[\p{Script=Latin}\p{N}]/u.test(text));
  if (isForeign) throw new Problem({ kind: "letters-not-read", model, letters });
}
