import { describe, expect, it } from "vitest";
import { MESSAGE_LIMIT, split } from "../../src/discord/split.ts";
import { liveBytes } from "../live-bytes.ts";
import { expectAllRendered, expectAllStable, expectAllTaken } from "./split-properties.ts";

const contents = (text: string, limit?: number) => split(text, limit).map(({ content }) => content);

/** A sentence of 60 characters, and the space after it. */
const sentence = "The quick brown fox jumps over the lazy dog and comes back. ";
const long = sentence.repeat(3).trim();

describe("a text", () => {
  it("that fits stays as it is", () => {
    for (const text of ["Hello,\nyou.", "x".repeat(2_000), "**a**\n\n1. b\n1. c\n\n```ts\nlet x;\n```\n> d"])
      expect(split(text)).toEqual([{ text, content: text }]);
  });

  it("of nothing has no parts", () => {
    expect(split("")).toEqual([]);
    expect(split(" \n ")).toEqual([]);
  });

  it("is cut between paragraphs, else between lines, sentences, words", () => {
    const text = (separator: string) => `${"a".repeat(80)}${separator}${"b".repeat(80)}`;
    for (const separator of ["\n\n", "\n", ". ", " "])
      expect(contents(text(separator), 120)).toEqual([
        `${"a".repeat(80)}${separator}`.trim(),
        "b".repeat(80),
      ]);
    expect(contents(`a b\n${"c ".repeat(35)}\n\nd. e${" f".repeat(60)}`, 120)[0]).toMatch(/c$/);
  });

  it("is not cut where that would leave a message nearly empty", () => {
    expect(contents(`Short.\n\n${"word ".repeat(60)}`, 200)[0]?.length).toBeGreaterThan(150);
  });

  it("without spaces is cut after a stop, else after a comma, else after a letter", () => {
    expect(contents("日本語の文章です。".repeat(20), 125)[0]).toMatch(/。$/);
    expect(contents("日本語の文章、".repeat(20), 125)[0]).toMatch(/、$/);
    expect(contents("日本語".repeat(50), 125)[0]).toHaveLength(125);
  });

  it("of one long line loses nothing", () => {
    const line = "0123456789".repeat(1_000);
    expect(contents(line).join("")).toBe(line);
    expect(split(line).length).toBeLessThanOrEqual(6);
  });

  it("is never cut through a letter that several characters make", () => {
    for (const letter of ["👩‍👩‍👧‍👦", "e\u0301", "🇫🇷", "か\u3099", "\u1112\u1161\u11AB"]) {
      const parts = contents(letter.repeat(2_000));
      for (const part of parts) expect(part.length % letter.length).toBe(0);
      expect(parts.join("")).toBe(letter.repeat(2_000));
    }
  });

  it("keeps whole characters even where one letter is longer than a message", () => {
    const family = `👩${"\u200D👩".repeat(1_500)}`;
    const parts = contents(`.${family}`);
    expect(parts.every((part) => part.isWellFormed() && part.length <= MESSAGE_LIMIT)).toBe(true);
    expect(parts.join("")).toBe(`.${family}`);
  });

  it("leaves out the emptiness between two ends that are far apart", () => {
    const text = `a${"\n".repeat(9_000)}b`;
    expect(contents(text)).toEqual(["a", "b"]);
    expect(split(text)[0]?.text).toBe(`a${"\n".repeat(9_000)}`);
  });
});

describe("a code block", () => {
  const line = "const answer = 42;\n";

  it("that is cut is closed, and opened again with its language", () => {
    const parts = contents(`Look:\n\`\`\`ts\n${line.repeat(200)}\`\`\`\nDone.`);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts.slice(1)) expect(part.startsWith("```ts\nconst")).toBe(true);
    for (const part of parts.slice(0, -1)) expect(part.endsWith(";\n```")).toBe(true);
    expect(parts.at(-1)).toMatch(/\n```\nDone\.$/);
  });

  it("is kept together if it fits into the next message", () => {
    const code = `\`\`\`ts\n${line.repeat(6)}\`\`\``;
    expect(contents(`${sentence}\n\n${code}`, 170)).toEqual([sentence.trim(), code]);
  });

  it("that is still being written is closed, so that it is shown as code and nothing else is", () => {
    expect(contents("```ts\nconst a = 1;")).toEqual(["```ts\nconst a = 1;\n```"]);
    expect(contents("```ts\nconst a = 1;\n``")).toEqual(["```ts\nconst a = 1;\n```"]);
    expect(contents("Look:\n```ts\n")).toEqual(["Look:"]);
  });

  it("has the fence that Discord knows, and none within it", () => {
    expect(contents('~~~py title="x"\npass\n~~~')).toEqual(["```py\npass\n```"]);
    expect(contents("````md\n```\ncode\n```\n````")).toEqual(["```md\n``\u200B`\ncode\n``\u200B`\n```"]);
  });

  it("in a list stays in its list", () => {
    const [first, second] = contents(`1. Run\n   \`\`\`sh\n${`   ${line}`.repeat(7)}   \`\`\`\n2. Wait`, 140);
    expect(first).toBe(`1. Run\n   \`\`\`sh\n${`   ${line}`.repeat(4)}   \`\`\``);
    expect(second).toBe(`1. …\n   \`\`\`sh\n${`   ${line}`.repeat(3)}   \`\`\`\n2. Wait`);
  });

  it("in a quote stays in its quote", () => {
    const [, second] = contents(`> \`\`\`ts\n${`> ${line}`.repeat(8)}> \`\`\`\nDone.`, 140);
    expect(second).toMatch(/^> ```ts\n(?:> const answer = 42;\n)+> ```\nDone\.$/);
  });

  it("is never parted from its end", () => {
    for (let length = 60; length < 200; length += 1)
      for (const part of contents(`\`\`\`\n${"x".repeat(length)}\n\`\`\`\nDone.`, 120))
        expect(part).toMatch(/^(?:```\nx+\n```)?\n?(?:Done\.)?$/);
  });

  it("is not ended by the half of a line", () => {
    const text = `~~~\n${"x".repeat(30)}\n~~${" ".repeat(90)}y`;
    const code = (line: string) => `\`\`\`\n${line}\n\`\`\``;
    expect(contents(text, 120)).toEqual([code("x".repeat(30)), code("~~"), code("y")]);
  });

  it("has room for what is put into it", () => {
    for (const text of [
      `~~~\n${"```\n".repeat(100)}~~~`,
      `\`\`\`\`\n${"x".repeat(70)}\n${" ".repeat(90)}\`\`\`\n`,
      `\`\`\`\`\n${"x".repeat(20)}\n${" ".repeat(90)}\`\`\`${"x".repeat(70)}`,
      `1. a\n   ~~~\n   b\n${"\n".repeat(60)}   c\n   ~~~`,
    ])
      for (const part of contents(text, 120)) {
        expect(part.length).toBeLessThanOrEqual(120);
        expect(part).not.toBe("");
      }
  });

  it("is not begun by code within a line", () => {
    const parts = contents(`\`\`\`inline\`\`\` is code.\n${"word ".repeat(500)}`);
    expect(parts).toHaveLength(2);
    expect(parts.join("\n").match(/```/g)).toHaveLength(2);
  });

  it("with a fence of absurd length, or a language of one, does no harm", () => {
    for (const text of [
      "`".repeat(5_000),
      `\`\`\`${"x".repeat(5_000)}\ncode\n`.repeat(2),
      "~".repeat(5_000),
    ]) {
      const parts = contents(text);
      expect(parts.every((part) => part.length <= MESSAGE_LIMIT && part !== "")).toBe(true);
      expect(parts.length).toBeLessThan(10);
    }
  });
});

describe("a list", () => {
  it("goes on with the number that Discord would show", () => {
    const items = (...numbers: number[]) => numbers.map((number) => `${number}. ${long}`).join("\n");
    expect(contents(items(3, 4, 5), 200)).toEqual([3, 4, 5].map((number) => items(number)));
    expect(contents(items(1, 1, 1), 200)).toEqual([1, 2, 3].map((number) => items(number)));
  });

  it("has the items above nested ones again, so that these stay where they are", () => {
    const [, second] = contents(`1. One\n2. Two\n   - ${long}\n   - ${long}\n3. Three`, 220);
    expect(second).toBe(`2. …\n   - ${long}\n3. Three`);
  });

  it("goes on in the item that was cut", () => {
    const [, second] = contents(`1. One\n2. ${long} ${long}\n3. Three`, 220);
    expect(second).toBe(`2. … ${sentence.repeat(3)}\n3. Three`.replace("back. \n", "back.\n"));
  });

  it("is not begun by a number or a dash within a line", () => {
    expect(contents(`${long} 3. is a number.`, long.length + 1)[1]).toBe("3\\. is a number.");
    expect(contents(`${long} - a dash.`, long.length + 1)[1]).toBe("\\- a dash.");
  });
});

describe("a quote", () => {
  it("goes on", () => {
    for (const part of contents(`> ${long} ${long}`, 150)) expect(part).toMatch(/^> The/);
    for (const part of contents(`>>> ${long}\n\n${long}\n${long}`, 150)) expect(part).toMatch(/^>>> The/);
  });
});

describe("a heading", () => {
  it("is not parted from what it is above", () => {
    const text = `${long}\n\n## Title\n\n${long}`;
    expect(contents(text, 200)).toEqual([long, `## Title\n\n${long}`]);
    expect(
      contents(`${sentence.repeat(2)}\n\n## Code\n\`\`\`ts\n${"let x;\n".repeat(9)}\`\`\``, 170)[1],
    ).toMatch(/^## Code/);
  });

  it("that is cut goes on as a heading", () => {
    for (const part of contents(`### ${long}`, 120)) expect(part).toMatch(/^### The/);
    for (const part of contents(`-# ${long}`, 120)) expect(part).toMatch(/^-# The/);
  });
});

describe("a table", () => {
  const rows = Array.from({ length: 9 }, (_, index) => `| **Row** | ${10 ** (index % 4)} |`);
  const text = ["| Name | Number |", "|---|--:|", ...rows].join("\n");

  it("is a code block with its cells below each other", () => {
    expect(contents("| Name | Number |\n|:---|--:|\n| **A** | 1 |\n| 日本 | `22` |\n\nDone.")).toEqual([
      "```\n| Name | Number |\n|------|--------|\n| A    |      1 |\n| 日本 |     22 |\n```\n\nDone.",
    ]);
  });

  it("is cut between rows, and has its head again", () => {
    const parts = contents(text, 160);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts)
      expect(part).toMatch(/^```\n\| Name \| Number \|\n\|-+\|-+\|\n(?:\| Row {2}\| .* \|\n){1,}```$/);
  });

  it("is cut where there is no room to align it", () => {
    const uneven = [
      "| Name |",
      "|---|",
      `| ${"x".repeat(60)} |`,
      ...Array.from({ length: 20 }, () => "| y |"),
    ];
    const parts = contents(uneven.join("\n"), 500);
    expect(parts[0]).toMatch(/^```\n(?:\|.{62}\|\n){7}```$/);
  });

  it("stays as it is if there is no room to align even a row of it", () => {
    const text = `| A | B |\n|---|---|\n| ${"x".repeat(60)} | b |`;
    expect(contents(text, 200)).toEqual([text]);
  });

  it("stays as it is if it is too wide for a code block, or has links", () => {
    const wide = `| Name | What |\n|---|---|\n| A | ${long} |`;
    const linked = "| Name |\n|---|\n| [A](https://example.com) |";
    expect(contents(`${wide}\n\n${linked}`)).toEqual([`${wide}\n\n${linked}`]);
  });

  it("in code is code", () => {
    expect(contents(`\`\`\`md\n${text}\n\`\`\``)).toEqual([`\`\`\`md\n${text}\n\`\`\``]);
  });
});

describe("marks", () => {
  it("that are cut are closed, and opened again", () => {
    for (const mark of ["**", "*", "_", "__", "~~", "||", "***", "`", "``"]) {
      const [first, second] = contents(`Look: ${mark}${long} ${long} ${long}${mark} end.`, 420);
      expect(first).toBe(`Look: ${mark}${sentence.repeat(6).trim()}${mark}`);
      expect(second).toBe(`${mark}${long}${mark} end.`);
    }
    const [first, second] = contents(`**Bold _and ~~all ${long}~~_ of it** and on`, 180);
    expect(first).toMatch(/back\.~~_\*\*$/);
    expect(second).toMatch(/^\*\*_~~The .*\.~~_ of it\*\* and on$/);
  });

  it("that are still being written are closed", () => {
    expect(contents("Hello **bold")).toEqual(["Hello **bold**"]);
    expect(contents("Hello **bold*")).toEqual(["Hello **bold**"]);
    expect(contents("Hello **bold, `code")).toEqual(["Hello **bold, `code`**"]);
  });

  it("are none where they do not stand before or after a word", () => {
    for (const text of ["int *p", "2**10", "a * b", "snake_case_name", "a || b", "\\**stars"])
      expect(contents(text)).toEqual([text]);
  });

  it("that nothing closed are not opened again where that is known", () => {
    const [, second] = contents(`A *stray ${long}\n\n${long}`, 150);
    expect(second).toMatch(/^The/);
    expect(contents(`A *stray ${long}\n- ${long}`, 220)).toEqual([`A *stray ${long}`, `- ${long}`]);
  });
});

describe("texts that are long", () => {
  /** Its beginning as a message, and the rest in one piece. */
  const beginningOf = (text: string) => split(text, (index) => (index === 0 ? MESSAGE_LIMIT : text.length));

  it("are not kept in memory for the sake of their beginnings", () => {
    const before = liveBytes();
    for (let count = 0; count < 100; count += 1)
      // As it comes from elsewhere: one piece of memory.
      beginningOf(Buffer.from(`${count}: ${sentence.repeat(3_500)}`).toString());
    expect(liveBytes() - before).toBeLessThan(5_000_000);
  });
});

describe("what is one thing", () => {
  it("is never cut", () => {
    const words = "word ".repeat(20);
    for (const whole of [
      "`some inline code`",
      "[a link to a page](https://example.com/some/page?a=b)",
      "https://example.com/some/page?a=b&c=d",
      "<@12345678901234567890>",
      "<:a_custom_emoji:12345678901234567890>",
      "</command with subcommand:12345678901234567890>",
      "<t:1700000000:R>",
    ])
      for (const text of [`${words}${whole} ${words}`, `${"日本語".repeat(33)}${whole}${words}`])
        for (let shift = 0; shift < whole.length; shift += 1)
          expect(contents("x".repeat(shift) + text, 130).filter((part) => part.includes(whole))).toHaveLength(
            1,
          );
  });

  it("makes a message short rather than be cut", () => {
    const url = `https://example.com/${"x".repeat(150)}`;
    expect(contents(`See ${url} now`, 172)).toEqual(["See", url, "now"]);
  });

  it("is cut if it is longer than a message", () => {
    expect(contents(`https://example.com/${"x".repeat(300)}`, 120).join("")).toBe(
      `https://example.com/${"x".repeat(300)}`,
    );
  });
});

describe("any Markdown", () => {
  it("becomes messages that Discord takes and that lose nothing", () => expectAllTaken(200));
  it("keeps its finished messages while it grows", () => expectAllStable(60));
  it("looks the same in each message as it would in a single one", () => expectAllRendered(60));
});
