import { halfEnded, newRuns, type Paper, take } from "./paper.ts";
import type { Step } from "./step.ts";

/**
 * What came of a step: what its caller was told; or `perhaps`, where nobody was told, and it is there or it is not, or half
 * of it is; or `undone`, where its caller was told that it failed: others may have seen it for a while.
 */
export interface Event {
  step: Step;
  came: string;
}

/** How it may stand on paper after an event, and what must follow. */
function* ways(paper: Paper, { step, came }: Event, now: number): Generator<[Paper, Event[]]> {
  const [next, told] = take(paper, step, now);
  if (came === told || came === "perhaps") yield [next, []];
  if (came === "perhaps" || came === "undone") yield [paper, []];
  const half = came === "perhaps" ? halfEnded(paper, step, now) : undefined;
  if (half) yield [half, []];
  if (came !== "undone" || step.do !== "hold" || told !== "done") return;
  const runs = Object.keys(newRuns(paper, step, now));
  yield [next, [{ step: { do: "release", who: step.who, runs }, came: "done" }]];
}

/**
 * What is on paper after what was begun together, one after the other in some order, and then what was begun `later`, in
 * this order: so that each comes out as it did, and in the end all is as it was seen. Undefined where there is no such
 * order: then what ran at once got in its own way.
 */
export function inSomeOrder(
  start: Paper,
  events: { together: readonly Event[]; later: readonly Event[] },
  now: number,
  isAsSeen: (paper: Paper) => boolean,
): Paper | undefined {
  /** Where nothing was found: most orders lead to the same places. */
  const seenBefore = new Set<string>();

  function isNew(...place: [paper: Paper, left: readonly Event[], later: readonly Event[]]): boolean {
    const before = seenBefore.size;
    return seenBefore.add(JSON.stringify(place)).size > before;
  }

  function search(paper: Paper, left: readonly Event[], later: readonly Event[]): Paper | undefined {
    const [first, ...rest] = later;
    if (left.length === 0 && first === undefined) return isAsSeen(paper) ? paper : undefined;
    if (left.length === 0) return search(paper, [first!], rest);
    if (!isNew(paper, left, later)) return undefined;
    for (const event of left)
      for (const [next, more] of ways(paper, event, now)) {
        const others = left.filter((other) => other !== event);
        const found = search(next, [...others, ...more], later);
        if (found) return found;
      }
    return undefined;
  }

  return search(start, events.together, events.later);
}
