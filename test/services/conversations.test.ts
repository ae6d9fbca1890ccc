import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import {
  type Conversations,
  createConversations,
  HISTORY_TOKENS,
  type Turn,
} from "../../src/services/conversations.ts";
import { openStore, type Store } from "../../src/services/store.ts";

const clock = virtualClock();
let store: Store;
let conversations: Conversations;
beforeEach(async () => {
  store = await openStore({ url: "sqlite://:memory:", clock });
  conversations = createConversations(store, clock);
});
afterEach(() => store.close());

const MINUTE = 60_000;
const talk = { person: "mia", channel: "general", private: false };
const turn = (id: string, more: Partial<Turn> = {}): Turn => ({
  id,
  asked: `${id}?`,
  answered: `${id}!`,
  model: "claude-4.5-haiku",
  ...more,
});
const remember = (given: Turn, where = talk) => conversations.remember(where, given, clock.now());
const ids = async (where = talk) => (await conversations.history(where)).map(({ id }) => id);

describe("a conversation", () => {
  it("is empty before anything was said, then has its turns in the order in which they ended", async () => {
    expect(await conversations.history(talk)).toEqual([]);
    await Promise.all(["first", "second", "third"].map((id) => remember(turn(id))));
    expect(await conversations.history(talk)).toEqual([turn("first"), turn("second"), turn("third")]);
  });

  it("is one person's, in one channel, and what was said in private stays there", async () => {
    const others = [
      { ...talk, person: "oto" },
      { ...talk, channel: "random" },
      { ...talk, private: true },
    ];
    await remember(turn("public"));
    for (const other of others) expect(await conversations.history(other)).toEqual([]);
    await remember(turn("secret"), { ...talk, private: true });
    expect(await ids()).toEqual(["public"]);
    expect(await ids({ ...talk, private: true })).toEqual(["secret"]);
    await conversations.forget(talk);
    expect(await ids({ ...talk, private: true })).toEqual(["secret"]);
  });

  it("is forgotten half an hour after its last answer, not before", async () => {
    await remember(turn("first"));
    await clock.advance(29 * MINUTE);
    await remember(turn("second"));
    await clock.advance(30 * MINUTE - 1);
    expect(await ids()).toEqual(["first", "second"]);
    await clock.advance(1);
    expect(await ids()).toEqual([]);
    await remember(turn("third"));
    expect(await ids()).toEqual(["third"]);
  });

  it("has an answer given anew in the place of the old one, and the same one once", async () => {
    for (const id of ["first", "second"]) await remember(turn(id));
    await remember(turn("first", { answered: "something else" }));
    await remember(turn("first", { answered: "something else" }));
    expect(await conversations.history(talk)).toEqual([
      turn("first", { answered: "something else" }),
      turn("second"),
    ]);
  });

  it("that was forgotten does not get the answers that were still under way", async () => {
    await remember(turn("first"));
    const askedAt = clock.now();
    await clock.advance(1);
    await conversations.forget(talk);
    expect(await ids()).toEqual([]);
    await conversations.remember(talk, turn("under way"), askedAt);
    expect(await ids()).toEqual([]);
    await remember(turn("new"));
    await conversations.remember(talk, turn("still under way"), askedAt);
    expect(await ids()).toEqual(["new"]);
  });

  it("is forgotten once, however often that is asked for", async () => {
    const at = clock.now();
    await clock.advance(1);
    await conversations.forget(talk, at);
    await remember(turn("first"));
    await conversations.forget(talk, at);
    expect(await ids()).toEqual(["first"]);
  });

  it("outlives a restart", async () => {
    await remember(turn("first"));
    conversations = createConversations(store, clock);
    expect(await ids()).toEqual(["first"]);
  });
});

describe("4,000 tokens", () => {
  // A token is taken to have three bytes.
  const long = (id: string, tokens: number) => turn(id, { asked: "", answered: "x".repeat(tokens * 3) });

  it("are the most that is remembered: whole turns, the oldest leave first", async () => {
    for (const id of ["1", "2", "3", "4"]) await remember(long(id, 1_000));
    expect(await ids()).toEqual(["1", "2", "3", "4"]);
    await remember(turn("5", { asked: "", answered: "x" }));
    expect(await ids()).toEqual(["2", "3", "4", "5"]);
  });

  it("have no gap: what is older than a turn that is too long leaves with it", async () => {
    await remember(turn("old"));
    await remember(long("huge", 4_001));
    expect(await ids()).toEqual([]);
    await remember(turn("new"));
    expect(await ids()).toEqual(["new"]);
  });

  it("are never exceeded, whatever is said, and nothing leaves that would have had room", async () => {
    const tokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 3);
    const weight = (turns: readonly Turn[]) =>
      turns.reduce((sum, { asked, answered }) => sum + tokens(asked) + tokens(answered), 0);
    const said = fc
      .tuple(fc.constantFrom("a", "é", "日", "🦊", "so it is. "), fc.integer({ min: 0, max: 2_500 }))
      .map(([unit, times]) => unit.repeat(times));
    const dialogue = fc.array(fc.tuple(said, said), { maxLength: 8 });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(dialogue, async (spoken) => {
        const where = { ...talk, channel: `channel ${number++}` };
        const turns = spoken.map(([asked, answered], index) => turn(`${index}`, { asked, answered }));
        for (const each of turns) await remember(each, where);
        const kept = await conversations.history(where);
        expect(weight(kept)).toBeLessThanOrEqual(HISTORY_TOKENS);
        expect(kept).toEqual(turns.slice(turns.length - kept.length));
        const next = turns.at(-1 - kept.length);
        if (next) expect(weight([next, ...kept])).toBeGreaterThan(HISTORY_TOKENS);
      }),
      { numRuns: 60 },
    );
  });
});
