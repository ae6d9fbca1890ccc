import { isProse, type Kind, type Line, paragraphsOf } from "./markdown-lines.ts";
import { type Marks, type Piece, pieces } from "./markdown-marks.ts";
import { marksBefore, type Seam } from "./seam.ts";

/** Where a text is cut, and the marks that are open there. */
export interface Cut {
  at: number;
  marks: Marks;
}

interface Place extends Cut {
  rank: number;
  /** What begins there. */
  next?: Kind;
}

/** How good a place is to cut at; less is better. */
const rank = {
  paragraph: 0,
  line: 1,
  /** Before a line that belongs to the one above: a nested item, what follows a colon. */
  inner: 3,
  code: 4,
  sentence: 5,
  clause: 6,
  space: 7,
  letter: 8,
  /** After a heading, or what begins a code block or a table. */
  glued: 9,
  /** Within a link, a mention or the like. */
  whole: 10,
};

/** A place where marks are open is a little worse than one where none are. */
const WHERE_MARKS_ARE = 0.5;

const graphemes = new Intl.Segmenter();

/** The last place up to `end` between two letters, or between two characters if one letter is all there is. */
function betweenLetters(view: string, from: number, end: number): number {
  // Half a character does not tell whether it belongs to the letter before.
  const isHalf = /[\uD800-\uDBFF]/.test(view.charAt(end));
  const letter = graphemes.segment(view.slice(from, end + 1)).containing(end - from - (isHalf ? 1 : 0));
  if (letter?.index) return from + letter.index;
  return /[\uD800-\uDBFF]/.test(view.charAt(end - 1)) ? end - 1 : end;
}

const codeKinds: readonly Kind[] = ["code", "row"];
const gluedKinds: readonly Kind[] = ["heading", "fence", "head", "rule"];

/** Whether the line after `line` must not be parted from it. */
function isGlued(above: Line, line: Line, next: Line): boolean {
  if (gluedKinds.includes(above.kind) || next.kind === "rule") return true;
  // The line under a table's first row may not be all in view.
  return line.kind === "text" && line.text.includes("|") && /^[\s|:-]*$/.test(next.text);
}

/** How good it is to cut between two lines. `above` is the last line that isn't empty. */
function lineRank(above: Line, line: Line, next: Line): number {
  if (isGlued(above, line, next)) return rank.glued;
  const isBlank = line.text.trim() === "";
  if (codeKinds.includes(line.kind) && codeKinds.includes(next.kind)) return isBlank ? rank.inner : rank.code;
  if (/^\s/.test(next.text) || /[:：]\s*$/.test(above.text)) return rank.inner;
  return isBlank ? rank.paragraph : rank.line;
}

/** Prose in view, piece by piece, with places counted from the beginning of the view. */
function proseOf(view: string, lines: readonly Line[], seam: Seam): Piece[] {
  return paragraphsOf(lines).flatMap((paragraph) => {
    const begin = paragraph[0]?.from ?? 0;
    const end = paragraph.at(-1)?.to ?? 0;
    if (!paragraph.every(isProse)) return [];
    const ending = end < view.length ? "paragraph" : "view";
    const found = pieces(view.slice(begin, end), marksBefore(paragraph, seam), ending);
    return found.map(({ kind, from, to, before, after }) => ({
      kind,
      from: begin + from,
      to: begin + to,
      before,
      // Marks end with their paragraph.
      after: begin + to < end ? after : [],
    }));
  });
}

/** The places between lines. */
function lineEnds(lines: readonly Line[], prose: readonly Piece[]): Place[] {
  const marks = new Map(prose.map(({ to, after }) => [to, after]));
  let [above] = lines;
  return lines.slice(0, -1).map((line, index) => {
    if (line.text.trim()) above = line;
    const next = lines[index + 1] ?? line;
    const found = lineRank(above ?? line, line, next);
    return { at: line.to, rank: found, next: next.kind, marks: marks.get(line.to) ?? [] };
  });
}

const mayClose = (char: string) => /[*_~|`]/.test(char);
const joinsLetter = (text: string) => /^(?:\p{M}|\u200D)/u.test(text);

/** How good it is to cut after a piece of prose; undefined if it is no place at all. */
function pieceRank(view: string, { kind, after }: Piece, at: number): number | undefined {
  const next = view.charAt(at);
  if (!/\S/.test(next) || (after.length > 0 && mayClose(next)) || joinsLetter(view.slice(at, at + 2)))
    return undefined;
  if (kind === "stop") return rank.sentence;
  if (kind === "clause") return rank.clause;
  if (kind !== "space") return undefined;
  const before = view.slice(Math.max(0, at - 12), at).trimEnd();
  if (/[.!?…。！？][^\p{L}\p{N}.!?…]*$/u.test(before)) return rank.sentence;
  return /[,;:–—]$/.test(before) ? rank.clause : rank.space;
}

/** The places within lines. */
function pieceEnds(view: string, lines: readonly Line[], prose: readonly Piece[]): Place[] {
  const leads = new Set<number>();
  for (const { from, lead } of lines) for (let at = 1; at <= lead.length; at += 1) leads.add(from + at);
  const places: Place[] = [];
  for (const piece of prose) {
    const found = leads.has(piece.to) ? undefined : pieceRank(view, piece, piece.to);
    if (found !== undefined) places.push({ at: piece.to, rank: found, marks: piece.after });
  }
  return places;
}

/** Places before what must not be cut, where nothing but a letter stands before it. */
function wholeBeginnings(prose: readonly Piece[]): Place[] {
  const wholes = prose.filter(({ kind }, index) => kind === "whole" && prose[index - 1]?.kind === "word");
  return wholes.map(({ from, before }) => ({ at: from, rank: rank.letter, marks: before }));
}

/** The last resort: within what does not end in view. */
function anywhere(view: string, lines: readonly Line[], prose: readonly Piece[]): Place[] {
  const end = view.length - 1;
  const line = lines.at(-1);
  if (!line || line.from === end) return [];
  const piece = prose.at(-1);
  if (piece?.to !== view.length)
    return [{ at: betweenLetters(view, line.from, end), rank: rank.letter, marks: [] }];
  const found = piece.kind === "word" ? rank.letter : rank.whole;
  return [{ at: betweenLetters(view, piece.from, end), rank: found, marks: piece.before }];
}

/** How good a place is in view of where it is: early ones leave a message nearly empty. */
function weigh({ at, rank: found, marks, next }: Place, begin: number, end: number): number {
  const share = (at - begin) / (end - begin);
  if (share > 1 / 2) return found + (marks.length > 0 ? WHERE_MARKS_ARE : 0);
  if (share <= 1 / 4 || found > rank.code) return Infinity;
  // A code block or a table that does not fit here may fit into the next message.
  return next === "fence" || next === "head" ? rank.inner : rank.space + found / 10;
}

function best(places: readonly Place[], begin: number, end: number): Place | undefined {
  let found: Place | undefined;
  let least = Infinity;
  for (const place of places) {
    const weight = weigh(place, begin, end);
    if (weight > least || weight === Infinity) continue;
    if (weight < least || place.at > (found?.at ?? 0)) found = place;
    least = weight;
  }
  return found;
}

/**
 * Where a message ends that begins at a seam. `view` is all that there is room for, and the character after
 * that; `lines` are its lines. It depends on nothing else, so it stays where it is while a text grows.
 */
export function cutOf(view: string, lines: readonly Line[], seam: Seam): Cut {
  const prose = proseOf(view, lines, seam);
  const begin = view.length - view.trimStart().length;
  const end = view.length - 1;
  const places = [
    ...lineEnds(lines, prose),
    ...pieceEnds(view, lines, prose),
    ...wholeBeginnings(prose),
    ...anywhere(view, lines, prose),
  ].filter(({ at }) => at > begin && at <= end);
  const found = best(places, begin, end);
  if (found && found.rank < rank.whole) return found;
  const before = places.filter((place) => place.rank < rank.whole).sort((a, b) => b.at - a.at);
  return before[0] ?? found ?? { at: begin + 1, marks: [] };
}
