import { z } from "zod";
import type { Clock } from "./clock.ts";
import { mostTokens } from "./prices.ts";
import type { Store } from "./store.ts";

const turnSchema = z.object({
  /** Stays the same when it is answered anew. */
  id: z.string(),
  asked: z.string(),
  answered: z.string(),
  /** The key of the model that answered. */
  model: z.string(),
});

/** A question and its answer. */
export type Turn = z.output<typeof turnSchema>;

const recordSchema = z.object({
  turns: z.array(turnSchema),
  /** When it was forgotten last, in milliseconds since 1970: what was asked before that does not get in any more. */
  since: z.number().optional(),
});

/** Whose conversation, and where. What was said in private is never part of a public one. */
export interface Talk {
  person: string;
  channel: string;
  private: boolean;
}

/** What each person said with models lately, in each channel; forgotten half an hour after the last answer. */
export interface Conversations {
  /** The turns so far, oldest first: whole ones, as many of the latest as fit into 4,000 tokens. */
  history(talk: Talk): Promise<Turn[]>;
  /**
   * The turn comes last, or stands in the place of the one with its id; doing it twice is doing it once.
   * `askedAt`, in milliseconds since 1970: a question from before the talk was forgotten is left out.
   */
  remember(talk: Talk, turn: Turn, askedAt: number): Promise<void>;
  /** What was said before `at`, in milliseconds since 1970; now, if left out. Doing it twice is doing it once. */
  forget(talk: Talk, at?: number): Promise<void>;
}

const IDLE_MS = 30 * 60_000;
export const HISTORY_TOKENS = 4_000;

const tokensOf = ({ asked, answered }: Turn) => mostTokens(asked) + mostTokens(answered);

/** The latest turns that fit; the first that does not ends it, so that nothing is missing in between. */
function latest(turns: readonly Turn[]): Turn[] {
  const kept: Turn[] = [];
  let room = HISTORY_TOKENS;
  for (const turn of turns.toReversed()) {
    room -= tokensOf(turn);
    if (room < 0) break;
    kept.unshift(turn);
  }
  return kept;
}

function withTurn(turns: readonly Turn[], turn: Turn): Turn[] {
  const at = turns.findIndex(({ id }) => id === turn.id);
  return at < 0 ? [...turns, turn] : turns.with(at, turn);
}

const keyOf = ({ person, channel, private: isPrivate }: Talk) =>
  `${person}/${channel}/${isPrivate ? "private" : "public"}`;

export function createConversations(store: Store, clock: Clock): Conversations {
  const records = store.records("conversations", recordSchema);

  return {
    history: async (talk) => (await records.get(keyOf(talk)))?.turns ?? [],
    remember(talk, turn, askedAt) {
      const key = keyOf(talk);
      return store.inTurn(`conversations/${key}`, async () => {
        const { turns, since = 0 } = (await records.get(key)) ?? { turns: [] };
        if (askedAt < since) return;
        await records.set(key, { turns: latest(withTurn(turns, turn)), since }, IDLE_MS);
      });
    },
    forget(talk, at = clock.now()) {
      const key = keyOf(talk);
      return store.inTurn(`conversations/${key}`, async () => {
        const { since = -1 } = (await records.get(key)) ?? {};
        if (since < at) await records.set(key, { turns: [], since: at }, IDLE_MS);
      });
    },
  };
}
