import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { harmless, hasManyLinks } from "../../src/discord/harmless.ts";

describe("masked links", () => {
  it("are shown as what they are", () => {
    expect(harmless("See [your bank](https://evil.example).")).toBe(
      "See [your bank]\\(https://evil.example).",
    );
  });

  it.each([
    "```hi```\n[bank](https://evil.example)",
    "```x``` [bank](https://evil.example)",
    "> ```\n> code\n[bank](https://evil.example)",
    "````````````\n[bank](https://evil.example)",
    "- ```\n code\n ```\n[bank](https://evil.example)",
    "\\`[bank](https://evil.example)\\`",
    "a ` b\nc `[bank](https://evil.example)` d `",
    "[bank]( <HTTPS://evil.example>)",
    "[bank](discord://-/channels/1)",
  ])("are found behind whatever looks like code: %j", (text) => {
    expect(harmless(text)).toContain("]\\(");
  });

  it("are not seen in code that has none", () => {
    const code = "`list[0](x)` and\n```js\nhandlers[name](event);\n```";
    expect(harmless(code)).toBe(code);
  });
});

describe("what nobody sees", () => {
  it.each([
    ["a right-to-left override", "safe\u202Egpj.exe", "safegpj.exe"],
    ["isolates and marks", "\u2066a\u2069\u200F\u200Eb", "ab"],
    ["zero-width spaces and joiners of words", "pass\u200Bword\u2060", "password"],
    ["text in tags", "hi\u{E0069}\u{E0067}\u{E006E}", "hi"],
    ["hidden bytes in variation selectors", "a\u{E0101}\u{E0145}", "a"],
    ["line separators and blanks", "a\u2028b\u2800c\u{1D173}d", "abcd"],
    ["a flood of variation selectors", `a${"\uFE0F".repeat(50)}\uFE01b`, "a\uFE0Fb"],
    ["a flood of joiners", `a${"\u200D".repeat(50)}b`, "a\u200Db"],
  ])("%s is taken out", (_, tricky, shown) => {
    expect(harmless(tricky)).toBe(shown);
    expect(harmless(`\`\`\`\n${tricky}\n\`\`\``)).toBe(`\`\`\`\n${shown}\n\`\`\``);
  });

  it.each(["👩‍❤️‍👩", "❤️‍🔥", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "می‌خواهم", "é"])("what joins %s stays", (text) => {
    expect(harmless(text)).toBe(text);
  });
});

it("what has no tricks in it stays as it is, and what was made harmless stays so", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const once = harmless(text);
      expect(once).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/);
      expect(harmless(once).length).toBeLessThanOrEqual(once.length + once.split("](").length);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."ab *_`~|>#-\n[".split("")), maxLength: 200 }),
      (text) => {
        expect(harmless(text)).toBe(text);
      },
    ),
  );
});

it("three links are many", () => {
  expect(hasManyLinks("https://a.example http://b.example")).toBe(false);
  expect(hasManyLinks("https://a.example http://b.example https://c.example")).toBe(true);
});
