import * as fc from "fast-check";
import type { Segment } from "../../../src/services/models/model.ts";

const latin = fc.constantFrom(
  "I",
  "see,",
  "the",
  "harbour.",
  "Well…",
  "and",
  "lighthouses",
  "–",
  "no!",
  "a",
  "3.",
  "(yes)",
);
const european = fc.constantFrom(
  "Straße,",
  "où",
  "niño.",
  "Žižkov",
  "ένα",
  "добрый",
  "день.",
  "नमस्ते",
  "👩‍👩‍👧‍👦",
  "e\u0301te\u0301",
);
const long = fc.constantFrom(
  "a".repeat(43),
  "https://example.com/".padEnd(130, "x"),
  "語".repeat(50),
  "Rindfleischetikettierungsüberwachungsaufgabengesetz",
);
const cjk = fc.constantFrom(
  "吾輩は",
  "猫である。",
  "名前は、",
  "「まだ」",
  "無い。",
  "我们",
  "在这里，",
  "안녕하세요.",
  "ニャーニャー",
);
const odd = fc.constantFrom("-->", "<i>", "&amp;", "\n", "1", "สวัสดีครับ", "NOTE");

/** Words of one kind of text, or of all kinds. */
const wordsOf = fc.constantFrom(
  fc.oneof({ weight: 20, arbitrary: latin }, { weight: 1, arbitrary: long }),
  fc.oneof(
    { weight: 4, arbitrary: latin },
    { weight: 4, arbitrary: european },
    { weight: 1, arbitrary: odd },
  ),
  fc.oneof({ weight: 20, arbitrary: cjk }, { weight: 1, arbitrary: long }),
  fc.oneof(latin, european, cjk, odd),
);

/** In seconds: sensible, none at all, far too short, or going back. */
const lengths = fc.constantFrom(
  fc.double({ min: 0.2, max: 0.6, noNaN: true }),
  fc.double({ min: 0, max: 0.05, noNaN: true }),
  fc.constant(0),
  fc.double({ min: 0.5, max: 9, noNaN: true }),
  fc.double({ min: -3, max: 4, noNaN: true }),
);
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: -2, max: 60, noNaN: true }) },
);

interface Spoken {
  pause: number;
  words: { text: string; seconds: number }[];
  withTimes: boolean;
  speaker: string | undefined;
}

/** What a model could say, rightly or wrongly. */
function toSegments(spoken: readonly Spoken[], separator: string): Segment[] {
  let at = 0;
  return spoken.map(({ pause, words, withTimes, speaker }) => {
    const start = (at += pause);
    const timed = words.map(({ text, seconds }) => ({ text, start: at, end: (at += seconds) }));
    return {
      start,
      end: at,
      text: words.map(({ text }) => text).join(separator),
      ...(withTimes ? { words: timed } : {}),
      ...(speaker === undefined ? {} : { speaker }),
    };
  });
}

export const anyTranscript: fc.Arbitrary<Segment[]> = fc
  .tuple(wordsOf, lengths, fc.constantFrom(" ", ""), fc.boolean())
  .chain(([word, seconds, separator, withSpeakers]) =>
    fc
      .array(
        fc.record({
          pause,
          words: fc.array(fc.record({ text: word, seconds }), { maxLength: 25 }),
          withTimes: fc.boolean(),
          speaker: withSpeakers ? fc.constantFrom("A", "B", undefined) : fc.constant(undefined),
        }),
        { maxLength: 12 },
      )
      .map((spoken) => toSegments(spoken, separator)),
  );
