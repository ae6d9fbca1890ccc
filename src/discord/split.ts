import { createRecent } from "../services/recent.ts";
import { cutOf } from "./cut.ts";
import { type Line, linesOf, linesUpTo } from "./markdown-lines.ts";
import { messageContent } from "./message-content.ts";
import { closingAtEnd, closingOf, noSeam, type Seam, seamAfter } from "./seam.ts";
import { overflow } from "./room.ts";

/** Discord's limit for a message's content, counted in UTF-16 code units at the most. */
export const MESSAGE_LIMIT = 2_000;

/** More than the characters that may end a code block. */
const SLACK = 50;

/** One message of a longer text. */
export interface Part {
  /** Its share of the text. */
  text: string;
  /** What is posted: its share, with what was cut closed at the end and opened again at the beginning. */
  content: string;
}

/** What costs nothing until more follows: white space, and the end of a code block. */
const free = /\s*(?:[`~>][`~> ]{0,15})?\s*/y;

function skipFree(text: string, from: number): number {
  free.lastIndex = from;
  return from + (free.exec(text)?.[0].length ?? 0);
}

/** As much of `text` as can matter for its first part: what there is room for, and the next character. */
const reach = (text: string, limit: number) =>
  text.slice(0, skipFree(text, skipFree(text, 0) + limit + SLACK) + 1);

type Beginning = [part: Part, after: Seam];

/** The part that ends within what is in reach, for nothing else matters for it; undefined where none does. */
function cutPart(room: string, all: readonly Line[], before: Seam, limit: number): Beginning | undefined {
  const end = overflow(all, before, limit);
  if (end === undefined) return undefined;
  const { at, marks } = cutOf(room.slice(0, end + 1), linesUpTo(all, end + 1, before, false), before);
  const lines = linesUpTo(all, at, before, true);
  const content = messageContent(lines, before, closingOf(marks), limit);
  return [{ text: room.slice(0, at), content }, seamAfter(lines, before, marks, limit / 4)];
}

/** While a text grows, its parts that have ended are asked for with every edit, and a cut takes most of its time. */
const ended = createRecent<Beginning>(1_000);

function cutOnce(room: string, before: Seam, limit: number): Beginning | undefined {
  const place = `${limit} ${JSON.stringify(before)} `;
  const key = place + room;
  const known = ended.get(key);
  if (known) return known;
  // Taken out of the key: a piece of the text itself would keep all of it in memory.
  const own = key.slice(place.length);
  const cut = cutPart(own, linesOf(own, before), before, limit);
  if (cut) ended.set(key, cut);
  return cut;
}

/** The first part of `text`, and what is open after it. */
function firstPart(text: string, before: Seam, limit: number): Beginning {
  const room = reach(text, limit);
  const known = room.length < text.length ? cutOnce(room, before, limit) : undefined;
  if (known) return known;
  const all = linesOf(room, before);
  const cut = cutPart(room, all, before, limit);
  if (cut) return cut;
  const lines = linesUpTo(all, room.length, before, false);
  return [{ text, content: messageContent(lines, before, closingAtEnd(lines, before), limit) }, before];
}

/**
 * Markdown of any length as messages of at most `limit` characters (at least 120; each may have its own), each of which
 * is rendered by Discord as it would be in one long message. The shares of all parts are the text. While a text grows, all parts but the last
 * stay as they are. A text of nothing but white space has no parts.
 */
export function split(text: string, limit: number | ((index: number) => number) = MESSAGE_LIMIT): Part[] {
  const parts: Part[] = [];
  let seam = noSeam;
  for (let rest = text; rest.trim() !== "";) {
    const own = typeof limit === "number" ? limit : limit(parts.length);
    const [part, after] = firstPart(rest, seam, own);
    parts.push(part);
    rest = rest.slice(part.text.length);
    seam = after;
  }
  return parts;
}
