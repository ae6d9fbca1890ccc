/**
 * What a schedule of edits has to keep to, in steps of one token each: token k is made at step k. An edit leaves at some
 * step and shows the tokens made so far; the last edit leaves with the last token, so no final is ever late.
 */
export interface Plan {
  tokens: number;
  stepMs: number;
  /** From an edit's leaving until it is applied. */
  tripMs: number;
  /** Steps between two edits of one message at the least: one is in flight at a time. */
  gap: number;
  /** Edits that fit into one window of a bucket. */
  limit: number;
  /** How many steps a window lasts. It opens with the first edit after the last one ended. */
  window: number;
}

/** How long, all in all, the tokens of `steps` steps wait for the edit at their end. */
export const waited = ({ stepMs, tripMs }: Plan, steps: number) =>
  (stepMs * steps * (steps - 1)) / 2 + tripMs * steps;

/** No schedule is silent for longer: a window of one edit would fit into that time without touching the others. */
export const longestSilence = ({ window, gap }: Plan) => 2 * (window + gap);

/** The least waiting over a stretch that begins and ends with an edit. */
export interface Spread {
  /** The stretch in so many parts, each ended by an edit; Infinity where they would come too close. */
  even(length: number, parts: number): number;
  /** The same with a deadline: the edit number `nth` comes at step `by` at the latest. `nth` 0 has none. */
  within(length: number, parts: number, nth: number, by: number): number;
  /** With two deadlines, the second for a later edit. */
  withinBoth(
    length: number,
    parts: number,
    nth: number,
    by: number,
    laterNth: number,
    laterBy: number,
  ): number;
}

/** Where the edit `nth` stands at the earliest in an even division: the shorter parts come first. */
export const earliest = (length: number, parts: number, nth: number) => {
  const short = Math.floor(length / parts);
  const longer = length - short * parts;
  return nth * short + Math.max(0, nth - (parts - longer));
};

/** Waiting is convex in a part's length, so parts are as even as their deadlines allow. */
export function createSpread(plan: Plan, mostParts: number): Spread {
  const row = (parts: number) =>
    Float64Array.from({ length: plan.tokens + 1 }, (_, length) => {
      if (parts === 0) return length === 0 ? 0 : Infinity;
      const short = Math.floor(length / parts);
      if (short < plan.gap) return Infinity;
      const longer = length - short * parts;
      return longer * waited(plan, short + 1) + (parts - longer) * waited(plan, short);
    });
  const rows = Array.from({ length: mostParts + 1 }, (_, parts) => row(parts));
  const even = (length: number, parts: number) => rows[parts]![length]!;

  const within = (length: number, parts: number, nth: number, by: number) => {
    if (nth === 0 || earliest(length, parts, nth) <= by) return even(length, parts);
    return by < 0 ? Infinity : even(by, nth) + even(length - by, parts - nth);
  };

  return {
    even,
    within,
    withinBoth(length, parts, nth, by, laterNth, laterBy) {
      if (nth === 0) return within(length, parts, laterNth, laterBy);
      if (earliest(length, parts, laterNth) <= laterBy) return within(length, parts, nth, by);
      if (by < 0) return Infinity;
      // The tighter one of the two holds exactly, as for a string pulled taut.
      if (by * laterNth > laterBy * nth) return within(length, parts, laterNth, laterBy);
      return even(by, nth) + within(length - by, parts - nth, laterNth - nth, laterBy - by);
    },
  };
}
