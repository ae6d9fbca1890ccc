import { createSpread, earliest, longestSilence, type Plan, type Spread, waited } from "./plan.ts";

/** A window that has just opened, and the one before it: all that the future depends on. */
interface Opening {
  step: number;
  /** How long before this window the one before it opened; the window's length where that one has ended. */
  age: number;
  /** Edits left in the window before. */
  left: number;
  /** What was waited until here. */
  waited: number;
}

/**
 * The least waiting of one answer that has two buckets alike to itself, exactly.
 *
 * At most two windows are open at a time; so, in the order of their opening, they alternate between the lanes, and an edit
 * is best taken from the older one. The schedule goes from opening to opening, with edits spread between them.
 */
export function leastOfTwoLanes(plan: Plan): number {
  const between = createBetween(plan, createSpread(plan, 2 * plan.limit));
  const bound = createBound(plan);
  const nothing = { step: 0, age: plan.window, left: 1, waited: 0 };
  for (let most = 1.02 * bound(nothing) + 1; ; most *= 1.05) {
    const found = search(plan, between, bound, most);
    if (found <= most) return found;
  }
}

/** The least waiting, if that is at most `most`. */
function search(plan: Plan, between: Between, bound: Bound, most: number): number {
  const { tokens, window, limit } = plan;
  const at = (step: number, age: number, left: number) => (step * (window + 1) + age) * limit + left;
  const least = new Float64Array(at(tokens + 1, 0, 0)).fill(Infinity);
  for (let step = 1; step <= tokens; step++) least[at(step, window, 0)] = waited(plan, step);
  let best = Infinity;

  const follow = (opening: Opening, next: number) => {
    const length = next - opening.step;
    const age = Math.min(length, window);
    for (let used = 0; used < limit; used++) {
      const total = opening.waited + between(opening, length, used);
      const state = at(next, age, age === window ? 0 : limit - 1 - used);
      if (total < least[state]!) least[state] = total;
    }
  };
  const visit = (opening: Opening) => {
    if (opening.waited + bound(opening) > Math.min(most, best)) return;
    best = Math.min(best, opening.waited + ending(plan, between, opening));
    const free = opening.step + Math.max(1, window - opening.age);
    const last = Math.min(tokens, opening.step + longestSilence(plan));
    for (let next = free; next <= last; next++) follow(opening, next);
  };

  for (let step = 1; step <= tokens; step++)
    for (let age = 1; age <= window; age++)
      for (let left = 0; left < limit; left++) {
        const waited = least[at(step, age, left)]!;
        if (waited < Infinity) visit({ step, age, left, waited });
      }
  return best;
}

/** The waiting until the next window opens `length` steps later, with `used` more edits taken from this one. */
type Between = (opening: Opening, length: number, used: number) => number;

function createBetween(plan: Plan, spread: Spread): Between {
  const { window, limit } = plan;
  const lengths = longestSilence(plan) + 1;
  const known = new Float64Array((window + 1) * limit * lengths * limit).fill(Number.NaN);
  const find = (age: number, left: number, length: number, used: number) => {
    for (let older = left; older >= 0; older--) {
      const edits = older + used;
      const total = spread.withinBoth(length, edits + 1, older, window - age - 1, edits, window - 1);
      if (total < Infinity) return total;
    }
    return Infinity;
  };
  return ({ age, left }, length, used) => {
    const at = ((age * limit + left) * lengths + length) * limit + used;
    if (Number.isNaN(known[at])) known[at] = find(age, left, length, used);
    return known[at]!;
  };
}

/** The waiting until the last edit, where that is the opening itself or is taken from this window. */
function ending(plan: Plan, between: Between, opening: Opening): number {
  const length = plan.tokens - opening.step;
  if (length === 0) return 0;
  if (length >= plan.window) return Infinity;
  let best = Infinity;
  for (let used = 0; used < plan.limit - 1; used++) best = Math.min(best, between(opening, length, used));
  return best;
}

type Bound = (opening: Opening) => number;

/** No schedule waits less than this from here on: all edits that may ever be sent, only few of them before a lane is free. */
function createBound({ tokens, window, limit, ...plan }: Plan): Bound {
  const { even } = createSpread({ ...plan, tokens, window, limit, gap: 1 }, tokens);
  return ({ step, age, left }) => {
    const rest = tokens - step;
    const free = window - age;
    const now = left + limit - 1;
    const windows = Math.floor(rest / window) + (rest < free ? 0 : Math.floor((rest - free) / window) + 1);
    const edits = Math.min(rest, now + windows * limit);
    if (edits <= now || rest - earliest(rest, edits, edits - now - 1) >= free) return even(rest, edits);
    // The edit after those that are left waits for the free lane.
    const after = Math.min(edits - now - 1, rest - free);
    return even(free, Math.min(now + 1, free)) + even(rest - free, after);
  };
}
