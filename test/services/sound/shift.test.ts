import { describe, expect, it } from "vitest";
import { beginningOf, shifted } from "../../../src/services/sound/shift.ts";

const recording = {
  url: "https://cdn.discordapp.com/a.mp3",
  name: "a.mp3",
  contentType: "audio/mpeg",
  bytes: 9,
};

describe("what was heard in a part", () => {
  it("is told by the clock of the whole recording, words too", () => {
    const words = [{ start: 1, end: 1.5, text: "Hello" }];
    expect(shifted([{ start: 1, end: 2, text: "Hello", words, speaker: "A" }], 600.25)).toEqual([
      {
        start: 601.25,
        end: 602.25,
        text: "Hello",
        words: [{ start: 601.25, end: 601.75, text: "Hello" }],
        speaker: "A",
      },
    ]);
  });

  it("begins where the part was cut; of a whole recording, at its beginning", () => {
    const part = { ...recording, as: { part: { from: 600, to: 1_200 } }, cut: { from: 612.5, to: 1_190 } };
    expect(beginningOf({ language: "en", audio: part })).toBe(612.5);
    expect(beginningOf({ audio: recording })).toBe(0);
    expect(beginningOf({ prompt: "a fox" })).toBe(0);
  });
});
