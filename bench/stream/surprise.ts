import type { Profile } from "../../sandbox/discord/buckets.ts";
import type { Fault } from "../../sandbox/faults.ts";
import type { JournalEntry } from "../../sandbox/server.ts";
import { type Figures, figuresOf } from "./figures.ts";
import type { Lane } from "./pages.ts";
import { RTT_MS, STEP_MS } from "./pace.ts";
import { play } from "./play.ts";
import type { Policy } from "./policy.ts";

/** A 429 that nobody could foresee, in the middle of one answer. */
export interface Surprise {
  lane: Lane;
  seconds: number;
  private: boolean;
}

export const nameOfSurprise = ({ lane, seconds, private: hidden }: Surprise) =>
  `${hidden ? "private" : "public"}, 429 of ${seconds} s on the ${lane}`;

export const surprises: readonly Surprise[] = [5, 40].flatMap((seconds) => [
  { lane: "webhook" as const, seconds, private: false },
  { lane: "channel" as const, seconds, private: false },
  { lane: "webhook" as const, seconds, private: true },
]);

const TOKENS = 380;
const PROFILE: Profile = "5/5";

export interface Survived extends Figures {
  /** From when the final was allowed until it was there: a lane was free, and the last token made. */
  afterAllowedMs: number;
  refused: number;
  /** Requests to the lane before it was allowed again. */
  tooSoon: number;
}

const isHit = ({ status }: JournalEntry) => status === 429;
const onLane = (lane: Lane) => (lane === "webhook" ? /\/webhooks\// : /\/channels\//);

const fault = ({ lane, seconds }: Surprise): Fault => ({
  method: "PATCH",
  path: onLane(lane),
  delayMs: RTT_MS,
  status: 429,
  headers: { "retry-after": String(seconds), "x-ratelimit-scope": "user" },
  body: { message: "You are being rate limited.", retry_after: seconds, global: false },
});

export async function survive(surprise: Surprise, policy: Policy): Promise<Survived> {
  const middle = (TOKENS * STEP_MS) / 2;
  const playing = { policy, profile: PROFILE, answers: 1, private: surprise.private };
  const { stories, journal } = await play(
    { ...playing, tokens: () => TOKENS, random: () => 0 },
    ({ discord }) => void setTimeout(() => discord.faults.add(fault(surprise)), middle),
  );
  const story = stories[0]!;
  const figures = figuresOf(story);
  // The request after which the lane was closed, if the policy used the lane.
  const hit = journal.find(isHit);
  const closedUntil = hit ? hit.at + surprise.seconds * 1_000 : -Infinity;
  const waited = surprise.private ? Math.max(0, closedUntil - story.madeAt.at(-1)!) : 0;
  return {
    ...figures,
    afterAllowedMs: figures.finalMs - waited,
    refused: journal.filter(isHit).length,
    tooSoon: journal.filter(
      ({ path, at }) => hit && onLane(surprise.lane).test(path) && at > hit.at && at < closedUntil,
    ).length,
  };
}
