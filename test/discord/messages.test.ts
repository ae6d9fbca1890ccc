import { beforeEach, describe, expect, it } from "vitest";
import { promisesOnly, type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import type { Address } from "../../src/discord/address.ts";
import { createLanes } from "../../src/discord/lanes.ts";
import { createMessages, type Messages, OutOfReach } from "../../src/discord/messages.ts";
import { renderText } from "../../src/discord/render.ts";
import { createScreen, type Screen, tooMany } from "./screen.ts";

let clock: VirtualClock;
let screen: Screen;
let messages: Messages;
beforeEach(() => {
  clock = virtualClock(0, promisesOnly);
  screen = createScreen(clock);
  const lanes = createLanes({ webhook: screen.rest, channel: screen.rest, clock });
  messages = createMessages({ lanes, clock });
});

/** An answer that has something new to say every 20 ms, for so long; returns how to end it. */
function talk(facts: Partial<Address>) {
  const address = screen.answer(facts);
  const [id = ""] = address.messages;
  const answer = messages.of(address);
  let ending = false;
  const going = (async () => {
    while (!ending) await answer.edit(id, () => renderText(`at ${clock.now()}`), { isFinal: () => ending });
  })();
  return {
    id,
    address,
    async end() {
      ending = true;
      answer.hurry();
      await clock.advance(200);
      const saidAt = clock.now() - 200;
      await clock.advance(60_000);
      await going;
      answer.close();
      const last = screen.applied.findLast(({ what }) => what === `edit ${id}`);
      return { lane: last?.lane, lateMs: (last?.at ?? Number.NaN) - saidAt };
    },
  };
}

const lanesUsed = () => screen.applied.map(({ lane }) => lane);

describe("a public answer where the bot sees the channel", () => {
  it("goes by both lanes in turn, twice as often as by one", async () => {
    const both = talk({ inChannel: true });
    await clock.advance(4_900);
    const byChannel = lanesUsed().filter((lane) => lane === "channel").length;
    expect([byChannel, screen.applied.length - byChannel]).toEqual([4, 5]);
    const gaps = screen.applied.map(({ at }, index) => at - (screen.applied[index - 1]?.at ?? 0)).slice(1);
    expect(Math.max(...gaps)).toBeLessThan(750);
    expect((await both.end()).lateMs).toBeLessThan(200);
    expect(screen.throttled).toBe(0);
  });

  it("leaves the channel's slots to finals where as many others are on show", async () => {
    const answers = Array.from({ length: 5 }, () => talk({ inChannel: true }));
    await clock.advance(9_900);
    // One request found out what the limit is.
    expect(lanesUsed().filter((lane) => lane === "channel")).toHaveLength(1);
    const ends = await Promise.all(answers.map(({ end }) => end()));
    expect(ends.every(({ lateMs }) => lateMs <= 300)).toBe(true);
  });

  it("is content with its webhook where the channel turns out to be closed, and does not ask again", async () => {
    const answer = talk({ inChannel: true });
    await clock.advance(100);
    screen.refusals[0] = Object.assign(new Error("Missing Access"), { status: 403, code: 50_001 });
    await clock.advance(4_500);
    expect(new Set(lanesUsed())).toEqual(new Set(["webhook"]));
    expect(answer.address.inChannel).toBe(false);
    await answer.end();
    expect(screen.asked).toBe(screen.applied.length + 1);
  });

  it("goes on by the channel while its webhook is refused, and ends there at once", async () => {
    const answer = talk({ inChannel: true });
    await clock.advance(100);
    // The second request is the channel's, the third the webhook's again.
    screen.refusals[1] = tooMany(40_000);
    await clock.advance(9_000);
    const after = screen.applied.filter(({ at }) => at > 1_200);
    expect(new Set(after.map(({ lane }) => lane))).toEqual(new Set(["channel"]));
    expect(after.length).toBeGreaterThan(5);
    expect(await answer.end()).toMatchObject({ lane: "channel" });
    expect(screen.early).toBe(0);
  });
});

describe("the limit of the whole bot", () => {
  it("stops every channel, and no webhook", async () => {
    const [first, second] = [talk({ inChannel: true }), talk({ inChannel: true, channel: "4" })];
    await clock.advance(100);
    // What comes next are both channels' first requests.
    screen.refusals[0] = tooMany(10_000, { global: true });
    await clock.advance(9_000);
    expect(lanesUsed().filter((lane) => lane === "channel").length).toBeLessThanOrEqual(1);
    expect(lanesUsed().filter((lane) => lane === "webhook").length).toBeGreaterThan(14);
    await clock.advance(5_000);
    expect(lanesUsed().filter((lane) => lane === "channel").length).toBeGreaterThan(4);
    await Promise.all([first.end(), second.end()]);
  });

  it("leaves the channels' lanes to finals while much of it is used", async () => {
    // Answers in thirty channels, each of which could take two edits a second by its channel.
    const answers = Array.from({ length: 60 }, (_, index) =>
      talk({ inChannel: true, channel: String(1_000 + index) }),
    );
    await clock.advance(5_000);
    const perSecond = (second: number) =>
      screen.applied.filter(
        ({ at, lane }) => lane === "channel" && at >= second * 1_000 && at < (second + 1) * 1_000,
      ).length;
    for (let second = 0; second < 5; second++) expect(perSecond(second)).toBeLessThanOrEqual(30);
    await Promise.all(answers.map(({ end }) => end()));
  });
});

describe("an answer with one lane", () => {
  it("goes by its webhook where it is private", async () => {
    const answer = talk({ private: true, inChannel: true });
    await clock.advance(6_000);
    expect(new Set(lanesUsed())).toEqual(new Set(["webhook"]));
    await answer.end();
  });

  it("goes by its channel once its webhook's time is over", async () => {
    const answer = talk({ expiresAt: 2_000, inChannel: true });
    await clock.advance(9_000);
    const later = screen.applied.filter(({ at }) => at > 4_000);
    expect(later.every(({ lane }) => lane === "channel")).toBe(true);
    expect(later.length).toBeGreaterThan(3);
    await answer.end();
  });

  it("is out of reach after that where it is private, or the bot does not see the channel", async () => {
    for (const address of [{ private: true, inChannel: true }, { inChannel: false }]) {
      const answer = messages.of(screen.answer({ expiresAt: 0, ...address }));
      await expect(answer.edit("1", () => renderText("late"))).rejects.toThrow(OutOfReach);
    }
  });
});

it("an answer whose token died before its time goes on by its channel", async () => {
  const answer = talk({ inChannel: true });
  await clock.advance(700);
  screen.refusals[0] = Object.assign(new Error("Invalid Webhook Token"), { status: 401, code: 50_027 });
  await clock.advance(4_000);
  const before = screen.applied.length;
  await clock.advance(6_000);
  expect(new Set(lanesUsed().slice(before))).toEqual(new Set(["channel"]));
  await answer.end();
});

describe("a request", () => {
  it("that can't be made leaves the lane to the next", async () => {
    const answer = messages.of(screen.answer());
    const broken = answer.edit("1", () => {
      throw new Error("no words");
    });
    const next = answer.edit("1", () => renderText("words"));
    await expect(broken).rejects.toThrow("no words");
    await clock.advance(1_000);
    await next;
    expect(screen.contents).toEqual(["words"]);
  });

  it("under an answer that was closed is a mistake, and said to be one", async () => {
    const answer = messages.of(screen.answer());
    const first = answer.edit("1", () => renderText("first"));
    const waiting = answer.edit("1", () => renderText("waiting"), { isFinal: () => false });
    answer.close();
    await expect(waiting).rejects.toThrow("This answer was closed");
    await clock.advance(1_000);
    await first;
    await expect(answer.edit("1", () => renderText("late"))).rejects.toThrow("This answer was closed");
    expect(screen.contents).toEqual(["first"]);
  });

  it("to remove what somebody removed already is done", async () => {
    const answer = messages.of(screen.answer());
    screen.refusals[0] = Object.assign(new Error("Unknown Message"), { status: 404, code: 10_008 });
    await expect(answer.remove("1")).resolves.toBeUndefined();
  });

  it("says what is true when it leaves, not when it was asked for", async () => {
    const answer = messages.of(screen.answer());
    let said = "early";
    const first = answer.edit("1", () => renderText("first"));
    const second = answer.edit("1", () => renderText(said), { isFinal: () => false });
    said = "late";
    await clock.advance(5_000);
    await Promise.all([first, second]);
    expect(screen.contents).toEqual(["late"]);
  });

  it("is not sent where nothing is left to say, or nobody wants it any more", async () => {
    const answer = messages.of(screen.answer());
    const giveUp = new AbortController();
    const first = answer.edit("1", () => renderText("first"));
    const nothing = answer.edit("1", () => undefined);
    const unwanted = answer.edit("1", () => renderText("unwanted"), { signal: giveUp.signal });
    giveUp.abort(new Error("unwanted"));
    await clock.advance(5_000);
    await first;
    expect(await nothing).toBeUndefined();
    expect(await unwanted).toBeUndefined();
    expect(screen.requests).toEqual(["edit 1"]);
  });
});
