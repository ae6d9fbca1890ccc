import type { Segment } from "../models/model.ts";
import { createWordCutter, hasCjk, isCjk, letters } from "./script.ts";
import { type Times, timesOf } from "./times.ts";

/** What a place behind a piece is: the later in this list, the worse it is to cut there. */
export const places = ["sentence", "clause", "word", "letter"] as const;

/** A word of a transcript, or a part of one that is longer than a line. */
export interface Piece {
  text: string;
  /** How many letters readers count. */
  length: number;
  /** A space is before it. */
  spaced: boolean;
  cjk: boolean;
  /** In milliseconds; starts never go back from one piece to the next. */
  start: number;
  end: number;
  speaker: string | undefined;
  place: (typeof places)[number];
}

/** Letters in a line: usual for Latin scripts, and half of it where letters are as wide as they are high. */
export const LINE = 42;
export const CJK_LINE = 21;

/** Marks at the end of a word, with the quotes and brackets that may follow them. */
const SENTENCE = /[.!?…。！？｡؟۔।॥]["'”’»)\]」』）】]*$/u;
const CLAUSE = /[,;:、，；：،؛—–]["'”’»)\]」』）】]*$/u;
/** `z.B.`, `U.S.`, `Dr.`: a full stop that ends no sentence. */
const ABBREVIATION = /^["'“‘«([]*(?:(?:\p{L}\.)+|(?:Dr|Mr|Mrs|Ms|St|Nr|No|Prof|vs|ca|bzw)\.)$/u;

function placeBehind(word: string): Piece["place"] {
  if (SENTENCE.test(word) && !ABBREVIATION.test(word)) return "sentence";
  return CLAUSE.test(word) ? "clause" : "word";
}

/** As many letters at a time as have room in a line. */
function hardCut(word: string, room: number): string[] {
  if (word.length <= room) return [word];
  const all = letters(word);
  const count = Math.ceil(all.length / room);
  return Array.from({ length: count }, (_, index) => all.slice(index * room, (index + 1) * room).join(""));
}

/** What a segment's pieces are cut with. */
interface Cutting {
  cut: (text: string) => string[];
  isCjkText: boolean;
}

/** The segment's text in pieces, each with what stands before it and what the place behind it is. */
function textsOf(text: string, { cut, isCjkText }: Cutting) {
  return text.split(/\s+/).flatMap((chunk) =>
    cut(chunk).flatMap((word, nth) => {
      const parts = hardCut(word, isCjkText || hasCjk(word) ? CJK_LINE : LINE);
      return parts.map((part, index) => ({
        text: part,
        spaced: nth === 0 && index === 0,
        place: index < parts.length - 1 ? ("letter" as const) : placeBehind(part),
      }));
    }),
  );
}

function segmentPieces(segment: Segment, cutting: Cutting): Piece[] {
  const times: Times = timesOf(segment);
  let at = 0;
  const pieces = textsOf(segment.text.trim(), cutting).map(({ text, spaced, place }): Piece => {
    const [start = 0, end = 0] = [times.from[at], times.to[at + text.length - 1]];
    at += text.length;
    const { speaker } = segment;
    return { text, length: letters(text).length, spaced, cjk: hasCjk(text), start, end, speaker, place };
  });
  const last = pieces.at(-1);
  // A model ends its segments where there is a pause, or a thought ends.
  if (last?.place === "word") last.place = "clause";
  return pieces;
}

/** Starts never go back, and nothing ends before it starts. */
function inOrder(pieces: readonly Piece[]): Piece[] {
  let latest = 0;
  return pieces.map((piece) => {
    latest = Math.max(latest, Math.round(piece.start));
    return { ...piece, start: latest, end: Math.max(latest, Math.round(piece.end)) };
  });
}

/** Between two segments there is a space, unless neither is written with any. */
const joined = (pieces: readonly Piece[], previous: Piece | undefined): Piece[] =>
  pieces.map((piece, index) =>
    index === 0 ? { ...piece, spaced: previous !== undefined && !(previous.cjk && piece.cjk) } : piece,
  );

/** The transcript in pieces, in the order in which it is written. */
export function piecesOf(segments: readonly Segment[], language: string | undefined): Piece[] {
  const said = segments.filter(({ text }) => text.trim() !== "");
  const isCjkText = isCjk(said.map(({ text }) => text).join(" "));
  const cutting = { cut: createWordCutter(language), isCjkText };
  const all: Piece[] = [];
  for (const segment of said) all.push(...joined(segmentPieces(segment, cutting), all.at(-1)));
  return inOrder(all);
}
