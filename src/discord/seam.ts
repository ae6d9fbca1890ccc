import {
  type Blocks,
  blocksOf,
  isProse,
  type Line,
  type List,
  paragraphsOf,
  quoteOf,
  type Within,
} from "./markdown-lines.ts";
import { type Marks, marksClosed, pieces } from "./markdown-marks.ts";

/** What is open where one message ends and the next begins. */
export interface Seam {
  blocks: Blocks;
  /** The place is within a line. */
  within?: Within;
  marks: Marks;
}

export const noSeam: Seam = { blocks: blocksOf(false, []), marks: [] };

export const FENCE = "```";

/** Begins a quote of all that follows. */
export const ALL = ">>> ";

/** A quote's sign with its space. */
export const quoted = (quote: string) => (quote ? `${quote} ` : "");

/** List items in short, so that what belongs to them can go on below: `3. …` */
const itemsAgain = (lists: readonly List[]) =>
  lists.map(({ indent, number }) => `${" ".repeat(indent)}${number === undefined ? "-" : `${number}.`} …`);

/** The line that opens the code block again. */
const fenceAgain = ({ fence }: Blocks) => (fence ? [`${fence.indent}${FENCE}${fence.language}`] : []);

/** How far a line is indented within its quote. */
function indentOf(line: string): number {
  const rest = line.slice(quoteOf(line).length);
  return rest.length - rest.trimStart().length;
}

/** What stands above the first line again: the items that it belongs to, and what opens its code block. */
export function linesAgain({ blocks, within }: Seam, first: Line): string[] {
  const { fence, lists } = blocks;
  const quote = fence?.quote ?? within?.quote ?? quoteOf(first.text).trim();
  const indent = fence ? fence.indent.length : indentOf(first.text) - (first.kind === "item" ? 1 : 0);
  const parents = within && !fence ? lists.slice(0, -1) : lists.filter((list) => list.indent < indent);
  return [...itemsAgain(parents), ...fenceAgain(blocks)].map((line) => `${quoted(quote)}${line}`);
}

/** What the first line begins with again, but for the marks. */
export function leadAgain({ blocks: { fence, lists }, within }: Seam): string {
  if (!within) return "";
  if (fence) return quoted(fence.quote);
  const [item] = itemsAgain(lists.slice(-1));
  return `${quoted(within.quote)}${item === undefined ? "" : `${item} `}${within.heading}`;
}

const QUOTE_AND_NEWLINE = 3;

/** How much longer a message may become by what is opened again at its beginning. */
export function openingLength(seam: Seam): number {
  const { head = "", lists, quoted: all } = seam.blocks;
  const above = [...itemsAgain(lists), ...fenceAgain(seam.blocks)].map(
    (line) => line.length + QUOTE_AND_NEWLINE,
  );
  const first = [all ? ALL : "", leadAgain(seam), ...seam.marks];
  // An escape may have to keep the rest of a line from being a list or a heading.
  const lengths = [...above, ...first.map(({ length }) => length), head.length, seam.within ? 1 : 0];
  return lengths.reduce((sum, length) => sum + length, 0);
}

const textOf = (lines: readonly Line[]) => lines.map(({ text }) => text).join("");

/** The marks that are open where a paragraph begins. */
export function marksBefore([line]: readonly Line[], { within, marks }: Seam): Marks {
  return line?.from === 0 && isProse(line) && (within || line.joins) ? marks : [];
}

/** The marks to open again: those that were open, and were marks after all. */
export function marksAgain(lines: readonly Line[], seam: Seam): Marks {
  const [first = [], ...more] = paragraphsOf(lines);
  const marks = marksBefore(first, seam);
  return more.length === 0 || marks.length === 0 ? marks : marksClosed(textOf(first), marks);
}

/** What closes these marks. */
export const closingOf = (marks: Marks) => marks.toReversed().join("");

/** What is missing of the mark that a text is about to close: of `**bold*`, one more `*`. */
function missing(text: string, mark: string): string {
  const [run = ""] = /([*_~|`])\1*$/.exec(text) ?? [];
  return run && mark.startsWith(run) ? mark.slice(run.length) : "";
}

/**
 * What closes the marks that are open at the end of a text that may still grow. Single ones are too often something
 * else, such as a pointer or a footnote, to be closed before their time.
 */
export function closingAtEnd(lines: readonly Line[], seam: Seam): string {
  const paragraph = paragraphsOf(lines).at(-1) ?? [];
  if (!paragraph.every(isProse)) return "";
  const text = textOf(paragraph);
  const { before = [], after = [] } = pieces(text, marksBefore(paragraph, seam), "unknown").at(-1) ?? {};
  const half = missing(text, before.at(-1) ?? "");
  if (half) return half + closingOf(before.slice(0, -1));
  return closingOf(after.filter((mark) => !["*", "_"].includes(mark) || seam.marks.includes(mark)));
}

/** The place after a line that goes on. */
function withinOf({ kind, lead }: Line): Within {
  const heading = kind === "heading" ? /(?<!#)(?:#{1,3}|-#)(?= +$)/.exec(lead)?.[0] : undefined;
  return { quote: quoteOf(lead).trim(), heading: heading ? `${heading} ` : "" };
}

/** What goes on after a line: no more than `longest` characters of a table's head, or of lists. */
function blocksAfter({ after, text }: Line, longest: number): Blocks {
  const { quoted: all, lists, fence, prose, head } = after;
  const isWhole = text.endsWith("\n");
  const items = itemsAgain(lists).reduce((sum, item) => sum + item.length + QUOTE_AND_NEWLINE, 0);
  return {
    quoted: all,
    lists: items > longest ? [] : lists.map((list) => ({ ...list, carried: true })),
    fence,
    prose: isWhole && prose ? { quote: prose.quote, line: "" } : undefined,
    head: isWhole && head && head.length <= longest ? head : undefined,
  };
}

/** What is open after `lines`, at whose end are these marks. */
export function seamAfter(lines: readonly Line[], before: Seam, marks: Marks, longest: number): Seam {
  const last = lines.at(-1);
  if (!last) return before;
  const blocks = blocksAfter(last, longest);
  if (last.text.endsWith("\n")) return { blocks, marks };
  return { blocks, marks, within: (last.from === 0 && before.within) || withinOf(last) };
}
