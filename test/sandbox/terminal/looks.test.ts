import * as fc from "fast-check";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createMarkdown } from "../../../sandbox/terminal/markdown.ts";
import { coloured, plain } from "../../../sandbox/terminal/style.ts";
import { width, wrap } from "../../../sandbox/terminal/wrap.ts";
import { names } from "./registered.ts";

describe("Markdown in the terminal", () => {
  const now = () => Date.UTC(2026, 10, 23, 12);
  const markdown = createMarkdown(plain, names, now);

  it.each([
    ["**a lighthouse** · Mia", "a lighthouse · Mia"],
    [String.raw`\#1 \*star\* a\_b`, "#1 *star* a_b"],
    ["-# 3 credits", "3 credits"],
    ["`**code**`", "**code**"],
    ["ask <@2> or <@&11>", "ask @Mia or @artists"],
    ["see <#21>, not <#99>", "see #bot-log, not #99"],
    [`back <t:${now() / 1000 + 5 * 3600}:R>`, "back in 5 hours"],
    ["snake_case_name * 2 * 3", "snake_case_name * 2 * 3"],
  ])("shows %s as %s", (content, shown) => expect(markdown(content)).toEqual([shown]));

  it("shows code blocks as they are", () => {
    expect(markdown("```ts\nconst a = **b**\n```\nend")).toEqual(["  const a = **b**", "end"]);
  });

  it("dims quiet lines", () => {
    expect(createMarkdown(coloured, names)("-# quiet")).toEqual([coloured("dim", "quiet")]);
  });
});

describe("wrapping", () => {
  it("cuts at spaces, else in the word, and counts wide letters twice", () => {
    expect(wrap("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
    expect(wrap("abcdefghijkl", 5)).toEqual(["abcde", "fghij", "kl"]);
    expect(wrap("灯台の夕暮れ", 6)).toEqual(["灯台の", "夕暮れ"]);
    expect(wrap(`${coloured("bold", "a")} 灯台の夕`, 6)).toEqual([coloured("bold", "a"), "灯台の", "夕"]);
  });

  it("never makes a row too wide, and loses nothing but spaces", () => {
    const text = fc
      .array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constant(" ")))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 40 }), (line, columns) => {
        const clean = stripVTControlCharacters(line);
        const rows = wrap(coloured("bold", clean), columns).map(stripVTControlCharacters);
        for (const row of rows) expect(width(row)).toBeLessThanOrEqual(columns);
        const letters = (all: string) => all.replaceAll(/\s/g, "");
        expect(letters(rows.join(""))).toBe(letters(clean));
      }),
    );
  });
});
