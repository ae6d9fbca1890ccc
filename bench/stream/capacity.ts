import { setTimeout as sleep } from "node:timers/promises";

/** Something that takes real time, and as much of the machine as so many answers. */
export interface Task {
  weight: number;
  run(): Promise<void>;
}

export interface Room {
  /** What may run at a time weighs no more than this, unless it is one alone. */
  capacity: number;
  /** Between two beginnings at the least: beginning is the hardest work. */
  apartMs: number;
}

/** Runs all of them, in order as far as there is room. */
export async function runWithin({ capacity, apartMs }: Room, tasks: readonly Task[]): Promise<void> {
  const waiting = [...tasks];
  const running = new Set<Promise<void>>();
  let free = capacity;
  const begin = ({ weight, run }: Task) => {
    free -= weight;
    const work = run().finally(() => {
      free += weight;
      running.delete(work);
    });
    running.add(work);
  };
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ weight }) => weight <= free || running.size === 0);
    if (next >= 0) {
      waiting.splice(next, 1).forEach(begin);
      await sleep(apartMs);
    } else await Promise.race(running);
  }
  await Promise.all(running);
}
