import * as fc from "fast-check";

/** Markdown as a model writes it, and the same as Discord understands it. */
interface Markdown {
  source: string;
  shown: string;
}

const same = (text: string): Markdown => ({ source: text, shown: text });

const alphabet = fc.integer({ min: 97, max: 122 }).map((code) => String.fromCodePoint(code));
const letters = fc.string({ unit: alphabet, minLength: 1, maxLength: 9 });
const name = letters.map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`);

/** Within a line these are words; at the beginning of one they would be something else. */
const misleading = fc.constantFrom("3.", "-", "#", ">", "12.", "-#", "+");

const whole = fc.constantFrom(
  "👩‍👩‍👧‍👦",
  "cafe\u0301",
  "🇫🇷",
  "<@123456789012345678>",
  "<#123456789012345678>",
  "<:party:123456789012345678>",
  "<t:1700000000:R>",
  "[a link](https://example.com/one/two)",
  "[the other](https://example.com/a(b)c)",
  "https://example.com/path?query=a-b&c=d",
  "`code`",
  "`const a = b[0] <c> {d}`",
  "``a ` b``",
);

/** Marks that must not stand within others of their kind: the parser would pair them crosswise. */
const alone = fc.constantFrom("[**bold** link](https://example.com/)", "これは**太字**です。", "`a*b`");

const japanese = fc.constantFrom(
  "日本語の文章です。",
  "これは**太字**です。",
  "次に、重要なのは、順番です！",
);

/** Both are the same style, or one looks like the other's half. */
const clash = (one: string, other: string) =>
  one.includes(other) || other.includes(one) || [one, other].every((mark) => /^[*_]$|^\*{3}$/.test(mark));

/** Marks within marks. A span begins and ends with a plain word: `**_` and the like are told apart by guessing. */
const span = (depth: number, used: readonly string[]): fc.Arbitrary<string> => {
  const marks = ["**", "*", "_", "__", "~~", "||", "***"];
  const free = fc.constantFrom(...marks.filter((mark) => !used.some((other) => clash(mark, other))));
  return free.chain((mark) =>
    fc
      .tuple(letters, fc.array(inline(depth - 1, [...used, mark]), { maxLength: 6 }), letters)
      .map(([first, middle, last]) => `${mark}${[first, ...middle, last].join(" ")}${mark}`),
  );
};

const inline = (depth: number, used: readonly string[] = []): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: letters },
    { weight: 1, arbitrary: misleading },
    { weight: 2, arbitrary: whole },
    ...(used.length === 0 ? [{ weight: 1, arbitrary: alone }] : []),
    ...(depth > 0 && used.length < 3 ? [{ weight: 3, arbitrary: span(depth, used) }] : []),
  );

const sentence = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, fc.array(inline(3), { maxLength: 14 }), fc.constantFrom(".", "!", "?", ":", ","))
      .map(([first, rest, end]) => `${[first, ...rest].join(" ")}${end}`),
  },
  { weight: 1, arbitrary: fc.array(japanese, { minLength: 1, maxLength: 8 }).map((all) => all.join("")) },
);

const line = fc.array(sentence, { minLength: 1, maxLength: 3 }).map((all) => all.join(" "));
const lines = fc.array(line, { minLength: 1, maxLength: 4 });
const paragraph = lines.map((all) => same(all.join("\n")));

const heading = fc
  .tuple(fc.constantFrom("# ", "## ", "### ", "-# "), line, fc.constantFrom("\n", "\n\n"), line)
  .map(([mark, title, gap, text]) => same(`${mark}${title}${gap}${text}`));

const codeLine = fc.oneof(
  fc.constantFrom("  indented();", "# comment", "- no item", "> no quote", "a | b |", "**bold**", "3. three"),
  fc.array(letters, { minLength: 1, maxLength: 12 }).map((all) => `${all.join("_")};`),
);

/** Empty lines are code, too, but for the parser not within lists. */
const code = (empty: string[]) =>
  fc
    .tuple(
      fc.constantFrom("```", "```", "~~~", "````", "~~~~~"),
      fc.constantFrom("", "ts", "python", "c++", "js title=x"),
      letters,
      fc.array(fc.oneof(codeLine, fc.constantFrom("end;", ...empty)), { maxLength: 25 }),
    )
    .map(([mark, info, first, rest]): Markdown => {
      const fenced = mark === "```" ? [] : ["```", "nested", "```"];
      const text = [first, ...rest, ...fenced, "end"].join("\n");
      return {
        source: `${mark}${info}\n${text}\n${mark}`,
        shown: `\`\`\`${info.split(" ")[0]}\n${text.replaceAll("```", "``\u200B`")}\n\`\`\``,
      };
    });

const indented = (text: string, by: string) => text.replaceAll(/^/gm, by);

interface Item {
  text: string;
  block: Markdown | undefined;
  children: Item[];
}

const item = (depth: number): fc.Arbitrary<Item> =>
  fc.record({
    text: line,
    block: fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: depth > 1 ? 1 : 0, arbitrary: code([]) },
    ),
    children: depth > 1 ? fc.array(item(depth - 1), { maxLength: 3 }) : fc.constant([]),
  });

/** The items of a list. Lazy numbers are all the same, and Discord counts. */
function written(
  items: readonly Item[],
  style: "bullets" | "numbers" | "lazy",
  start: number,
  form: keyof Markdown,
): string {
  const all = items.map(({ text, block, children }, index) => {
    const marker = style === "bullets" ? "-" : `${style === "lazy" ? start : start + index}.`;
    const nested = written(children, style === "bullets" ? "numbers" : "bullets", 2, form);
    const below = [...(block ? [block[form]] : []), ...(children.length > 0 ? [nested] : [])];
    // Two spaces too many would be too much for the parser.
    return [
      `${marker} ${text}`,
      ...below.map((one) => indented(one, style === "bullets" ? "  " : "   ")),
    ].join("\n");
  });
  return all.join("\n");
}

// Lists are tight: to Discord, but not to the parser, an empty line begins a new one.
const list = fc
  .tuple(
    fc.array(item(3), { minLength: 1, maxLength: 6 }),
    fc.constantFrom("bullets" as const, "numbers" as const, "lazy" as const),
    fc.integer({ min: 1, max: 12 }),
  )
  .map(([items, style, start]): Markdown => ({
    source: written(items, style, start, "source"),
    shown: written(items, style, start, "shown"),
  }));

const quote = fc.oneof(paragraph, code([]), list).map(({ source, shown }): Markdown => {
  // Discord has no quotes of empty lines.
  const quoted = (text: string) => indented(text.replaceAll(/\n\s*(?=\n)/g, ""), "> ");
  return { source: quoted(source), shown: quoted(shown) };
});

const table = fc
  .tuple(
    fc.array(name, { minLength: 2, maxLength: 3 }),
    fc.array(fc.array(letters, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
    fc.constantFrom("---", ":-:", "--:", ":--"),
  )
  .map(([head, rows, align]): Markdown => {
    const row = (cells: readonly string[]) => `| ${head.map((_, index) => cells[index] ?? "").join(" | ")} |`;
    const all = [row(head), row(head.map(() => align)), ...rows.map(row)].join("\n");
    return { source: all, shown: `\`\`\`\n${all}\n\`\`\`` };
  });

const block = fc.oneof(
  { weight: 4, arbitrary: paragraph },
  { weight: 2, arbitrary: heading },
  { weight: 3, arbitrary: code([""]) },
  { weight: 3, arbitrary: list },
  { weight: 2, arbitrary: quote },
  { weight: 1, arbitrary: table },
);

/** What stands between two blocks, so that neither list goes on with the other nor a quote with a table. */
const parting: Markdown = same("So much for that.");

/** A document of all that models write. `>>> ` can only come last: it quotes the rest. */
export const markdown: fc.Arbitrary<Markdown> = fc
  .tuple(fc.array(block, { minLength: 1, maxLength: 6 }), fc.option(paragraph))
  .map(([blocks, quoted]) => {
    const all = blocks.flatMap((one) => [one, parting]);
    const last = quoted ? [same(`>>> ${quoted.source}`)] : [];
    const join = (form: keyof Markdown) => [...all, ...last].map((one) => one[form]).join("\n\n");
    return { source: join("source"), shown: join("shown") };
  });

const marks = ["`", "``", "```", "````", "~~~", "**", "*", "_", "__", "||", "~~", "***", "\\"];
const words = ["word ", "word. ", "ts", "3. ", "x".repeat(70), "。", "日本", "\u0301", "👩‍👧", "https://x.y/"];
const spaces = [" ", "\t", "\n", "\n\n", "\r\n", "\n   ", " ".repeat(90)];
const beginnings = ["> ", ">", ">>> ", "1. ", "- ", "   - ", "# ", "-# "];
const tables = ["|", "| a | b |", "\n|---|---|\n", "\n| c | d |\n"];
const links = ["[a", "](", "](http://x.y/z)", "<@123", "<@12345678901234567>"];
const crumbs = [...marks, ...words, ...spaces, ...beginnings, ...tables, ...links];

/** What nobody writes: marks, fences, quotes and white space of all kinds in any order. */
export const soup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...crumbs), { maxLength: 120, size: "max" })
  .map((all) => all.join(""))
  .filter((text) => text.trim() !== "");
