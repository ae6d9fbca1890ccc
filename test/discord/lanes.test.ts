import { beforeEach, describe, expect, it } from "vitest";
import { promisesOnly, type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import type { Address } from "../../src/discord/address.ts";
import { createLanes } from "../../src/discord/lanes.ts";
import { createMessages, type Messages } from "../../src/discord/messages.ts";
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

/** An answer on show in the channel that all share. */
function join(facts: Partial<Address> = {}) {
  const address = screen.answer({ inChannel: true, ...facts });
  const [id = ""] = address.messages;
  const answer = messages.of(address);
  return {
    leave: () => answer.close(),
    /** Says something; the time from then until it is on screen. */
    async says(text: string, { final = false } = {}): Promise<number> {
      const saidAt = clock.now();
      await answer.edit(id, () => renderText(text), { isFinal: () => final });
      return screen.applied.find(({ content }) => content === text)!.at - saidAt;
    },
  };
}

/** Answers on show that say nothing for now. */
const others = (count: number) => Array.from({ length: count }, () => join());

/** Of whose interaction only the channel is left. */
const joinLate = () => join({ expiresAt: 0 });

/** Uses up so many of the channel's slots. */
async function useUp(slots: number): Promise<void> {
  const busy = joinLate();
  for (let slot = 0; slot < slots; slot++) {
    const using = busy.says(`slot ${slot}`, { final: true });
    await clock.advance(100);
    await using;
  }
  busy.leave();
}

async function said(saying: Promise<number>): Promise<number> {
  await clock.advance(60_000);
  return saying;
}

describe("after a refusal of its webhook, an answer", () => {
  it("does not wait for its part of a crowded channel, though its webhook told nothing of itself yet", async () => {
    others(3);
    const answer = join();
    screen.refusals = [tooMany(1_000)];
    const first = answer.says("first");
    await clock.advance(1_500);
    // The channel took it over at once, but it has no slot to spare for another regular request.
    expect(await first).toBe(80);
    expect(await said(answer.says("second"))).toBe(40);
  });

  it("goes on by it as soon as that is allowed, however long the channel would take", async () => {
    others(5);
    const answer = join();
    const first = answer.says("first");
    await clock.advance(100);
    await first;
    await useUp(5);
    await clock.advance(1_000);
    screen.refusals = [tooMany(2_000)];
    // Asked after 40 ms, allowed 2 s later, and on screen 40 ms after that.
    expect(await said(answer.says("second"))).toBe(2_080);
    expect(screen.early).toBe(0);
  });
});

describe("an answer that has only the channel left", () => {
  it("is sooner on screen when others leave it", async () => {
    const crowd = others(5);
    const answer = joinLate();
    const first = answer.says("first");
    await clock.advance(100);
    await first;
    const second = answer.says("second");
    await clock.advance(2_000);
    expect(screen.applied).toHaveLength(1);
    for (const { leave } of crowd) leave();
    expect(await said(second)).toBe(2_040);
  });

  it("takes its part of a new window, not as many windows as there are answers", async () => {
    others(5);
    const answer = joinLate();
    const first = answer.says("first");
    await clock.advance(100);
    await first;
    await useUp(4);
    // A sixth of the 4.8 requests that regularly go out in 5 s.
    expect(await said(answer.says("second"))).toBe(6_250 - 500 + 40);
  });
});
