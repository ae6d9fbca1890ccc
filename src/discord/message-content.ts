import { DEEPEST_INDENT, type Line } from "./markdown-lines.ts";
import type { Marks } from "./markdown-marks.ts";
import { aligned } from "./markdown-table.ts";
import { ALL, FENCE, leadAgain, linesAgain, marksAgain, type Seam, quoted } from "./seam.ts";

/** A line of the source and what is shown of it. */
interface Shown {
  line: Line;
  text: string;
}

/** Discord ends a code block at any three backticks; those within it get a space of no width between them. */
const unfenced = (code: string) => code.replaceAll(/``(?=`)/g, "``\u200B");

/** A line as Discord understands it: it knows no `~~~`, no longer fences, and no words after the language. */
function written({ kind, lead, text, after, number }: Line): string {
  const line = text.replace(/\r?\n$/, "");
  const indent = /^ */.exec(line.slice(lead.length))?.[0].slice(0, DEEPEST_INDENT) ?? "";
  if (kind === "fence") return `${lead}${indent}${FENCE}${after.fence?.language ?? ""}`;
  if (kind === "end") return `${lead}${indent}${FENCE}`;
  // An empty line would end the list that the code block stands in.
  if (kind === "code") return line.trim() ? unfenced(line) : `${lead}${after.fence?.indent}`;
  return number === undefined ? line : line.replace(/\d+/, String(number));
}

/** Keeps the rest of a line from being read as the beginning of a list, a heading or a quote. */
const escaped = (text: string) =>
  /^(?:[-*+] |#{1,3} |-# |>|`{3}|~{3})/.test(text) ? `\\${text}` : text.replace(/^(\d{1,9})(?=\. )/, "$1\\");

/** The first line, with what was open before it. */
function begun({ line: { lead: begin }, text }: Shown, seam: Seam, marks: Marks): string {
  // An absurd indent must not leave a message without room.
  const indented = text.replace(/^\s+/, (indent) => indent.slice(-DEEPEST_INDENT));
  if (seam.blocks.fence) return `${leadAgain(seam)}${indented}`;
  const again = marks.join("");
  const at = Math.max(0, begin.length - (text.length - indented.length));
  if (!seam.within) return `${indented.slice(0, at)}${again}${indented.slice(at)}`;
  return `${leadAgain(seam)}${again}${escaped(text.trimStart())}`;
}

const isTable = (shown: Shown | undefined) =>
  shown !== undefined && ["head", "rule", "row"].includes(shown.line.kind);

/** A table as a code block, if it begins with its head or goes on with `head`. */
function table(shown: readonly Shown[], head: string | undefined, align: boolean): string[] {
  const kind = shown[0]?.line.kind;
  const goesOn = head !== undefined && kind === "row";
  const rows = [...(goesOn ? head.trimEnd().split(/\r?\n/) : []), ...shown.map(({ text }) => text)];
  const cells = align && (goesOn || kind === "head") ? aligned(rows) : undefined;
  return cells ? [FENCE, ...cells, FENCE] : rows;
}

/** All lines; tables as code blocks if they are to be aligned. */
function withTables(shown: readonly Shown[], head: string | undefined, align: boolean): string[] {
  const texts: string[] = [];
  for (let at = 0; at < shown.length; at += 1) {
    const begin = at;
    while (isTable(shown[at])) at += 1;
    if (at > begin) texts.push(...table(shown.slice(begin, at), begin === 0 ? head : undefined, align));
    const line = shown[at];
    if (line) texts.push(line.text);
  }
  return texts;
}

/** The lines that are shown: no empty ones at the ends, and no code block without code. */
function shownOf(lines: readonly Line[]): Shown[] {
  const all = lines.map((line) => ({ line, text: written(line) }));
  const isText = ({ text }: Shown) => text.trim() !== "";
  const shown = all.slice(all.findIndex(isText), all.findLastIndex(isText) + 1);
  const last = shown.at(-1)?.line.kind;
  const isEmptyCode = last === "end" && shown.at(-2)?.line.kind === "fence";
  const without = isEmptyCode ? shown.slice(0, -2) : last === "fence" ? shown.slice(0, -1) : shown;
  return without.length > 0 ? without : shown;
}

/** What closes everything that is open at the end. */
function ended(last: Shown | undefined, closing: string): string {
  if (last?.line.kind === "end") return `\n${last.text}`;
  const fence = last?.line.kind === "fence" ? undefined : last?.line.after.fence;
  return fence ? `\n${quoted(fence.quote)}${fence.indent}${FENCE}` : closing;
}

function compose(lines: readonly Line[], seam: Seam, closing: string, align: boolean): string {
  const shown = shownOf(lines);
  const [first] = shown;
  if (!first) return "";
  first.text = begun(first, seam, marksAgain(lines, seam));
  const last = shown.at(-1);
  const closed = last?.line.kind === "end" ? shown.slice(0, -1) : shown;
  const body = [...linesAgain(seam, first.line), ...withTables(closed, seam.blocks.head, align)];
  const all = seam.blocks.quoted ? ALL : "";
  return `${all}${body.join("\n").trimEnd()}${ended(last, closing)}`;
}

/**
 * What is posted for the lines of one part, of at most `limit` characters: what was open before them is opened again,
 * what is open after them is closed. Tables are aligned if there is room for that.
 */
export function messageContent(lines: readonly Line[], seam: Seam, closing: string, limit: number): string {
  const content = compose(lines, seam, closing, true);
  return content.length <= limit ? content : compose(lines, seam, closing, false);
}
