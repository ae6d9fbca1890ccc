import { describe, expect, it } from "vitest";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { createPacer, type Method, type Turn } from "../../src/discord/pacer.ts";

/** A lane whose granted requests are written down with their time, and answered by the test. */
function lane(options: { keeps?: (answers: number) => number } = {}) {
  const clock = virtualClock(0);
  const pacer = createPacer({ clock, ...options });
  const granted: { name: string; at: number; turn: Turn }[] = [];
  return {
    clock,
    pacer,
    granted,
    names: () => granted.map(({ name }) => name),
    ask(
      name: string,
      how: { final?: boolean; method?: Method; yields?: boolean; notBefore?: number | (() => number) } = {},
    ) {
      const { method = "PATCH", yields = false, notBefore = 0 } = how;
      let { final = false } = how;
      const wish = {
        method,
        isFinal: () => final,
        notBefore: () => (typeof notBefore === "number" ? notBefore : notBefore()),
        yields: () => yields,
        grant: (turn: Turn) => {
          granted.push({ name, at: clock.now(), turn });
          turn.leave();
        },
      };
      pacer.ask(wish);
      return { wish, becomesFinal: () => ((final = true), pacer.pump()) };
    },
    /** Answers the latest request. */
    answer(remaining: number, resetAfterMs: number, hash = "edits") {
      granted.at(-1)?.turn.end({ hash, limit: 5, remaining, resetAfterMs });
    },
  };
}

describe("a lane", () => {
  it("lets the first words out at once, and one request at a time", async () => {
    const { ask, names, answer, clock } = lane();
    ask("first");
    ask("second");
    expect(names()).toEqual(["first"]);
    await clock.advance(10_000);
    expect(names()).toEqual(["first"]);
    answer(4, 1);
    await clock.advance(1);
    expect(names()).toEqual(["first", "second"]);
  });

  it("serves those who wait in turn", async () => {
    const { ask, names, answer, clock } = lane();
    for (const name of ["a", "b", "c", "a", "b", "c"]) ask(name);
    for (let count = 0; count < 6; count++) {
      answer(4, 5_000);
      await clock.advance(5_000);
    }
    expect(names()).toEqual(["a", "b", "c", "a", "b", "c"]);
  });

  it("holds everything back after a refusal, also where the bucket has no name yet", async () => {
    const { ask, granted, answer, clock } = lane();
    ask("edit");
    granted[0]?.turn.refused(40_000);
    ask("further", { method: "POST", final: true });
    ask("edit again", { final: true });
    await clock.advance(39_999);
    expect(granted).toHaveLength(1);
    await clock.advance(1);
    answer(4, 5_000);
    expect(granted.map(({ at }) => at)).toEqual([0, 40_000, 40_000]);
  });

  it("asks again when a request is due, once a refusal or a window is over", async () => {
    const { ask, names, answer, clock, pacer } = lane();
    const dueFrom = (at: number) => () => (clock.now() < at ? 60_000 : 0);
    ask("first");
    answer(4, 5_000);
    pacer.block(1_000);
    ask("after the refusal", { notBefore: dueFrom(1_000) });
    await clock.advance(1_000);
    answer(3, 4_000);
    ask("in the next window", { notBefore: dueFrom(5_000) });
    await clock.advance(3_999);
    expect(names()).toEqual(["first", "after the refusal"]);
    await clock.advance(1);
    expect(names()).toEqual(["first", "after the refusal", "in the next window"]);
  });

  it("serves finals before everything, with what slot is left", async () => {
    const { ask, names, answer } = lane();
    ask("running");
    ask("regular");
    ask("final", { final: true });
    answer(1, 5_000);
    expect(names()).toEqual(["running", "final"]);
  });

  it("lets a request go at once that becomes final while it waits", async () => {
    const { ask, names, answer, clock } = lane();
    ask("running");
    answer(4, 5_000);
    const waiting = ask("answer", { notBefore: 1_000 });
    await clock.advance(100);
    expect(names()).toEqual(["running"]);
    waiting.becomesFinal();
    expect(names()).toEqual(["running", "answer"]);
  });

  it("keeps slots for the finals of the answers on show, from those who have another lane", async () => {
    const { ask, names, answer, clock, pacer } = lane({ keeps: (answers) => answers });
    for (let count = 0; count < 3; count++) pacer.join();
    ask("running");
    answer(3, 5_000);
    ask("yields", { yields: true });
    await clock.advance(4_000);
    expect(names()).toEqual(["running"]);
    ask("has no other");
    await clock.advance(10);
    expect(names()).toEqual(["running", "has no other"]);
  });

  it("sends nothing again before a refusal's time is over, not even a final", async () => {
    const { ask, granted, clock } = lane();
    ask("refused");
    granted[0]?.turn.refused(40_000);
    ask("final", { final: true });
    await clock.advance(39_999);
    expect(granted).toHaveLength(1);
    await clock.advance(1);
    expect(granted[1]).toMatchObject({ name: "final", at: 40_000 });
  });

  it("does not serve who has withdrawn", async () => {
    const { ask, names, answer, pacer, clock } = lane();
    ask("running");
    pacer.withdraw(ask("withdrawn").wish);
    answer(4, 100);
    await clock.advance(10_000);
    expect(names()).toEqual(["running"]);
  });

  it("takes methods to share a bucket until Discord says that they don't", async () => {
    const { ask, names, answer, clock } = lane();
    ask("edit");
    answer(0, 1_000, "edits");
    ask("send", { final: true, method: "POST" });
    expect(names()).toEqual(["edit"]);
    await clock.advance(1_000);
    answer(0, 5_000, "sends");
    ask("edit", { final: true });
    ask("send", { final: true, method: "POST" });
    expect(names()).toEqual(["edit", "send", "edit"]);
  });

  it("can be forgotten once nobody uses it and what was learnt is old", async () => {
    const { ask, answer, pacer, clock } = lane();
    const leave = pacer.join();
    ask("edit");
    answer(4, 5_000);
    await clock.advance(120_000);
    expect(pacer.isIdle()).toBe(false);
    leave();
    expect(pacer.isIdle()).toBe(true);
  });
});
