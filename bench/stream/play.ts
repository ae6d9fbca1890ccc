import type { JournalEntry } from "../../sandbox/server.ts";
import { systemClock } from "../../src/services/clock.ts";
import { type Channel, openChannel, type Place, type Wanted } from "./channel.ts";
import type { Story } from "./figures.ts";
import { JITTER_MS, RTT_MS, STEP_MS } from "./pace.ts";
import type { Policy, Stream } from "./policy.ts";
import { beginningOf, textOf } from "./text.ts";

export interface Play extends Wanted {
  policy: Policy;
  /** How long an answer becomes, of which nobody is told. */
  tokens: () => number;
  random: () => number;
}

/** What came of it: how each answer went, and every request that Discord saw. */
export interface Played {
  stories: Story[];
  journal: readonly JournalEntry[];
}

/** Answers that begin within a second of each other, streamed into one channel by one bot, until all are finished. */
export async function play(play: Play, meanwhile?: (channel: Channel) => void): Promise<Played> {
  const channel = await openChannel(play);
  try {
    const start = play.policy.start(channel.newRest);
    const begin = systemClock.now();
    meanwhile?.(channel);
    const playing = channel.places.map(async (place) => {
      await until(begin + play.random() * JITTER_MS);
      return stream(start(place.address), place, play.tokens());
    });
    const stories = await Promise.all(playing);
    // What was still on its way, if a policy left anything there.
    await systemClock.sleep(3 * RTT_MS);
    return { stories, journal: channel.discord.journal };
  } finally {
    await channel.close();
  }
}

const until = (at: number) => {
  const wait = at - systemClock.now();
  return wait > 0 ? systemClock.sleep(wait) : undefined;
};

/** Makes an answer, token by token. Nobody is told that the last token is the last one before it is there. */
async function stream(stream: Stream, { shown }: Place, tokens: number): Promise<Story> {
  const text = textOf(tokens);
  const madeAt: number[] = [];
  const begin = systemClock.now();
  for (let made = 1; made <= tokens; made++) {
    await until(begin + (made - 1) * STEP_MS);
    madeAt.push(systemClock.now());
    if (made < tokens) stream.show(beginningOf(text, made));
  }
  await stream.finish(text);
  return { madeAt, shown };
}
