import type { Clock } from "../src/services/clock.ts";

export interface VirtualClock extends Clock {
  /** Moves time forward, waking every sleeper on the way in order, and lets what they start run on. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Lets sockets, promises and timers of 0 ms that a wake-up set off run before time moves on. */
const everything = () => new Promise((resolve) => setTimeout(resolve, 2));

/** Lets promises run on; enough where no socket is involved, and a hundred times as fast. */
export const promisesOnly = () => new Promise<void>((resolve) => setImmediate(resolve));

export function virtualClock(
  start = Date.UTC(2026, 10, 23, 12),
  settle: () => Promise<unknown> = everything,
): VirtualClock {
  let time = start;
  const sleepers = new Set<Sleeper>();
  const nextUntil = (end: number) =>
    [...sleepers].filter((sleeper) => sleeper.at <= end).toSorted((a, b) => a.at - b.at)[0];

  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const sleeper = { at: time + Math.max(0, ms), wake: () => undefined as void };
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        sleeper.wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (let next = nextUntil(end); next; next = nextUntil(end)) {
        time = Math.max(time, next.at);
        next.wake();
        await settle();
      }
      time = end;
      await settle();
    },
  };
}
