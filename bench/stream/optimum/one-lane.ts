import { createSpread, longestSilence, type Plan, type Spread, waited } from "./plan.ts";

/**
 * The least waiting of one answer on one bucket, exactly, if it is given so many edits more that may leave whenever they
 * like: entry `free` of the list is for that many of them. Entry 0 is the bucket alone.
 */
export function leastOfOneLane(plan: Plan, mostFree = 0): number[] {
  const { tokens, window, limit } = plan;
  const spread = createSpread(plan, limit + mostFree);
  const least = opened(plan, spread, mostFree);
  const best = Array.from({ length: mostFree + 1 }, () => Infinity);
  const improve = (list: number[] | Float64Array, at: number, total: number) => {
    if (total < (list[at] ?? -Infinity)) list[at] = total;
  };

  for (let step = 1; step <= tokens; step++)
    for (let free = 0; free <= mostFree; free++) {
      const soFar = least[step]![free]!;
      for (let more = 0; more <= mostFree - free; more++) {
        improve(best, free + more, soFar + ending(plan, spread, tokens - step, more));
        for (let next = step + window; next <= Math.min(tokens, step + longestSilence(plan)); next++)
          improve(least[next]!, free + more, soFar + between(plan, spread, next - step, more, limit - 1));
      }
    }
  // Edits that are given need not be used.
  return best.map((_, free) => Math.min(...best.slice(0, free + 1)));
}

/** What is waited until the first window opens, by step and by free edits before it. */
function opened(plan: Plan, { even }: Spread, mostFree: number): Float64Array[] {
  return Array.from({ length: plan.tokens + 1 }, (_, step) =>
    Float64Array.from({ length: mostFree + 1 }, (_, free) => {
      if (free === 0) return step === 0 ? Infinity : waited(plan, step);
      let best = Infinity;
      // The first edit may follow the beginning as closely as it likes.
      for (let first = 1; first < step; first++)
        best = Math.min(best, waited(plan, first) + even(step - first, free));
      return best;
    }),
  );
}

/** The waiting until the next window opens `length` steps later, with so many free edits and `own` of the window's. */
function between({ window }: Plan, spread: Spread, length: number, free: number, own: number): number {
  for (let used = own; used >= 0; used--) {
    const total = spread.within(length, used + free + 1, used, window - 1);
    if (total < Infinity) return total;
  }
  return Infinity;
}

/** The waiting until the last edit, where that is the opening itself, one of the window's, or a free one. */
function ending(plan: Plan, spread: Spread, length: number, free: number): number {
  if (length === 0) return free === 0 ? 0 : Infinity;
  const own =
    length < plan.window && plan.limit > 1 ? between(plan, spread, length, free, plan.limit - 2) : Infinity;
  return free === 0 ? own : Math.min(own, between(plan, spread, length, free - 1, plan.limit - 1));
}
