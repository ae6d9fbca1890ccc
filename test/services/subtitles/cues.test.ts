import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Segment } from "../../../src/services/models/model.ts";
import type { Cue } from "../../../src/services/subtitles/cue.ts";
import { cuesOf } from "../../../src/services/subtitles/cues.ts";
import { anyTranscript } from "./transcripts.ts";

const graphemes = new Intl.Segmenter();
const lettersIn = (text: string) => [...graphemes.segment(text)].length;
const isWide = (text: string) =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text);
const plain = (text: string) => text.replaceAll(/\s+/g, "");
const textOf = (cues: readonly Cue[]) => cues.flatMap(({ lines }) => lines).join("");
const secondsOf = ({ start, end }: Cue) => Math.round((end - start) * 1000) / 1000;

const said = (text: string, start: number, end: number, speaker?: string): Segment => ({
  start,
  end,
  text,
  ...(speaker === undefined ? {} : { speaker }),
});
/** Each word as long as the next, without a pause. */
const spoken = (text: string, start: number, each: number): Segment => {
  const words = text
    .split(" ")
    .map((word, index) => ({ text: word, start: start + index * each, end: start + (index + 1) * each }));
  return { start, end: start + words.length * each, text, words };
};

describe("whatever is said, and whenever", () => {
  const trial = (check: (cues: Cue[], segments: Segment[]) => void) =>
    fc.assert(
      fc.property(anyTranscript, (segments) => check(cuesOf(segments), segments)),
      { numRuns: 500 },
    );

  it("nothing is lost, and the order is kept", () =>
    trial((cues, segments) => {
      expect(plain(textOf(cues))).toBe(plain(segments.map(({ text }) => text).join("")));
    }));

  it("there are two lines at the most, of 42 letters, or of 21 where they are wide", () =>
    trial((cues) => {
      const isWideText = isWide(textOf(cues)) && cues.every(({ lines }) => isWide(lines.join("")));
      for (const { lines } of cues) {
        expect([1, 2]).toContain(lines.length);
        const most = isWideText || isWide(lines.join("")) ? 21 : 42;
        for (const line of lines) {
          expect(lettersIn(line)).toBeLessThanOrEqual(most);
          expect(line).toBe(line.trim());
          expect(line).not.toBe("");
        }
      }
    }));

  it("none overlaps the next, none is longer than 7 s, and each is there", () =>
    trial((cues) => {
      let free = 0;
      for (const { start, end } of cues) {
        expect(start).toBeGreaterThanOrEqual(free);
        expect(end).toBeGreaterThan(start);
        free = end;
      }
      for (const cue of cues) expect(secondsOf(cue)).toBeLessThanOrEqual(7);
    }));

  it("what two people say is never in one", () =>
    trial((cues, segments) => {
      const heard = (list: readonly { speaker?: string | undefined }[]) =>
        list.map(({ speaker = "" }) => speaker).filter((name, index, all) => name !== all[index - 1]);
      expect(heard(cues)).toEqual(heard(segments.filter(({ text }) => text.trim() !== "")));
    }));

  it("lines and words stay whole where they find room", () =>
    trial((cues, segments) => {
      const short = segments
        .flatMap(({ text }) => text.split(/\s+/))
        .filter(
          (word) => word !== "" && !isWide(word) && !/\p{Script=Thai}/u.test(word) && lettersIn(word) <= 21,
        );
      const shown = new Set(cues.flatMap(({ lines }) => lines.flatMap((line) => line.split(" "))));
      if (segments.every(({ text }) => / /.test(text) && !isWide(text)))
        for (const word of short) expect([...shown].some((each) => each.includes(word))).toBe(true);
    }));
});

describe("a second for each", () => {
  /** Whether these words can be cut and placed so that all rules hold; tries everything. */
  function isPossible(words: readonly { text: string; start: number; end: number }[]): boolean {
    const ms = words.map(({ start }) => Math.round(start * 1000));
    const fits = (own: readonly { text: string }[]) => {
      const room = (some: readonly { text: string }[]) => some.map(({ text }) => text).join(" ").length <= 42;
      return room(own) || own.some((_, cut) => cut > 0 && room(own.slice(0, cut)) && room(own.slice(cut)));
    };
    const from = (index: number, earliest: number): boolean => {
      if (index === words.length) return true;
      const begins = Math.max(earliest, (ms[index] ?? 0) - 1_000, 0);
      if (begins > (ms[index] ?? 0) + 2_000) return false;
      for (let end = index + 1; end <= words.length; end++) {
        const own = words.slice(index, end);
        const lasts = Math.round((own.at(-1)?.end ?? 0) * 1000) - (ms[index] ?? 0);
        if (own.length > 1 && (lasts > 7_000 || !fits(own))) continue;
        if (from(end, begins + 1_000)) return true;
      }
      return false;
    };
    return from(0, 0);
  }

  it("is had wherever it can be had", () => {
    const word = fc.record({
      text: fc.integer({ min: 1, max: 42 }).map((length) => "x".repeat(length)),
      ms: fc.integer({ min: 0, max: 700 }),
      pauseMs: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
    });
    let possible = 0;
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 9 }), (list) => {
        let at = 0;
        const words = list.map(({ text, ms, pauseMs }) => {
          at += pauseMs;
          return { text, start: at / 1000, end: (at += ms) / 1000 };
        });
        const cues = cuesOf([
          { start: 0, end: at / 1000, text: words.map(({ text }) => text).join(" "), words },
        ]);
        const isHad = cues.every((cue) => secondsOf(cue) >= 1);
        possible += isHad ? 1 : 0;
        expect(isHad).toBe(isPossible(words));
      }),
      { numRuns: 1_000 },
    );
    expect(possible).toBeGreaterThan(100);
  });

  it("is found before and after what is said too fast", () => {
    const fast = spoken(Array.from({ length: 30 }, (_, index) => `word${index}`).join(" "), 5, 1 / 30);
    const cues = cuesOf([fast]);
    expect(cues.length).toBeGreaterThan(1);
    for (const cue of cues) expect(secondsOf(cue)).toBeGreaterThanOrEqual(1);
    expect(cues[0]?.start).toBeGreaterThanOrEqual(4);
  });

  it("gives way only where there is far too much, and then only as much as it must", () => {
    const much = spoken(Array.from({ length: 2_000 }, () => "words").join(" "), 0, 0.005);
    const after = said("The end.", 60, 62);
    const cues = cuesOf([much, after]);
    expect(cues.some((cue) => secondsOf(cue) < 1)).toBe(true);
    for (const { start, end } of cues) expect(end).toBeGreaterThan(start);
    expect(cues.at(-1)).toEqual({ start: 60, end: 62, lines: ["The end."] });
  });

  it("is lent by the silence around short words of several people", () => {
    const cues = cuesOf([
      said("Yes.", 10, 10.4, "A"),
      said("No.", 10.4, 10.7, "B"),
      said("Yes!", 10.7, 11, "A"),
    ]);
    expect(cues.map(({ lines, speaker }) => [speaker, ...lines])).toEqual([
      ["A", "Yes."],
      ["B", "No."],
      ["A", "Yes!"],
    ]);
    expect(cues.map(({ start, end }) => [start, end])).toEqual([
      [10, 11],
      [11, 12],
      [12, 13],
    ]);
  });
});

describe("where it is cut", () => {
  const lines = (...segments: Segment[]) => cuesOf(segments).map((cue) => cue.lines.join(" | "));

  it("is at sentences first", () => {
    const text =
      "The tales they tell are false. The door was barred, locked and bolted. Ripe pears are fit for a queen.";
    for (const cue of cuesOf([spoken(text, 0, 0.4)])) expect(cue.lines.at(-1)).toMatch(/\.$/);
  });

  it("then at clauses, with lines of about the same length", () => {
    const text =
      "When the evening had come, and the lamps were lit along the quay, the old fisherman took his boat, and went out once more";
    expect(lines(spoken(text, 0, 0.3))).toEqual([
      "When the evening had come, | and the lamps were lit along the quay,",
      "the old fisherman took his boat, | and went out once more",
    ]);
  });

  it("is not behind an abbreviation", () => {
    const shown = lines(
      spoken(
        "I asked whether somebody in the waiting room had seen Dr. Miller this morning before he left again",
        0,
        0.3,
      ),
    );
    expect(shown.some((cue) => /Dr\.( \||$)/.test(cue))).toBe(false);
  });

  it("is at long silences, and nothing is shown long before it is said", () => {
    const cues = cuesOf([said("Wait for it", 0, 1), said("there.", 6, 6.5)]);
    expect(cues.map(({ start }) => start)).toEqual([0, 6]);
  });

  it("is between words in Chinese and Japanese, too, and marks stay where they belong", () => {
    const text =
      "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。「何でも」薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。";
    for (const line of cuesOf([said(text, 0, 16)], "ja").flatMap((cue) => cue.lines)) {
      expect(line).not.toMatch(/^[。、」]/);
      expect(line).not.toMatch(/「$/);
    }
  });

  it("is within a word where that is longer than a line", () => {
    expect(lines(said("a".repeat(100), 0, 5))).toEqual([
      "a".repeat(42),
      `${"a".repeat(42)} | ${"a".repeat(16)}`,
    ]);
  });
});

describe("when it is shown", () => {
  it("is when its words are said, where the model tells", () => {
    const words = [
      { text: "Now", start: 3, end: 3.2 },
      { text: "then.", start: 8, end: 8.4 },
    ];
    expect(cuesOf([{ start: 0, end: 30, text: "Now then.", words }]).map(({ start }) => start)).toEqual([
      3, 8,
    ]);
  });

  it("is by the letters where it does not, and the words' times where they differ from the text", () => {
    const [first, second] = cuesOf([said(`${"a".repeat(42)} ${"b".repeat(42)} ${"c".repeat(42)}`, 0, 9)]);
    expect([first?.start, first?.end, second?.start]).toEqual([0, 3, 3]);
    const words = [{ text: "elsewhere", start: 5, end: 6 }];
    expect(cuesOf([{ start: 1, end: 2, text: "Here.", words }])).toEqual([
      { start: 1, end: 2, lines: ["Here."] },
    ]);
  });

  it("stays a little for readers where there is time, and not into what comes next", () => {
    const text = "Sixty letters said within a second take longer to be read.";
    expect(cuesOf([said(text, 0, 1)])[0]?.end).toBeCloseTo(text.replaceAll(" ", "").length / 17, 2);
    expect(cuesOf([said(text, 0, 1), said("Next.", 2, 3)])[0]?.end).toBe(2);
  });
});

it("two hours take little time", () => {
  const sentence = "This is a sentence, which has about ten words in it.";
  const segments = Array.from({ length: 1_800 }, (_, index) => spoken(sentence, index * 4, 0.35));
  const begun = performance.now();
  expect(cuesOf(segments, "en")).toHaveLength(1_800);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

it("two hours with the time of each word are a record that can be stored often", () => {
  const sentence = "This is a sentence, which has about ten words in it.";
  const segments = Array.from({ length: 1_800 }, (_, index) => spoken(sentence, index * 4, 0.35)).map(
    (segment) => ({
      ...segment,
      words: (segment.words ?? []).map(({ text, start, end }) => ({
        start: Math.round(start * 100) / 100,
        end: Math.round(end * 100) / 100,
        text,
      })),
    }),
  );
  const begun = performance.now();
  const text = JSON.stringify(segments);
  expect(performance.now() - begun).toBeLessThan(100);
  expect(text.length).toBeLessThan(1_200_000);
});
