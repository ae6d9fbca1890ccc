import { LEVEL_SECONDS, type Loudness } from "./loudness.ts";

/** How far from where a cut was planned it may be. */
const WITHIN_SECONDS = 45;

/** So much below what is loud, and everything below that, is the same silence. */
const DEEPEST_DECIBELS = 50;

/** How far up from the quietest to the loudest a pause may reach. */
const PAUSE_SHARE = 0.4;

interface Pause {
  /** The first level of it, and the one after it. */
  from: number;
  to: number;
}

/** Of so many levels in a row the quietest are what silence is here. */
const QUIETEST = 3;

function loudest(levels: Float32Array): number {
  const sorted = levels.toSorted();
  // A clap is no measure of speech.
  return sorted[Math.floor((sorted.length - 1) * 0.9)] ?? 0;
}

function quietest(levels: Float32Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + QUIETEST <= levels.length; at++)
    least = Math.min(least, Math.max(...levels.subarray(at, at + QUIETEST)));
  return least;
}

/**
 * What counts as quiet here. By the recording itself: where there is noise in the pauses, too, they are still what is
 * less loud than speech.
 */
function quietBelow(levels: Float32Array): number {
  const loud = loudest(levels);
  const quiet = Math.max(Math.min(quietest(levels), loud), loud - DEEPEST_DECIBELS);
  return quiet + (loud - quiet) * PAUSE_SHARE;
}

function pausesIn(levels: Float32Array, below: number): Pause[] {
  const pauses: Pause[] = [];
  let from: number | undefined;
  for (let at = 0; at <= levels.length; at++) {
    const isQuiet = at < levels.length && (levels[at] ?? 0) <= below;
    if (isQuiet) from ??= at;
    else if (from !== undefined) {
      pauses.push({ from, to: at });
      from = undefined;
    }
  }
  return pauses;
}

const middle = ({ from, to }: Pause) => (from + to) / 2;

/**
 * Where to cut instead of at `planned`: the middle of the longest pause nearby; of several that are as long, of the
 * nearest. Seconds; the same recording is always cut at the same place.
 */
export function silenceNear({ levels, seconds }: Loudness, planned: number): number {
  const first = Math.max(0, Math.floor((planned - WITHIN_SECONDS) / LEVEL_SECONDS));
  const around = levels.subarray(first, Math.ceil((planned + WITHIN_SECONDS) / LEVEL_SECONDS));
  const target = planned / LEVEL_SECONDS - first;
  const [best] = pausesIn(around, quietBelow(around)).toSorted(
    (a, b) =>
      b.to - b.from - (a.to - a.from) ||
      Math.abs(middle(a) - target) - Math.abs(middle(b) - target) ||
      a.from - b.from,
  );
  const cut = best ? (first + middle(best)) * LEVEL_SECONDS : planned;
  return Math.min(seconds, Math.round(cut * 1000) / 1000);
}
