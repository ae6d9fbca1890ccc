import { type Blocks, DEEPEST_INDENT, fenceRun, type Line } from "./markdown-lines.ts";
import { createTableRoom } from "./markdown-table.ts";
import { openingLength, type Seam } from "./seam.ts";

/** What is closed at a message's end takes this at the most: a newline, `> `, an indent and three backticks; or marks. */
const RESERVE = 24;

/** Counts what a message's characters take, each one exactly once. */
function createMeter({ blocks, marks }: Seam, opening: number) {
  let reserve = blocks.fence || marks.length > 0 ? RESERVE : 0;
  let spent = opening;
  let waiting = 0;
  return {
    /** Characters that take nothing unless others follow: white space, and what may be the end of a code block. */
    wait(length: number) {
      waiting += length;
    },
    pay(char: string, length: number) {
      // Once there was a mark, one may have to be closed.
      if ("*_~|`".includes(char)) reserve = RESERVE;
      spent += waiting + length;
      waiting = 0;
    },
    total: (more = 0) => spent + more + reserve,
  };
}

type Meter = ReturnType<typeof createMeter>;

/** How many characters at the beginning of a line may be the end of its code block: `RESERVE` has room for that. */
function mayEndFence({ text, kind }: Line, { fence }: Blocks): number {
  const run = fence ? fenceRun(text, fence) : "";
  const isOther = text.endsWith("\n") && kind !== "end" && text.trimEnd().length <= run.length;
  return isOther ? 0 : run.length;
}

/** How many characters are shown for one: three backticks in code get a space between them, an empty line its indent. */
function lengthOf(line: string, at: number, { fence }: Blocks): number {
  if (!fence) return 1;
  if (line.startsWith("```", at - 2)) return 2;
  return line.charAt(at) === "\n" && line.trim() === "" ? 1 + fence.indent.length : 1;
}

interface Message {
  /** Where its first line begins that isn't empty. */
  start: number;
  meter: Meter;
  limit: number;
}

/** The character of a line for which a message has no room; undefined if it has room for all. */
function overflowIn(line: Line, blocks: Blocks, { start, meter, limit }: Message): number | undefined {
  const isFirst = line.from === start;
  const indent = line.text.search(/\S/);
  const free = isFirst ? 0 : mayEndFence(line, blocks);
  let unpaid = free > 0 ? indent : -1;
  // Most of an absurd indent is left out.
  for (let at = isFirst ? Math.max(0, indent - DEEPEST_INDENT) : 0; at < line.text.length; at += 1) {
    const char = line.text.charAt(at);
    const length = lengthOf(line.text, at, blocks);
    if (at < free || char.trim() === "") meter.wait(length);
    else {
      meter.pay(char, length);
      if (meter.total() > limit) return line.from + (unpaid < 0 ? at : unpaid);
      unpaid = -1;
    }
  }
  return undefined;
}

/**
 * Where `lines` become longer than a message that begins at a seam; undefined where all of them fit. What comes after
 * that place plays no part, so it stays where it is while a text grows. The character there is never white space: white
 * space at an end is not shown, and takes nothing.
 */
export function overflow(lines: readonly Line[], seam: Seam, limit: number): number | undefined {
  const meter = createMeter(seam, openingLength(seam));
  const table = createTableRoom(seam.blocks.head);
  const first = lines.findIndex(({ text }) => text.trim() !== "");
  const start = lines[first]?.from ?? 0;
  let blocks = lines[first - 1]?.after ?? seam.blocks;
  for (const line of lines.slice(Math.max(first, 0))) {
    const at = overflowIn(line, blocks, { start, meter, limit });
    if (at !== undefined) return at;
    const more = table.add(line);
    if (meter.total(more) <= limit) meter.wait(more);
    else if (table.shape().rows > 2) return line.from;
    else if (table.shape().from > start) return table.shape().from;
    blocks = line.after;
  }
  return undefined;
}
