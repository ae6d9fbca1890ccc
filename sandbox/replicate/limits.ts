import type { Clock } from "../../src/services/clock.ts";

/** The throttle of an account that is low on credit: so many creations a minute, one at a time. */
export function createLimit(clock: Clock) {
  let perMinute: number | undefined;
  let free = 0;
  return {
    set: (next: number | undefined) => {
      perMinute = next;
      free = 0;
    },
    /** Undefined where the creation may go on; otherwise the seconds until the next. */
    take(): { perMinute: number; seconds: number } | undefined {
      const now = clock.now();
      if (perMinute === undefined) return undefined;
      if (now < free) return { perMinute, seconds: Math.ceil((free - now) / 1000) };
      free = now + 60_000 / perMinute;
      return undefined;
    },
  };
}

export type Limit = ReturnType<typeof createLimit>;
