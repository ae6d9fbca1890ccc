import { words } from "../locales/index.ts";
import { whisperLanguages } from "../services/models/whisper-languages.ts";
import { Problem } from "../services/problem.ts";
import { distance } from "../services/spelling.ts";
import type { Complete } from "./options.ts";

/** The languages that Whisper's models know, by their codes. */
const codes: readonly string[] = Object.keys(whisperLanguages);

/** Whisper calls some languages by codes of its own. */
const ownCodes: Readonly<Record<string, string>> = {
  jv: "jw",
  nb: "no",
  cmn: "zh",
  fil: "tl",
  iw: "he",
  ji: "yi",
  in: "id",
};

/** Other names, most of which Whisper takes as well (its list `TO_LANGUAGE_CODE`). */
const otherNames: Readonly<Record<string, string>> = {
  burmese: "my",
  castilian: "es",
  farsi: "fa",
  filipino: "tl",
  flemish: "nl",
  haitian: "ht",
  letzeburgesch: "lb",
  mandarin: "zh",
  moldavian: "ro",
  moldovan: "ro",
  panjabi: "pa",
  pushto: "ps",
  sinhalese: "si",
  valencian: "ca",
};

/** What the rest of the world calls it. */
const usual = (code: string) => (code === "jw" ? "jv" : code);

const named = (code: string, locale: string) => words(locale).languageName(usual(code), locale);

/** Without accents, marks and capitals: `Français` is `francais`. */
const folded = (text: string) =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** A language with all names by which a reader may call it: their own first, then its own, then the English ones. */
interface Named {
  code: string;
  name: string;
  names: readonly string[];
}

const known = new Map<string, readonly Named[]>();

function namesOf(code: string, locale: string): string[] {
  const others = Object.entries(otherNames).flatMap(([name, of]) => (of === code ? [name] : []));
  const own = named(code, usual(code));
  const english = [named(code, "en"), whisperLanguages[code as keyof typeof whisperLanguages] ?? ""];
  return [...new Set([named(code, locale), own, ...english, ...others].map(folded))].filter(Boolean);
}

/** By locale, made once: Discord has about thirty. */
function namedLanguages(locale: string): readonly Named[] {
  const made =
    known.get(locale) ??
    codes.map((code) => ({ code, name: named(code, locale), names: namesOf(code, locale) }));
  known.set(locale, made);
  return made;
}

/** Languages in the reader's words, the reader's own first. */
export const languages = (locale: string) =>
  namedLanguages(locale)
    .map(({ code, name }) => ({ name, value: code }))
    .toSorted(
      (a, b) =>
        Number(locale.startsWith(b.value)) - Number(locale.startsWith(a.value)) ||
        a.name.localeCompare(b.name),
    );

/** How far a name may be from what was typed: two letters of five. */
const MISTYPED = 0.4;

/** Those that were probably meant, the nearest first. */
function nearest(typed: string, locale: string): Named[] {
  const wanted = folded(typed);
  const awayFrom = ({ names }: Named) => Math.min(...names.map((name) => distance(wanted, name)));
  return namedLanguages(locale)
    .map((language) => ({ language, away: awayFrom(language) }))
    .filter(({ away }) => away <= Math.floor(wanted.length * MISTYPED))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ language }) => language);
}

/** How well a language fits what was typed so far; undefined where it does not. */
function rank({ code, names }: Named, wanted: string): number | undefined {
  if (code === wanted || names[0] === wanted) return 0;
  const found = [
    names[0]?.startsWith(wanted),
    names.some((name) => name.startsWith(wanted)) || code.startsWith(wanted),
    names.some((name) => name.includes(wanted)),
  ].indexOf(true);
  return found < 0 ? undefined : found + 1;
}

/** Offers languages by any of their names, with accents or without, and those that are spelt like it. */
export const completeLanguage: Complete = (typed, { locale }) => {
  const wanted = folded(typed);
  const all = languages(locale);
  if (wanted === "") return all.slice(0, 25);
  const byCode = new Map(namedLanguages(locale).map((language) => [language.code, language]));
  const found = all.flatMap((choice) => {
    const language = byCode.get(choice.value);
    const place = language && rank(language, wanted);
    return place === undefined ? [] : [{ choice, place }];
  });
  if (found.length > 0)
    return found
      .toSorted((a, b) => a.place - b.place)
      .slice(0, 25)
      .map(({ choice }) => choice);
  return nearest(typed, locale).map(({ code, name }) => ({ name, value: code }));
};

/** The code in what looks like one: `pt-BR`, `deu`, `zh_TW`. */
function codeIn(typed: string): string | undefined {
  const tag = typed.trim().replaceAll("_", "-");
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) return undefined;
  try {
    const { language } = new Intl.Locale(tag);
    return ownCodes[language] ?? language;
  } catch {
    return undefined;
  }
}

/** Every language that has a name: the world has more than the models know. */
const isLanguage = (code: string) =>
  new Intl.DisplayNames(["en"], { type: "language", fallback: "none" }).of(code) !== undefined;

const everyCode = () => {
  const alphabet = "abcdefghijklmnopqrstuvwxyz".split("");
  return alphabet.flatMap((first) => alphabet.map((second) => first + second)).filter(isLanguage);
};

/** The code of a language that the models may not know. */
function foreignCode(typed: string, locale: string): string | undefined {
  const wanted = folded(typed);
  return everyCode().find((code) => [locale, "en", code].some((of) => folded(named(code, of)) === wanted));
}

/**
 * The code of a language that somebody named by its code or by one of its names. It may be none that a model knows.
 * @throws {Problem} language-unknown
 */
export function languageCode(typed: string, locale: string): string {
  const wanted = folded(typed);
  const byName = namedLanguages(locale).find(({ code, names }) => code === wanted || names.includes(wanted));
  if (byName) return byName.code;
  const code = codeIn(typed);
  if (code !== undefined && isLanguage(usual(code))) return code;
  const foreign = foreignCode(typed, locale);
  if (foreign !== undefined) return ownCodes[foreign] ?? foreign;
  const suggestions = nearest(typed, locale).map(({ name }) => name);
  throw new Problem({ kind: "language-unknown", typed, suggestions });
}

/** What a model calls a language (`en`, `english`), in the reader's words. */
export const languageName = (called: string, locale: string): string => {
  const wanted = folded(called);
  const found = namedLanguages("en").find(({ code, names }) => code === wanted || names.includes(wanted));
  return named(found?.code ?? called, locale);
};
