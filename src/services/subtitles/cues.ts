import type { Segment } from "../models/model.ts";
import type { Cue } from "./cue.ts";
import { createLines, type Lines } from "./lines.ts";
import { type Piece, piecesOf, type places } from "./pieces.ts";
import { isCjk } from "./script.ts";

/** All times here are in milliseconds. */
const SHORTEST = 1_000;
const LONGEST = 7_000;

/** How far from its first word a cue may begin, so that none is too short to be read. */
const EARLY = 1_000;
const LATE = 2_000;

/** A cue that is too short all the same is at least on the screen. */
const FLASH = 40;

/** Readers take in about so many letters a second; a cue stays longer than it is spoken where there is time. */
const LETTERS_A_SECOND = 17;

/** From piece `from` to the next cue's, and the shortest time that it can be given. */
interface Stretch {
  from: number;
  shortest: number;
}

/** A way to have cut everything before some piece. `earliest` is when the cue that begins there can begin. */
interface Way {
  cost: number;
  earliest: number;
  previous: (Stretch & { way: Way }) | undefined;
}

/** A cue that is too short is worse than anything else. */
const TOO_SHORT = 1_000_000;
const ONE_MORE_CUE = 2;
const BEHIND = { sentence: 0, clause: 2, word: 5, letter: 9 } satisfies Record<
  (typeof places)[number],
  number
>;
/** The end of a sentence, and the beginning of one that goes on in the next cue. */
const TORN = 3;
const HALF_EMPTY = 2;
/** For each second of silence within a cue: what comes after it would be read before it is said. */
const SILENCE = 4;
const UNNOTICED = 700;
/** For each second that a cue is late. */
const LATENESS = 6;

/** What speaks against a cue of the pieces from one to another, whatever its times are. */
type Cost = (from: number, to: number) => number;

/** Adds up before each piece, so that a stretch is asked for without going through it. */
function sums(pieces: readonly Piece[], of: (piece: Piece, previous: Piece | undefined) => number): number[] {
  const all = [0];
  for (const [index, piece] of pieces.entries()) all.push((all[index] ?? 0) + of(piece, pieces[index - 1]));
  return all;
}

function costsOf(pieces: readonly Piece[], lines: Lines): Cost {
  const sentences = sums(pieces, ({ place }) => (place === "sentence" ? 1 : 0));
  const silences = sums(pieces, ({ start }, previous) => {
    const silence = start - (previous?.end ?? start);
    return silence > UNNOTICED ? (SILENCE * silence) / 1000 : 0;
  });
  const between = (list: readonly number[], from: number, to: number) => (list[to] ?? 0) - (list[from] ?? 0);
  return (from, to) => {
    const place = pieces[to - 1]?.place ?? "sentence";
    const cost = ONE_MORE_CUE + BEHIND[place] + between(silences, from + 1, to);
    if (place === "sentence") return cost;
    const torn = between(sentences, from, to - 1) > 0 ? TORN : 0;
    return cost + torn + HALF_EMPTY * (1 - lines.fullness(from, to));
  };
}

/** The way on over one more cue; `start` is when the next one's first word is said, undefined where there is none. */
function onwards(way: Way, from: number, cost: number, start: number | undefined): Way {
  const wanted = way.earliest + SHORTEST;
  const latest = (start ?? wanted) + LATE;
  const shortest = wanted <= latest ? SHORTEST : Math.max(FLASH, latest - way.earliest);
  const earliest = Math.max((start ?? 0) - EARLY, way.earliest + shortest);
  const late = Math.max(0, earliest - (start ?? earliest));
  const tooShort = shortest < SHORTEST ? TOO_SHORT * (2 - shortest / SHORTEST) : 0;
  return {
    cost: way.cost + cost + tooShort + (LATENESS * late) / 1000,
    earliest,
    previous: { from, shortest, way },
  };
}

/** More would hardly ever differ in what comes of them. */
const MOST_WAYS = 8;

/** Those to which no other is preferable in every respect. */
function best(ways: readonly Way[]): Way[] {
  const kept: Way[] = [];
  for (const way of ways.toSorted((a, b) => a.cost - b.cost || a.earliest - b.earliest))
    if (kept.every(({ earliest }) => way.earliest < earliest)) kept.push(way);
  return kept.length > MOST_WAYS ? [...kept.slice(0, MOST_WAYS - 1), ...kept.slice(-1)] : kept;
}

/** How far a cue that begins with this piece can reach; each number is the piece behind its last. */
function* reaches(pieces: readonly Piece[], lines: Lines, from: number): Generator<number> {
  const first = pieces[from];
  if (!first) return;
  yield from + 1;
  for (let to = from + 2; to <= pieces.length; to++) {
    const last = pieces[to - 1];
    if (!last || last.speaker !== first.speaker || !lines.fit(from, to)) return;
    if (last.start - first.start > LONGEST) return;
    if (last.end - first.start <= LONGEST) yield to;
  }
}

/** The best way to cut the pieces into cues. */
function stretchesOf(pieces: readonly Piece[], lines: Lines): Stretch[] {
  const ways: Way[][] = [
    [{ cost: 0, earliest: Math.max(0, (pieces[0]?.start ?? 0) - EARLY), previous: undefined }],
  ];
  const costOf = costsOf(pieces, lines);
  for (let from = 0; from < pieces.length; from++) {
    const here = best(ways[from] ?? []);
    ways[from] = [];
    for (const to of reaches(pieces, lines, from)) {
      const cost = costOf(from, to);
      const there = (ways[to] ??= []);
      for (const way of here) there.push(onwards(way, from, cost, pieces[to]?.start));
    }
  }
  const stretches: Stretch[] = [];
  for (let way = best(ways[pieces.length] ?? [])[0]; way?.previous; way = way.previous.way)
    stretches.unshift({ from: way.previous.from, shortest: way.previous.shortest });
  return stretches;
}

/** When each cue begins: with its first word, unless it or another one would be too short then. */
function startsOf(stretches: readonly Stretch[], pieces: readonly Piece[]): number[] {
  const said = stretches.map(({ from }) => pieces[from]?.start ?? 0);
  const shortest = stretches.map((stretch) => stretch.shortest);
  const earliest: number[] = [];
  for (const [index, start] of said.entries())
    earliest.push(
      Math.max(0, start - EARLY, index === 0 ? 0 : (earliest[index - 1] ?? 0) + (shortest[index - 1] ?? 0)),
    );
  const latest = said.map((start, index) => Math.max(start + LATE, earliest[index] ?? 0));
  for (let index = latest.length - 2; index >= 0; index--)
    latest[index] = Math.min(latest[index] ?? 0, (latest[index + 1] ?? 0) - (shortest[index] ?? 0));
  const starts: number[] = [];
  for (const [index, start] of said.entries()) {
    const free = index === 0 ? 0 : (starts[index - 1] ?? 0) + (shortest[index - 1] ?? 0);
    starts.push(Math.min(Math.max(start, free, earliest[index] ?? 0), latest[index] ?? start));
  }
  return starts;
}

/** It stays until its last word is said, and until it can be read; but not longer than to the next. */
function endOf(
  start: number,
  { shortest }: Stretch,
  own: readonly Piece[],
  next: number | undefined,
): number {
  const letters = own.reduce((sum, { length }) => sum + length, 0);
  const wanted = Math.max(
    own.at(-1)?.end ?? 0,
    start + shortest,
    start + (1000 * letters) / LETTERS_A_SECOND,
  );
  return Math.round(Math.min(wanted, start + LONGEST, next ?? Number.POSITIVE_INFINITY));
}

/**
 * The transcript as subtitles, by the usual rules: one or two lines of 42 letters at the most, 21 in Chinese, Japanese
 * and Korean; none overlaps the next; each is there for 1 to 7 seconds; cut at sentences, or else at clauses, or else at
 * words; another speaker begins another cue. Nothing is lost, and the order is that of the text. The times are the words'
 * where the transcript has them, and otherwise the segment's, spread over its letters.
 *
 * Where all of it can't be, in this order something gives way: a cue is cut at a worse place; it begins up to one second
 * before its first word, or up to two seconds after it, so that it and those around it can stay for a second; only where
 * that is not enough, as where 40 words are said in a second, a cue is there for less than a second. The other rules hold
 * always. What is wrong in the transcript's times (words that overlap, or go back) is put right first: each word
 * begins with or after the one before it, within its segment.
 *
 * `language` is what the model calls it; it helps to find the words where there are no spaces.
 */
export function cuesOf(segments: readonly Segment[], language?: string): Cue[] {
  const pieces = piecesOf(segments, language);
  const lines = createLines(pieces, isCjk(pieces.map(({ text }) => text).join(" ")));
  const stretches = stretchesOf(pieces, lines);
  const starts = startsOf(stretches, pieces);
  return stretches.map((stretch, index) => {
    const to = stretches[index + 1]?.from ?? pieces.length;
    const own = pieces.slice(stretch.from, to);
    const start = starts[index] ?? 0;
    const end = endOf(start, stretch, own, starts[index + 1]);
    const speaker = own[0]?.speaker;
    const said = { start: start / 1000, end: end / 1000, lines: lines.of(stretch.from, to) };
    return speaker === undefined ? said : { ...said, speaker };
  });
}
