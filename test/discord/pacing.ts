import * as fc from "fast-check";
import { expect } from "vitest";
import type { Profile } from "../../sandbox/discord/buckets.ts";
import { promisesOnly, type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { createLanes } from "../../src/discord/lanes.ts";
import { createLiveReply } from "../../src/discord/live-reply.ts";
import { createMessages, type Messages } from "../../src/discord/messages.ts";
import { createScreen, type Screen, tooMany } from "./screen.ts";

/** One answer: when it begins, whether the channel's lane is open to it, and the pauses between its words. */
interface Answer {
  startMs: number;
  inChannel: boolean;
  pausesMs: number[];
}

interface Scene {
  profile: Profile;
  oneWayMs: number;
  answers: Answer[];
  /** Which requests are refused, and for how long. */
  surprises: { request: number; retryAfterMs: number; global: boolean }[];
}

const pause = fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 400 }), fc.nat({ max: 4_000 }));

const answer: fc.Arbitrary<Answer> = fc.record({
  startMs: fc.nat({ max: 3_000 }),
  inChannel: fc.boolean(),
  pausesMs: fc.array(pause, { minLength: 1, maxLength: 25 }),
});

const scenes = (surprises: Scene["surprises"] extends (infer One)[] ? fc.Arbitrary<One[]> : never) =>
  fc.record<Scene>({
    profile: fc.constantFrom("5/5", "5/2"),
    oneWayMs: fc.integer({ min: 1, max: 150 }),
    answers: fc.array(answer, { minLength: 1, maxLength: 7 }),
    surprises,
  });

const quietScenes = scenes(fc.constant([]));

const scenesWithRefusals = scenes(
  fc.array(
    fc.record({
      request: fc.nat({ max: 12 }),
      retryAfterMs: fc.constantFrom(400, 5_000, 40_000),
      global: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  ),
);

/**
 * A scene that was found at random: an answer's webhook is refused at its first word, and its second one comes when
 * others have just used the channel. It waited there for its part, beside a webhook that was free.
 */
const refusedAtFirst: Scene = {
  profile: "5/2",
  oneWayMs: 1,
  answers: [
    { startMs: 1_220, inChannel: false, pausesMs: [45, 14, 24, 265] },
    { startMs: 0, inChannel: false, pausesMs: [1] },
    { startMs: 1_569, inChannel: true, pausesMs: [1_329, 294] },
    { startMs: 1_569, inChannel: true, pausesMs: [115, 19, 18, 266, 453, 47, 332, 345, 27] },
    { startMs: 1_568, inChannel: true, pausesMs: [1_626, 1_517, 38, 14, 25, 1_845, 987] },
    { startMs: 609, inChannel: true, pausesMs: [84, 233, 68, 57, 1_864, 274, 3] },
  ],
  surprises: [{ request: 7, retryAfterMs: 400, global: true }],
};

interface Watched {
  /** When each word was made, and when it was on screen; the last is the end. */
  words: { saidAt: number; shownAt: number }[];
}

/** Writes one answer word by word, and its end as soon as the last word is there. */
async function write(
  what: Answer,
  screen: Screen,
  messages: Messages,
  clock: VirtualClock,
): Promise<Watched> {
  await clock.sleep(what.startMs);
  const address = screen.answer({ inChannel: what.inChannel });
  const id = address.messages[0] ?? "";
  const answer = messages.of(address);
  const live = createLiveReply({
    shown: address.messages,
    messages: answer,
    clock,
    owner: { command: "ask", job: "4" },
    locale: "en-US",
    postFiles: (_, post) => post([]),
    grew: async () => undefined,
  });
  let text = `${id}:`;
  const said: { text: string; at: number }[] = [];
  for (const pauseMs of [...what.pausesMs, 0]) {
    text += " word";
    said.push({ text, at: clock.now() });
    if (pauseMs > 0) {
      const shown = text;
      live.show(() => ({ text: shown }));
    }
    await clock.sleep(pauseMs);
  }
  await live.finish({ text });
  answer.close();
  expect(screen.messages.find((message) => message.id === id)?.content).toBe(text);
  const edits = screen.applied.filter(({ what: edit }) => edit === `edit ${id}`);
  const shownAt = (words: string) => edits.find(({ content }) => content.startsWith(words))?.at ?? Infinity;
  return { words: said.map((word) => ({ saidAt: word.at, shownAt: shownAt(word.text) })) };
}

/** Plays a scene to its end. */
async function play(scene: Scene): Promise<{ screen: Screen; answers: Watched[] }> {
  const clock = virtualClock(0, promisesOnly);
  const screen = createScreen(clock, scene);
  for (const { request, retryAfterMs, global } of scene.surprises)
    screen.refusals[request] = tooMany(retryAfterMs, { global });
  const lanes = createLanes({ webhook: screen.rest, channel: screen.rest, clock });
  const messages = createMessages({ lanes, clock });
  const writing = Promise.all(scene.answers.map((each) => write(each, screen, messages, clock)));
  const late = clock.sleep(300_000).then(() => {
    throw new Error("An answer never ended");
  });
  late.catch(() => undefined);
  writing.catch(() => undefined);
  await clock.advance(300_000);
  return { screen, answers: await Promise.race([writing, late]) };
}

/** Each wait is rounded up to a millisecond, and an answer meets several. */
const ROUNDING_MS = 20;

const windowMs = { "5/5": 5_000, "5/2": 2_000 };

function shownWithin(ms: number, answers: readonly Watched[]): void {
  for (const { saidAt, shownAt } of answers.flatMap(({ words }) => words))
    expect(shownAt - saidAt).toBeLessThanOrEqual(ms);
}

/** Where nothing is refused without reason: no bucket is exceeded, no answer starves, and each ends on its last View. */
export const expectNoLimitMet = (numRuns: number) =>
  fc.assert(
    fc.asyncProperty(quietScenes, async (scene) => {
      const { screen, answers } = await play(scene);
      expect(screen.throttled).toBe(0);
      shownWithin(windowMs[scene.profile] + 6 * scene.oneWayMs + ROUNDING_MS, answers);
    }),
    { numRuns },
  );

/**
 * Where Discord refuses out of the blue: nothing is sent on a refused lane before its time is over, nothing is lost, and
 * a refusal costs its time and no more.
 *
 * Why one window is enough: each answer has a webhook of its own, and what the channel does can only make it sooner. As
 * long as the webhook's window has a slot left, the next request is due within that window, and otherwise with the next
 * one. A request that is refused uses a slot of its window like any other, so that the waits before and after it are parts
 * of the same window, or the first ones of a new window, which are a fifth of it each. Five slots are never used up
 * so early that the rest of a window and two such waits exceed one.
 */
export const expectRefusalsOvercome = (numRuns: number) =>
  fc.assert(
    fc.asyncProperty(scenesWithRefusals, async (scene) => {
      const { screen, answers } = await play(scene);
      expect(screen.early).toBe(0);
      const refusedMs = scene.surprises.reduce((ms, { retryAfterMs }) => ms + retryAfterMs, 0);
      shownWithin(refusedMs + windowMs[scene.profile] + 6 * scene.oneWayMs + ROUNDING_MS, answers);
    }),
    { numRuns, examples: [[refusedAtFirst]] },
  );
