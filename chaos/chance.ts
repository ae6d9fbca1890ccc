import { seeded } from "../sandbox/replicate/seeded.ts";

/** Everything that is left to chance; the same seed chooses the same things in the same order. */
export interface Chance {
  between(from: number, to: number): number;
  happens(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

export function createChance(seed: number): Chance {
  const random = seeded(seed);
  return {
    between: (from, to) => Math.round(from + random() * (to - from)),
    happens: (probability) => random() < probability,
    pick: (choices) => choices[Math.floor(random() * choices.length)]!,
  };
}
