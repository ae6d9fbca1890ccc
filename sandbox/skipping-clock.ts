import { type Clock, systemClock } from "../src/services/clock.ts";

/** A clock that goes as fast as the real one, and skips what nobody wants to wait for. */
export interface SkippingClock extends Clock {
  /** So much time has passed: whoever slept through it wakes up now. */
  skip(ms: number): void;
}

export function skippingClock(): SkippingClock {
  let skipped = 0;
  const sleepers = new Set<AbortController>();
  const now = () => systemClock.now() + skipped;

  /** Sleeps for a while, or until some time is skipped. */
  async function nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const skipping = new AbortController();
    sleepers.add(skipping);
    const both = signal ? AbortSignal.any([signal, skipping.signal]) : skipping.signal;
    await systemClock
      .sleep(ms, both)
      .catch((error: unknown) => {
        if (signal?.aborted) throw error;
      })
      .finally(() => sleepers.delete(skipping));
  }

  return {
    now,
    async sleep(ms, signal) {
      const until = now() + ms;
      do await nap(until - now(), signal);
      while (now() < until);
    },
    skip(ms) {
      skipped += ms;
      for (const each of sleepers) each.abort();
    },
  };
}
