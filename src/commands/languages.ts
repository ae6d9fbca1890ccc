import { words } from "../locales/index.ts";
import { Problem } from "../services/problem.ts";

/** The languages that Whisper's models know, by their ISO codes. */
const codes =
  "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh".split(
    " ",
  );

/** Whisper calls Javanese by an old code. */
const named = (code: string, locale: string) =>
  words(locale).languageName(code === "jw" ? "jv" : code, locale);

/** Languages in the reader's words, the reader's own first. */
export const languages = (locale: string) =>
  codes
    .map((code) => ({ name: named(code, locale), value: code }))
    .toSorted(
      (a, b) =>
        Number(locale.startsWith(b.value)) - Number(locale.startsWith(a.value)) ||
        a.name.localeCompare(b.name),
    );

/**
 * The code of a language that somebody named by its code or its name.
 * @throws {Problem} bad-option
 */
export function languageCode(typed: string, locale: string): string {
  const wanted = typed.trim().toLowerCase();
  const found = languages(locale).find(
    ({ name, value }) => value === wanted || name.toLowerCase() === wanted,
  );
  const english = languages("en").find(({ name }) => name.toLowerCase() === wanted);
  const code = found?.value ?? english?.value;
  if (code) return code;
  throw new Problem({
    kind: "bad-option",
    option: "language",
    rule: { kind: "choice", choices: ["en", "de", "ja", "…"] },
  });
}

/** What a model calls a language (`en`, `english`), in the reader's words. */
export const languageName = (named: string, locale: string) => {
  const english = languages("en").find(({ name }) => name.toLowerCase() === named.toLowerCase());
  return words(locale).languageName(english?.value ?? named, locale);
};
