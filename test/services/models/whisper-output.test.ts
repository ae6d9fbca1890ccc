import { describe, expect, it } from "vitest";
import { findModel } from "../../../src/services/models/index.ts";
import { segmentSchema } from "../../../src/services/models/model.ts";

const [whisperx, whisper, fast] = ["whisperx", "whisper", "incredibly-fast-whisper"].map((key) =>
  findModel("transcription", key),
);
const said = (word: string, start: number, end: number, speaker?: string) => ({
  word,
  start,
  end,
  score: 0.9,
  ...(speaker === undefined ? {} : { speaker }),
});

describe("WhisperX", () => {
  const read = (segment: object) => whisperx?.read({ segments: [segment], detected_language: "en" }).segments;

  it("tells when each word is said", () => {
    expect(
      read({ start: 1, end: 2, text: " Good day.", words: [said("Good", 1, 1.2344), said("day.", 1.4, 2)] }),
    ).toEqual([
      {
        start: 1,
        end: 2,
        text: "Good day.",
        words: [
          { start: 1, end: 1.23, text: "Good" },
          { start: 1.4, end: 2, text: "day." },
        ],
      },
    ]);
  });

  it("does not say when numbers are said: they share the time between their neighbours, by their letters", () => {
    const words = [
      { word: "1" },
      said("is", 1.5, 2),
      { word: "20" },
      { word: "%" },
      said("of", 5, 6),
      { word: "7." },
    ];
    expect(read({ start: 1, end: 8, text: "1 is 20 % of 7.", words })?.[0]?.words).toEqual([
      { start: 1, end: 1.5, text: "1" },
      { start: 1.5, end: 2, text: "is" },
      { start: 2, end: 4, text: "20" },
      { start: 4, end: 5, text: "%" },
      { start: 5, end: 6, text: "of" },
      { start: 6, end: 8, text: "7." },
    ]);
  });

  it("has no words in languages that it can't align", () => {
    for (const words of [[], null, undefined, [{ word: "1" }], "?"])
      expect(read({ start: 0, end: 1, text: "1", words: words === "?" ? undefined : words })).toEqual([
        { start: 0, end: 1, text: "1" },
      ]);
  });

  it("says who speaks, also where that changes within a sentence", () => {
    const words = [said("You?", 0, 1, "SPEAKER_00"), said("Me!", 1, 2, "SPEAKER_01"), { word: "2" }];
    expect(read({ start: 0, end: 3, text: "You? Me! 2", speaker: "SPEAKER_00", words })).toEqual([
      {
        start: 0,
        end: 1,
        text: "You?",
        speaker: "SPEAKER_00",
        words: [{ start: 0, end: 1, text: "You?" }],
      },
      {
        start: 1,
        end: 3,
        text: "Me! 2",
        speaker: "SPEAKER_01",
        words: [
          { start: 1, end: 2, text: "Me!" },
          { start: 2, end: 3, text: "2" },
        ],
      },
    ]);
  });

  it("is asked who speaks with a secret in the place of the token", () => {
    const audio = { url: "https://cdn.discordapp.com/a", name: "a.ogg", contentType: "audio/ogg", bytes: 1 };
    expect(whisperx?.from({ audio, translate: false, speakers: true })).toMatchObject({
      diarization: true,
      huggingface_access_token: { secret: "huggingface" },
    });
    expect(whisperx?.from({ audio, translate: false })).not.toHaveProperty("diarization");
  });
});

describe("Whisper", () => {
  it("gives a translation without times: its segments are in the language that is spoken", () => {
    const output = {
      segments: [{ start: 0, end: 1, text: "Guten Tag" }],
      detected_language: "german",
      transcription: "Guten Tag",
      translation: " Good day",
    };
    expect(whisper?.read(output)).toEqual({ text: "Good day", segments: [], language: "german" });
    expect(whisper?.read({ ...output, translation: null })).toEqual({
      text: "Guten Tag",
      segments: [{ start: 0, end: 1, text: "Guten Tag" }],
      language: "german",
    });
  });
});

describe("Incredibly Fast Whisper", () => {
  it("may leave out when the last piece ends: it is as long as it takes to say it", () => {
    const chunks = [
      { text: " Good", timestamp: [0, 1] },
      { text: ` ${"x".repeat(45)}`, timestamp: [1, null] },
    ];
    expect(fast?.read({ text: "…", chunks }).segments?.at(-1)).toMatchObject({ start: 1, end: 4 });
  });

  it("is the one that translates with times", () => {
    expect(fast?.takes).toContain("timed-translation");
    expect(whisper?.takes).not.toContain("timed-translation");
  });
});

it("records of earlier versions are read as they are", () => {
  const old = { start: 0, end: 1, text: "Hello." };
  expect(segmentSchema.parse(old)).toEqual(old);
});
