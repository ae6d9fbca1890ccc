import type { Clock } from "../clock.ts";
import { ReplicateFailure } from "./retry.ts";

/** How many predictions may be created: Replicate's own numbers (HTTP API, rate limits). */
const FULL = { perMinute: 600, burst: 100 };

/** After this long without a 429 the rate is tried a step higher again. */
const RECOVERY_MS = 60_000;

/** A token bucket that follows the account's limit: down when Replicate says so, back up when it stops saying so. */
export interface Limiter {
  /**
   * Resolves when one more prediction may be created, in order of asking.
   * @throws {ReplicateFailure} 429, where that would be after `until` (milliseconds since 1970).
   */
  take(until: number, signal?: AbortSignal): Promise<void>;
  /** Replicate refused with 429: nothing leaves before `retryAfterMs`, and then no faster than it said. */
  throttled(detail: string, retryAfterMs: number): void;
}

/** "…is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit." */
const announced = (detail: string) => {
  const [, perMinute, burst] = /(\d+) requests per minute(?: with a burst of (\d+))?/.exec(detail) ?? [];
  return perMinute ? { perMinute: Number(perMinute), burst: Number(burst ?? 1) } : undefined;
};

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const refuse = () => reject(signal.reason as Error);
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });

export function createLimiter(clock: Clock): Limiter {
  let { perMinute, burst } = FULL;
  let tokens = burst;
  let filledAt = clock.now();
  let throttledAt = Number.NEGATIVE_INFINITY;
  let openAt = 0;
  let queue: Promise<void> = Promise.resolve();

  function refill(): void {
    const now = clock.now();
    if (perMinute < FULL.perMinute && now - throttledAt >= RECOVERY_MS) {
      perMinute = Math.min(FULL.perMinute, perMinute * 2);
      burst = Math.min(FULL.burst, burst * 2);
      throttledAt = now;
    }
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * perMinute) / 60_000);
    filledAt = Math.max(filledAt, now);
  }

  /** Milliseconds until a token is there; 0: it was taken. */
  function attempt(): number {
    refill();
    const closedMs = openAt - clock.now();
    if (closedMs > 0) return closedMs;
    if (tokens < 1) return Math.max(1, Math.ceil(((1 - tokens) * 60_000) / perMinute));
    tokens -= 1;
    return 0;
  }

  async function turn(until: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (let wait = attempt(); wait > 0; wait = attempt()) {
      if (clock.now() + wait > until)
        throw new ReplicateFailure({ status: 429, detail: "no turn in time", retryAfterMs: wait });
      await clock.sleep(wait, signal);
    }
  }

  return {
    take(until, signal) {
      const mine = queue.then(() => turn(until, signal));
      // Who gives up while waiting does not hold the others up, and does not wait for them either.
      queue = mine.catch(() => undefined);
      return signal ? Promise.race([mine, aborted(signal)]) : mine;
    },
    throttled(detail, retryAfterMs) {
      const limit = announced(detail);
      // Several requests that were under way together are refused together: that is one refusal.
      const again = clock.now() < openAt;
      openAt = Math.max(openAt, clock.now() + retryAfterMs);
      throttledAt = clock.now();
      if (again && !limit) return;
      perMinute = Math.min(perMinute, limit?.perMinute ?? Math.max(6, perMinute / 2));
      burst = Math.min(burst, limit?.burst ?? Math.max(1, Math.floor(burst / 2)));
      // One may go as soon as Replicate said, and the bucket fills from then on.
      tokens = 1;
      filledAt = openAt;
    },
  };
}
