import { describe, expect, it } from "vitest";
import { completeLanguage, languageCode, languageName, languages } from "../../src/commands/languages.ts";

const refused = (facts: object) =>
  expect.objectContaining({ reason: expect.objectContaining({ kind: "language-unknown", ...facts }) });
const where = (locale: string) => ({
  locale,
  prices: new Map(),
  allows: () => true,
  usualSeconds: () => undefined,
});
const offered = (typed: string, locale = "en-US") =>
  completeLanguage(typed, where(locale)).map(({ value }) => value);

describe("a language's name", () => {
  it("is in the reader's words, whatever the model calls it", () => {
    expect([
      languageName("en", "en-US"),
      languageName("english", "en-US"),
      languageName("german", "de"),
      languageName("jw", "en-US"),
    ]).toEqual(["English", "English", "Deutsch", "Javanese"]);
    expect(languageName("a language of the moon", "en-US")).toBe("a language of the moon");
  });

  it("is found again by what autocomplete offers", () => {
    for (const locale of ["en-US", "de", "ja", "ar"])
      for (const { name, value } of languages(locale)) {
        expect(languageCode(value, locale)).toBe(value);
        expect(
          languages(locale)
            .filter((other) => other.name === name)
            .map((other) => other.value),
        ).toContain(languageCode(name, locale));
      }
    expect(languages("ja")[0]?.value).toBe("ja");
  });
});

describe("a language that somebody types", () => {
  it.each([
    ["de", "de"],
    ["DE", "de"],
    [" german ", "de"],
    ["Deutsch", "de"],
    ["deu", "de"],
    ["de-AT", "de"],
    ["français", "fr"],
    ["Francais", "fr"],
    ["日本語", "ja"],
    ["Mandarin", "zh"],
    ["zh-TW", "zh"],
    ["Burmese", "my"],
    ["Myanmar", "my"],
    ["Haitian Creole", "ht"],
    ["Norwegian Bokmål", "no"],
    ["nb", "no"],
    ["jv", "jw"],
    ["Farsi", "fa"],
  ])("%s is %s for an English reader", (typed, code) => {
    expect(languageCode(typed, "en-US")).toBe(code);
  });

  it("may be one that no model knows", () => {
    expect(languageCode("Irish", "en-US")).toBe("ga");
    expect(languageCode("Gaeilge", "en-US")).toBe("ga");
    expect(languageCode("irlandais", "fr")).toBe("ga");
    expect(languageCode("zu", "en-US")).toBe("zu");
  });

  it("is suggested where it is mistyped, in the reader's words", () => {
    expect(() => languageCode("Germn", "en-US")).toThrow(
      refused({ typed: "Germn", suggestions: expect.arrayContaining(["German"]) }),
    );
    expect(() => languageCode("Deutsh", "fr")).toThrow(
      refused({ typed: "Deutsh", suggestions: expect.arrayContaining(["allemand"]) }),
    );
    expect(() => languageCode("Klingon", "en-US")).toThrow(refused({ typed: "Klingon" }));
  });
});

describe("what is offered while somebody types", () => {
  it("is the reader's own language first, and 25 at the most", () => {
    expect(offered("", "de")[0]).toBe("de");
    expect(offered("")).toHaveLength(25);
  });

  it("is found by its own name, by its English one, and without accents", () => {
    expect(offered("deut")).toEqual(["de"]);
    expect(offered("german", "fr")).toContain("de");
    expect(offered("espan")).toContain("es");
    expect(offered("españ")).toContain("es");
    expect(offered("中")).toContain("zh");
    expect(offered("de")[0]).toBe("de");
  });

  it("is what is spelt like it where nothing fits", () => {
    expect(offered("germn")).toContain("de");
    expect(offered("qqqqqq")).toEqual([]);
  });
});
