import type { Clock } from "../services/clock.ts";

/** What a response says about its rate-limit bucket (`X-RateLimit-*`). */
export interface BucketState {
  remaining: number;
  resetAfterMs: number;
}

/** Says when the next edit of one bucket may go out, learning from the headers; nothing is hard-coded. */
export interface Pacer {
  /** How long to wait before an edit. Finals may use the last slot; other edits leave it to them. */
  waitMs(final: boolean): number;
  learn(state: BucketState | undefined): void;
}

/** Before the first headers: half a second between edits, which no bucket that was ever seen refuses. */
const UNKNOWN_GAP_MS = 500;
const SHORTEST_GAP_MS = 100;

export function createPacer(clock: Clock): Pacer {
  let sentAt = Number.NEGATIVE_INFINITY;
  let state: BucketState | undefined;

  return {
    waitMs(final) {
      if (sentAt === Number.NEGATIVE_INFINITY) return 0;
      const passed = clock.now() - sentAt;
      if (!state) return Math.max(0, UNKNOWN_GAP_MS - passed);
      const { remaining, resetAfterMs } = state;
      if (passed >= resetAfterMs) return 0;
      if (final) return remaining > 0 ? 0 : resetAfterMs - passed;
      // What is left is spread over the time until the bucket is full again; one slot is kept for the last word.
      const gap =
        remaining > 1 ? Math.max(SHORTEST_GAP_MS, Math.ceil(resetAfterMs / remaining)) : resetAfterMs;
      return Math.max(0, gap - passed);
    },
    learn(next) {
      sentAt = clock.now();
      state = next;
    },
  };
}

/** Reads Discord's rate-limit headers; undefined where there are none. */
export function bucketState(headers: { get(name: string): string | null }): BucketState | undefined {
  const remaining = headers.get("x-ratelimit-remaining");
  const resetAfter = headers.get("x-ratelimit-reset-after");
  if (remaining === null || resetAfter === null) return undefined;
  return { remaining: Number(remaining), resetAfterMs: Math.ceil(Number(resetAfter) * 1000) };
}
