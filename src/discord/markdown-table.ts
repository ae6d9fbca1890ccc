import type { Line } from "./markdown-lines.ts";

/** Wider ones are not put into a code block: its lines would be broken. */
const WIDEST = 80;

/** The code block around a table. */
const AROUND = 8;

/** Links, mentions and emoji are nothing in a code block. */
const livelyPattern = /\]\(|https?:\/\/|<[@#:/a]/;

const widePattern =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;
const narrowPattern = /\p{M}|[\u200B-\u200D]/u;

/** How many columns of a fixed-width font a text takes, nearly. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += widePattern.test(char) ? 2 : narrowPattern.test(char) ? 0 : 1;
  return width;
}

export const isRow = (line: string) => /^ {0,3}\S/.test(line) && /(?<!\\)\|/.test(line);

/** The line under a table's first row: `| --- | :-: |` */
export const isRule = (line: string) => /^ {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:?)?\s*$/.test(line);

const cellsOf = (row: string) =>
  row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

export const columnsOf = (row: string) => cellsOf(row).length;

/** A cell as plain text: a code block shows marks as they are. */
function plain(cell: string): string {
  if (!/[*_~`\\]/.test(cell)) return cell;
  const unmarked = cell.replaceAll(/(\*\*|__|~~|`)(?=\S)(.+?)\1/g, "$2");
  return unmarked.replaceAll(String.raw`\|`, "|").replaceAll("```", "'''");
}

type Align = "left" | "right" | "center";

function alignOf(rule: string): Align {
  if (!rule.endsWith(":")) return "left";
  return rule.startsWith(":") ? "center" : "right";
}

function padded(cell: string, width: number, align: Align = "left"): string {
  const space = width - widthOf(cell);
  const before = { left: 0, right: space, center: Math.floor(space / 2) }[align];
  return `${" ".repeat(before)}${cell}${" ".repeat(space - before)}`;
}

/** What a table measures in a code block. */
interface Shape {
  /** Where it begins. */
  from: number;
  columns: readonly number[];
  rows: number;
  /** As it is written. */
  length: number;
  /** It has links and the like. */
  isLively: boolean;
}

function withRow({ from, columns, rows, length, isLively }: Shape, row: string): Shape {
  const wider = [...columns];
  for (const [index, cell] of cellsOf(row).entries())
    wider[index] = Math.max(wider[index] ?? 1, widthOf(plain(cell)));
  const lively = isLively || livelyPattern.test(row);
  return { from, columns: wider, rows: rows + 1, length: length + row.length, isLively: lively };
}

/** The shape of a table that has its first row, and the line under it. */
function shapeOf(head: string, from: number): Shape {
  const [row = ""] = head.split("\n", 1);
  return { ...withRow({ from, columns: [], rows: 0, length: 0, isLively: false }, row), length: head.length };
}

/** How long a row is with all cells as wide as their columns, and its newline. */
const rowLength = (columns: readonly number[]) => columns.reduce((sum, width) => sum + width + 3, 2);

const isForCode = ({ columns, isLively }: Shape) => rowLength(columns) <= WIDEST && !isLively;

/** How much longer a table becomes in a code block. */
const alignment = (shape: Shape) =>
  isForCode(shape) ? rowLength(shape.columns) * (shape.rows + 1) + AROUND - shape.length : 0;

/** Adds up how much longer tables become. `head` is that of a table that goes on. */
export function createTableRoom(head = "") {
  let shape = shapeOf(head, 0);
  let length = 0;
  return {
    /** The latest table. Its first row counts, the line under it does not. */
    shape: () => shape,
    /** Takes a line into account; how much longer it made the table that it belongs to, 0 if it belongs to none. */
    add({ kind, text, to, after }: Line): number {
      if ((kind !== "rule" && kind !== "row") || !text.endsWith("\n")) return 0;
      const rows = after.head ?? "";
      const before = kind === "rule" ? 0 : length;
      shape = kind === "rule" ? shapeOf(rows, to - rows.length) : withRow(shape, text);
      length = Math.max(before, alignment(shape));
      return length - before;
    },
  };
}

/**
 * A table's rows, the first two among them, with all cells below each other, to be shown in a code block; undefined for
 * one that is better left as it is.
 */
export function aligned([first = "", rule = "", ...more]: readonly string[]): string[] | undefined {
  const shape = more.reduce(withRow, shapeOf(first, 0));
  if (!isForCode(shape)) return undefined;
  const aligns = cellsOf(rule).map(alignOf);
  const line = `|${shape.columns.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const write = (row: string) => {
    const cells = cellsOf(row);
    const all = shape.columns.map((width, index) => padded(plain(cells[index] ?? ""), width, aligns[index]));
    return `| ${all.join(" | ")} |`;
  };
  return [write(first), line, ...more.map(write)];
}
