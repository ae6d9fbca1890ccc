import { type Clock, systemClock } from "../src/services/clock.ts";

/** A clock on which time passes `times` as fast, for what takes minutes and touches real sockets. */
export function hurriedClock(times: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + (systemClock.now() - start) * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}
