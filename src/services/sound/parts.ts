/** Of a recording, in seconds from its beginning. */
export interface Part {
  from: number;
  to: number;
}

/** What one run takes where nothing can be cut, or where it is asked who speaks. */
export const LONGEST_WHOLE_SECONDS = 60 * 60;

/** What is cut at all. */
export const LONGEST_CUT_SECONDS = 8 * 60 * 60;

/** Up to here, cutting would gain nothing: a machine has to be started for each part. */
const SHORTEST_CUT_SECONDS = 15 * 60;

const PART_SECONDS = 10 * 60;

/**
 * The parts in which a recording is transcribed, as planned before anybody listened to it: together they are the whole.
 * Of about 10 minutes each where it is longer than 15; otherwise one, the whole. Where it is really cut is at a silence
 * nearby, which is known only when the file is there.
 */
export function partsOf(seconds: number): Part[] {
  const count = seconds > SHORTEST_CUT_SECONDS ? Math.max(2, Math.round(seconds / PART_SECONDS)) : 1;
  const border = (index: number) => (index === count ? seconds : Math.floor((index * seconds) / count));
  return Array.from({ length: count }, (_, index) => ({ from: border(index), to: border(index + 1) }));
}
