import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MESSAGE_LIMIT, split } from "../../src/discord/split.ts";

const fenceLine = /^\s*(?:```|~~~)[\w+-]*\s*$/;

/** Everything but white space and the lines that open or close a code block. */
const words = (text: string) =>
  text
    .split("\n")
    .filter((line) => !fenceLine.test(line))
    .join("\n")
    .replaceAll(/\s/g, "");

const fences = (text: string) => text.split("\n").filter((line) => fenceLine.test(line)).length;

describe("a text", () => {
  it("that fits stays as it is", () => {
    expect(split("Hello,\nyou.")).toEqual(["Hello,\nyou."]);
    expect(split("x".repeat(2_000))).toEqual(["x".repeat(2_000)]);
    expect(split("")).toEqual([""]);
  });

  it("is cut between paragraphs, else between lines, else between words", () => {
    const text = (separator: string) => `${"a".repeat(30)}${separator}${"b".repeat(30)}`;
    for (const separator of ["\n\n", "\n", " "])
      expect(split(text(separator), 60)).toEqual(["a".repeat(30), "b".repeat(30)]);
  });

  it("of one long line loses nothing", () => {
    const line = "0123456789".repeat(1_000);
    const parts = split(line);
    expect(parts.join("")).toBe(line);
    expect(parts.length).toBeLessThanOrEqual(6);
  });

  it("is never cut through a letter that several characters make", () => {
    for (const letter of ["👩‍👩‍👧‍👦", "é", "🇫🇷", "が"]) {
      const parts = split(letter.repeat(2_000));
      for (const part of parts) expect(part.length % letter.length).toBe(0);
      expect(parts.join("")).toBe(letter.repeat(2_000));
    }
  });

  it("keeps whole characters even where one letter is longer than a message", () => {
    const family = `👩${"\u200D👩".repeat(1_500)}`;
    const parts = split(`.${family}`);
    expect(parts.every((part) => part.isWellFormed() && part.length <= MESSAGE_LIMIT)).toBe(true);
    expect(parts.join("")).toBe(`.${family}`);
  });

  it("leaves out the emptiness between two ends that are far apart", () => {
    expect(split(`a${"\n".repeat(9_000)}b`).map((part) => part.trim())).toEqual(["a", "b"]);
  });
});

describe("a code block", () => {
  it("that is cut is closed, and opened again with its language", () => {
    const line = "const answer = 42;\n";
    const parts = split(`Look:\n\`\`\`ts\n${line.repeat(200)}\`\`\`\nDone.`);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts.slice(1)) expect(part.startsWith("```ts\nconst")).toBe(true);
    for (const part of parts.slice(0, -1)) expect(part.endsWith(";\n```")).toBe(true);
    expect(parts.at(-1)).toMatch(/\n```\nDone\.$/);
  });

  it("that is still being written is closed, so that it is shown as code and nothing else is", () => {
    expect(split("```ts\nconst a = 1;")).toEqual(["```ts\nconst a = 1;\n```"]);
  });

  it("is not begun by code within a line", () => {
    const text = `\`\`\`inline\`\`\` is code.\n${"word ".repeat(500)}`;
    const parts = split(text);
    expect(parts).toHaveLength(2);
    expect(parts.join("\n").match(/```/g)).toHaveLength(2);
  });

  it("with a fence of absurd length, or a language of one, does no harm", () => {
    for (const text of [
      "`".repeat(5_000),
      `\`\`\`${"x".repeat(5_000)}\ncode\n`.repeat(2),
      "~".repeat(5_000),
    ]) {
      const parts = split(text);
      expect(parts.every((part) => part.length <= MESSAGE_LIMIT && part !== "")).toBe(true);
      expect(parts.length).toBeLessThan(10);
    }
  });
});

const line = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll(/[`~]/g, "")),
  fc.lorem({ maxCount: 40, mode: "words" }),
  fc.constantFrom(
    "",
    "# Title",
    "- item",
    "| a | b |",
    "日本語の文章です。".repeat(12),
    "👩‍👩‍👧‍👦 é ñ 🇫🇷".repeat(8),
  ),
  fc.integer({ min: 1, max: 3_000 }).map((length) => "x".repeat(length)),
);
const paragraph = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
const codeBlock = fc
  .tuple(fc.constantFrom("```", "~~~"), fc.constantFrom("", "ts", "python", "c++"), paragraph)
  .map(([mark, language, code]) => `${mark}${language}\n${code}\n${mark}`);
const markdown = fc
  .tuple(fc.array(fc.oneof(paragraph, codeBlock), { minLength: 1, maxLength: 8 }), fc.boolean())
  // The last block may still be being written.
  .map(([blocks, open]) => [...blocks, ...(open ? ["```js\nlet x;"] : [])].join("\n\n"))
  .filter((text) => text.trim() !== "");
const soup = fc
  .array(
    fc.constantFrom("`", "```", "~~~", "\n", " ", "ts", "x".repeat(700), "\u0301", "👩‍👧", " ".repeat(900)),
    {
      maxLength: 60,
      size: "max",
    },
  )
  .map((parts) => parts.join(""));
const limit = fc.constantFrom(120, 500, MESSAGE_LIMIT);

describe("any Markdown", () => {
  it("becomes messages that Discord takes and that lose nothing", () => {
    fc.assert(
      fc.property(markdown, limit, (text, limit) => {
        const parts = split(text, limit);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part.trim()).not.toBe("");
          expect(part.isWellFormed()).toBe(true);
          expect(fences(part) % 2).toBe(0);
        }
        expect(words(parts.join("\n"))).toBe(words(text));
      }),
      { numRuns: 150 },
    );
  });

  it("keeps its finished messages while it grows", () => {
    fc.assert(
      fc.property(
        fc.oneof(markdown, soup),
        limit,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (text, limit, share) => {
          const finished = split(text.slice(0, Math.floor(text.length * share)), limit).slice(0, -1);
          expect(split(text, limit).slice(0, finished.length)).toEqual(finished);
        },
      ),
      { numRuns: 150 },
    );
  });
});

it("any soup of fences, letters and white space becomes messages that Discord takes", () => {
  fc.assert(
    fc.property(soup, limit, (text, limit) => {
      fc.pre(text.trim() !== "");
      for (const part of split(text, limit)) {
        expect(part.length).toBeLessThanOrEqual(limit);
        expect(part.trim()).not.toBe("");
        expect(part.isWellFormed()).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});
