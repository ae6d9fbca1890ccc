import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { promisesOnly, type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { OutOfReach } from "../../src/discord/messages.ts";
import type { VoiceMessage } from "../../src/discord/voice-message.ts";
import { createVoiceRefusals, type VoiceRefusals } from "../../src/discord/voice-refusals.ts";
import type { Notice } from "../../src/services/administration.ts";
import { Problem } from "../../src/services/problem.ts";

const HOUR = 60 * 60_000;

let clock: VirtualClock;
let said: string[];
let told: Notice[];
let levels: number[];
let refusals: VoiceRefusals;
/** What Discord refuses the next sentence with. */
let refusal: unknown;

beforeEach(() => {
  clock = virtualClock(0, promisesOnly);
  [said, told, levels, refusal] = [[], [], [], undefined];
  const sink = { write: (line: string) => void levels.push((JSON.parse(line) as { level: number }).level) };
  refusals = createVoiceRefusals({
    replies: {
      async say({ asker, channel }, { content }) {
        if (refusal) throw refusal;
        said.push(`${asker.name} in ${channel}: ${content}`);
      },
    },
    notify: async (notice) => void told.push(notice),
    clock,
    log: pino({ level: "info" }, sink),
  });
});

const from = (name = "Mia", channel = "1"): VoiceMessage => ({
  id: "9",
  guild: "g",
  channel,
  asker: { id: name, name, roles: [], manager: false },
  audio: { url: "u", name: "voice-message.ogg", contentType: "audio/ogg", bytes: 1 },
});
const broke = () => new Problem({ kind: "no-credits", direct: false });
const coded = (code: number) => Object.assign(new Error("refused"), { code });

describe("who is not answered", () => {
  it("is told why once an hour in each channel", async () => {
    await refusals.refuse(from(), broke());
    await clock.advance(HOUR - 1);
    await refusals.refuse(from(), new Problem({ kind: "too-many-jobs", limit: 3 }));
    expect(said).toEqual([
      expect.stringMatching(/^Mia in 1: ⚠️ You have no credits here\..*\n-# Nothing was/),
    ]);
    await refusals.refuse(from("Oto"), broke());
    await refusals.refuse(from("Mia", "2"), broke());
    expect(said).toHaveLength(3);
    await clock.advance(1);
    await refusals.refuse(from(), broke());
    expect(said).toHaveLength(4);
  });

  it.each([
    { kind: "paused", everywhere: false },
    { kind: "guild-budget-spent", resetsAt: 0, some: false },
    { kind: "budget-spent", resetsAt: 0, some: true },
    { kind: "guild-not-served" },
    { kind: "model-denied", model: "WhisperX", models: [] },
    { kind: "store-unavailable" },
  ] as const)("is not told what they can do nothing about: $kind", async (reason) => {
    await refusals.refuse(from(), new Problem(reason));
    expect([said, told]).toEqual([[], []]);
    expect(levels).toEqual([30]);
    await refusals.refuse(from(), broke());
    expect(said).toHaveLength(1);
  });

  it("is told nothing of what should not have happened, which is an error in the log", async () => {
    await refusals.refuse(from(), new TypeError("x is not a function"));
    expect([said, told, levels]).toEqual([[], [], [50]]);
  });
});

describe("a channel in which the bot can't reply", () => {
  it.each([
    ["that it does not see", new OutOfReach("no way")],
    ["that is gone", coded(10_003)],
    ["in which it may not write", coded(50_013)],
    ["whose messages it may not read", coded(160_002)],
  ])("%s is told of once, until it can again", async (_, error) => {
    await refusals.refuse(from(), error);
    await refusals.refuse(from("Oto"), error);
    expect(told).toEqual([{ kind: "voice-unanswered", guild: "g", channel: "1" }]);
    expect(levels).toEqual([40]);
    refusals.answered("1");
    await refusals.refuse(from(), error);
    expect(told).toHaveLength(2);
  });

  it("is noticed as well when a sentence is refused", async () => {
    refusal = coded(50_013);
    await refusals.refuse(from(), broke());
    expect(told).toHaveLength(1);
  });

  it("is not meant by what passes", async () => {
    refusal = new Error("the line broke");
    await refusals.refuse(from(), broke());
    expect([told, levels]).toEqual([[], [30, 40]]);
  });
});
