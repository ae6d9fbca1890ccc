import { columnsOf, isRow, isRule } from "./markdown-table.ts";

/** A fence or a language longer than this makes no code block that could be closed and opened again. */
const LONGEST_FENCE = 10;
const LONGEST_LANGUAGE = 20;

/** Code indented further is closed and opened again with this indent. */
export const DEEPEST_INDENT = 16;

/** A code block: what its first line consists of. */
export interface Fence {
  /** `>` or nothing. */
  quote: string;
  indent: string;
  mark: string;
  language: string;
}

/** A list: how far it is indented, and the number of its latest item if it has numbers. */
export interface List {
  indent: number;
  number: number | undefined;
  /** Its latest item stands in a message before. */
  carried: boolean;
  /** An empty line came after that item: to Discord, the next begins a new list. */
  loose: boolean;
}

/** What is open between two lines. */
export interface Blocks {
  /** After `>>> ` everything is a quote. */
  quoted: boolean;
  lists: readonly List[];
  /** Prose that the next line may go on with: in which quote (`>` or none), and the line that may be a table's first. */
  prose: { quote: string; line: string } | undefined;
  fence: Fence | undefined;
  /** The first two rows of a table. */
  head: string | undefined;
}

export type Kind = "blank" | "text" | "heading" | "item" | "fence" | "code" | "end" | "head" | "rule" | "row";

interface Reading {
  kind: Kind;
  /** What begins the line and is no part of what it says: `> `, `- `, `## `. */
  lead: string;
  after: Blocks;
  /** The number that Discord shows before the item, if that is not the one written. */
  number: number | undefined;
}

/** A line with its newline, if it has one. Empty lines outside of code are one. */
export interface Line extends Reading {
  from: number;
  to: number;
  text: string;
  /** It goes on with the paragraph of the line before. */
  joins: boolean;
}

/** A place within a line: what the rest of it has to be led in with. */
export interface Within {
  /** `>` or nothing. */
  quote: string;
  /** `## ` and the like. */
  heading: string;
}

/** Where lines begin: what is open there, and whether it is within a line. */
export interface Beginning {
  blocks: Blocks;
  within?: Within;
}

export const blocksOf = (
  quoted: boolean,
  lists: readonly List[],
  { prose, fence, head }: Partial<Blocks> = {},
): Blocks => ({ quoted, lists, prose, fence, head });

const reading = (kind: Kind, lead: string, after: Blocks, number?: number): Reading => ({
  kind,
  lead,
  after,
  number,
});

const fencePattern = /^( *)(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s`]*)/;
const itemPattern = /^( *)(?:(\d{1,9})\.|[-*+]|\d{1,9}\)) +(?:\[[ xX]\] +)?(?=\S)/;
const headingPattern = /^(?:#{1,6}|-#) +(?=\S)/;

/** Discord shows a language only where it is one word of these letters; else it would be code. */
const isLanguage = (word: string) => word.length <= LONGEST_LANGUAGE && /^[\w+\-.#]+$/.test(word);

function fenceOf(line: string, quote: string): Fence | undefined {
  const [, indent = "", mark, word = ""] = fencePattern.exec(line) ?? [];
  if (!mark || mark.length > LONGEST_FENCE) return undefined;
  return { quote, indent: indent.slice(0, DEEPEST_INDENT), mark, language: isLanguage(word) ? word : "" };
}

/** What begins a line of a quote, if it is one. */
export const quoteOf = (line: string) => /^ *>(?!>> )(?: |(?=\s*$))/.exec(line)?.[0] ?? "";

/** The beginning of a line of code that may become, or is, what ends the code block; empty if there is none. */
export function fenceRun(line: string, { quote, mark }: Fence): string {
  const [all = "", run = ""] = (quote ? /^ *>? *([`~]*)/ : /^ *([`~]*)/).exec(line) ?? [];
  return run.length <= LONGEST_FENCE && run === mark.charAt(0).repeat(run.length) ? all : "";
}

/** Whether this line ends the code block. One that is still being written may already, one that was cut does not. */
function endsFence(line: string, fence: Fence, isCut: boolean): boolean {
  const run = fenceRun(line, fence);
  const { length } = /[`~]*$/.exec(run)?.[0] ?? "";
  const isAll = length > 0 && line.trimEnd().length === run.length;
  return isAll && (line.endsWith("\n") ? length >= fence.mark.length : !isCut);
}

function readCode(line: string, before: Blocks, fence: Fence, isCut: boolean): Reading | undefined {
  const lead = fence.quote ? quoteOf(line) : "";
  if (fence.quote && !lead) return undefined;
  return endsFence(line, fence, isCut)
    ? reading("end", lead, blocksOf(before.quoted, before.lists))
    : reading("code", lead, before);
}

/** An item, and what it does to the lists that are open. */
function readItem(line: string, quote: string, before: Blocks): Reading | undefined {
  const [marker, { length: indent } = "", digits] = itemPattern.exec(line.slice(quote.length)) ?? [];
  if (marker === undefined) return undefined;
  const same = before.lists.find((list) => list.indent === indent || list.indent === indent - 1);
  const written = digits === undefined ? undefined : Number(digits);
  const goesOn = written !== undefined && same?.number !== undefined && !same.loose;
  const number = goesOn ? (same.number ?? 0) + 1 : written;
  const outer = before.lists.filter((list) => list.indent < indent - 1);
  const lists = [...outer, { indent: same?.indent ?? indent, number, carried: false, loose: false }];
  const after = blocksOf(before.quoted, lists, {
    prose: { quote: before.quoted ? "" : quote.trim(), line: "" },
  });
  return reading("item", quote + marker, after, same?.carried && number !== written ? number : undefined);
}

/** A row of a table, or the line under its first; tables stand at the beginning of a line only. */
function readRow(line: string, { quoted, prose, head, lists }: Blocks): Reading | undefined {
  if (quoted || prose?.quote || !isRow(line)) return undefined;
  if (head) return reading("row", "", blocksOf(quoted, lists, { head }));
  const above = prose?.line;
  if (!above || !isRule(line) || !isRow(above) || columnsOf(above) !== columnsOf(line)) return undefined;
  return reading("rule", "", blocksOf(quoted, [], { head: above + line }));
}

function readText(line: string, quote: string, { quoted, lists }: Blocks): Reading {
  const rest = line.slice(quote.length);
  const heading = headingPattern.exec(rest)?.[0];
  if (heading) return reading("heading", quote + heading, blocksOf(quoted, []));
  const indent = rest.slice(0, rest.length - rest.trimStart().length);
  const prose = { quote: quoted ? "" : quote.trim(), line };
  return reading("text", quote + indent, blocksOf(quoted, indent ? lists : [], { prose }));
}

/** A line that is neither code nor the rest of a line. */
function readOther(line: string, before: Blocks): Reading {
  const all = before.quoted ? undefined : /^ *>>> +(?=\S)/.exec(line)?.[0];
  const quote = all ?? (before.quoted ? "" : quoteOf(line));
  const { lists } = before;
  const quoted = before.quoted || all !== undefined;
  const rest = line.slice(quote.length);
  if (!rest.trim())
    return reading(
      "blank",
      quote,
      blocksOf(
        quoted,
        lists.map((list) => ({ ...list, loose: true })),
      ),
    );
  const fence = fenceOf(rest, quoted ? "" : quote.trim());
  if (fence) return reading("fence", quote, blocksOf(quoted, fence.indent ? lists : [], { fence }));
  const now = quoted === before.quoted ? before : { ...before, quoted };
  const item = readItem(line, quote, now);
  if (item) return item;
  const text = readText(line, quote, now);
  return (text.kind === "text" && readRow(line, before)) || text;
}

/** The rest of a line that began in the message before. */
function readRest(line: string, before: Blocks, { quote, heading }: Within): Reading {
  if (before.fence) return reading("code", "", before);
  const { quoted, lists } = before;
  if (heading) return reading("heading", "", blocksOf(quoted, lists));
  return reading("text", "", blocksOf(quoted, lists, { prose: { quote, line } }));
}

function read(text: string, from: number, before: Blocks, within: Within | undefined, isCut: boolean): Line {
  const { kind, lead, after, number } =
    (within && readRest(text, before, within)) ??
    (before.fence && readCode(text, before, before.fence, isCut)) ??
    readOther(text, before);
  const joins = kind === "text" && before.prose?.quote === after.prose?.quote;
  return { kind, lead, after, number, from, to: from + text.length, text, joins };
}

const emptyLines = /(?:[^\S\n]*\n)+/y;

function endOfLine(text: string, from: number, isCode: boolean): number {
  emptyLines.lastIndex = from;
  if (!isCode && emptyLines.test(text)) return emptyLines.lastIndex;
  return text.indexOf("\n", from) + 1 || text.length;
}

/** The lines of `text`. What a line is depends on nothing that comes after it. */
export function linesOf(text: string, { blocks, within }: Beginning): Line[] {
  const lines: Line[] = [];
  for (let from = 0, before = blocks; from < text.length;) {
    const rest = from === 0 ? within : undefined;
    const to = endOfLine(text, from, before.fence !== undefined || rest !== undefined);
    const line = read(text.slice(from, to), from, before, rest, false);
    lines.push(line);
    from = to;
    before = line.after;
  }
  return lines;
}

/** The first rows of tables are only known by the line below. */
export const withHeads = (lines: readonly Line[]): Line[] =>
  lines.map((line, index) =>
    lines[index + 1]?.kind === "rule" ? { ...line, kind: "head", joins: false } : line,
  );

/** The lines of the first `end` characters of what `lines` are the lines of. The last may be half a line. */
export function linesUpTo(lines: readonly Line[], end: number, beginning: Beginning, isCut: boolean): Line[] {
  const next = lines.findIndex(({ to }) => to > end);
  const found = next < 0 ? [...lines] : lines.slice(0, next);
  const half = lines[next];
  if (half && half.from < end) {
    const before = found.at(-1)?.after ?? beginning.blocks;
    const within = next === 0 ? beginning.within : undefined;
    found.push(read(half.text.slice(0, end - half.from), half.from, before, within, isCut));
  }
  return withHeads(found);
}

/** What has words, sentences and marks. */
export const isProse = ({ kind }: Line) => kind === "text" || kind === "item" || kind === "heading";

/** The lines by paragraph; what is no prose stands alone. */
export function paragraphsOf(lines: readonly Line[]): Line[][] {
  const paragraphs: Line[][] = [];
  for (const line of lines) {
    const last = paragraphs.at(-1);
    if (last && line.joins) last.push(line);
    else paragraphs.push([line]);
  }
  return paragraphs;
}
