import { type Clock, systemClock } from "../src/services/clock.ts";

export interface HurriedClock extends Clock {
  /** How fast time passes from now on; who sleeps already wakes as if it had not changed. */
  hurry(times: number): void;
}

/** A clock on which time passes `times` as fast, for what takes minutes and touches real sockets. */
export function hurriedClock(times: number): HurriedClock {
  let speed = times;
  let since = systemClock.now();
  let start = since;
  const now = () => start + (systemClock.now() - since) * speed;
  return {
    now,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
    hurry(next) {
      [start, since, speed] = [now(), systemClock.now(), next];
    },
  };
}
