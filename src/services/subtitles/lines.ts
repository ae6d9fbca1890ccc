import { CJK_LINE, LINE, type Piece, places } from "./pieces.ts";

/** What finds room in the lines of a cue; pieces are named by their places in the transcript, `to` is not included. */
export interface Lines {
  /** Whether these pieces find room in two lines. */
  fit(from: number, to: number): boolean;
  /** How full two lines are, from 0 to 1. */
  fullness(from: number, to: number): number;
  /** In one line where they find room in it; otherwise in two, of about the same length and cut where it reads well. */
  of(from: number, to: number): string[];
}

/** How many letters longer one line may rather be than that it is cut at a worse place. */
const AT = { sentence: 0, clause: 2, word: 14, letter: 40 } satisfies Record<(typeof places)[number], number>;

export function createLines(pieces: readonly Piece[], isCjkText: boolean): Lines {
  /** Letters, and pieces in wide letters, before each piece. */
  const before = [0];
  const wide = [0];
  for (const [index, { length, spaced, cjk }] of pieces.entries()) {
    before.push((before[index] ?? 0) + length + (spaced ? 1 : 0));
    wide.push((wide[index] ?? 0) + (cjk ? 1 : 0));
  }
  const between = (list: readonly number[], from: number, to: number) => (list[to] ?? 0) - (list[from] ?? 0);
  const lengthOf = (from: number, to: number) => between(before, from, to) - (pieces[from]?.spaced ? 1 : 0);
  const room = (from: number, to: number) => (isCjkText || between(wide, from, to) > 0 ? CJK_LINE : LINE);

  /** Where the first of two lines may end. */
  function ends(from: number, to: number): number[] {
    const most = room(from, to);
    const found: number[] = [];
    for (let end = from + 1; end < to && lengthOf(from, end) <= most; end++)
      if (lengthOf(end, to) <= most) found.push(end);
    return found;
  }

  const textOf = (from: number, to: number) =>
    pieces
      .slice(from, to)
      .map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text))
      .join("");

  /** A longer line above hides more of the picture. */
  function cost(from: number, end: number, to: number): number {
    const longer = lengthOf(from, end) - lengthOf(end, to);
    return Math.abs(longer) + AT[pieces[end - 1]?.place ?? "word"] + (longer > 0 ? 1 : 0);
  }

  return {
    fit(from, to) {
      const length = lengthOf(from, to);
      const most = room(from, to);
      if (length <= most) return true;
      if (length > 2 * most + 1) return false;
      // As much as has room in the first line leaves least for the second.
      let end = from + 1;
      while (end < to - 1 && lengthOf(from, end + 1) <= most) end++;
      return lengthOf(from, end) <= most && lengthOf(end, to) <= most;
    },
    fullness: (from, to) => Math.min(1, lengthOf(from, to) / (2 * room(from, to))),
    of(from, to) {
      if (lengthOf(from, to) <= room(from, to)) return [textOf(from, to)];
      const [best = to] = ends(from, to).toSorted((a, b) => cost(from, a, to) - cost(from, b, to));
      return best === to ? [textOf(from, to)] : [textOf(from, best), textOf(best, to)];
    },
  };
}
