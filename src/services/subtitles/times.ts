import type { Segment } from "../models/model.ts";

/** When each unit of a segment's text is said, spaces left out; in milliseconds. */
export interface Times {
  from: number[];
  to: number[];
}

export const withoutSpaces = (text: string): string => text.replaceAll(/\s+/g, "");

const toMs = (seconds: number) => Math.max(0, Math.round(seconds * 1000));
const within = (ms: number, from: number, to: number) => Math.min(to, Math.max(from, ms));

/** How far a word may be from where it is expected: a model's words and its text can differ. */
const LOOK_AHEAD = 60;

interface Anchor {
  at: number;
  length: number;
  from: number;
  to: number;
}

/** Where in the text each word with times is; those that are not in it are left out. */
function anchorsOf(text: string, { words = [] }: Segment, begin: number, end: number): Anchor[] {
  const anchors: Anchor[] = [];
  let expected = 0;
  for (const word of words) {
    const plain = withoutSpaces(word.text);
    const at = text.slice(0, expected + LOOK_AHEAD + plain.length).indexOf(plain, expected);
    if (plain === "" || at < 0) continue;
    const from = within(toMs(word.start), anchors.at(-1)?.from ?? begin, end);
    anchors.push({ at, length: plain.length, from, to: within(toMs(word.end), from, end) });
    expected = at + plain.length;
  }
  return anchors;
}

/** Spreads a stretch of time evenly over a stretch of text. */
function spread(times: Times, count: number, from: number, to: number): void {
  for (let index = 0; index < count; index++) {
    times.from.push(from + ((to - from) * index) / count);
    times.to.push(from + ((to - from) * (index + 1)) / count);
  }
}

/** By the words' times where there are some; between those, and where there are none, evenly. Starts never go back. */
export function timesOf(segment: Segment): Times {
  const text = withoutSpaces(segment.text);
  const begin = toMs(segment.start);
  const end = Math.max(begin, toMs(segment.end));
  const times: Times = { from: [], to: [] };
  let said = begin;
  for (const { at, length, from, to } of anchorsOf(text, segment, begin, end)) {
    spread(times, at - times.from.length, Math.min(said, from), from);
    spread(times, length, from, to);
    said = Math.max(from, to);
  }
  spread(times, text.length - times.from.length, said, end);
  return times;
}
