import { type Attachment, isAttachment } from "../attachment.ts";

interface Timed {
  start: number;
  end: number;
}

interface Heard extends Timed {
  words?: readonly Timed[] | undefined;
}

/** How far into its recording the part begins that an input asks of; 0 where it asks of the whole. */
export function beginningOf(input: Record<string, unknown>): number {
  const file = Object.values(input).find((value): value is Attachment => isAttachment(value));
  return file?.cut?.from ?? 0;
}

/** To a millisecond: sums have up to 17 digits otherwise, which is much for each of 18,000 words. */
const sum = (a: number, b: number) => Math.round((a + b) * 1000) / 1000;

const later = <T extends Timed>(timed: T, seconds: number): T => ({
  ...timed,
  start: sum(timed.start, seconds),
  end: sum(timed.end, seconds),
});

/** What was heard in a part, by the clock of the whole recording. */
export function shifted<T extends Heard>(segments: readonly T[], seconds: number): T[] {
  return segments.map((segment) => ({
    ...later(segment, seconds),
    ...(segment.words ? { words: segment.words.map((word) => later(word, seconds)) } : {}),
  }));
}
