import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { srt, vtt } from "../../src/services/subtitles.ts";

const segments = [
  { start: 0, end: 1.5, text: " Hello. " },
  { start: 3_661.0005, end: 3_662, text: "Tom & <Jerry> --> run" },
];

it("SubRip", () => {
  expect(srt(segments)).toBe(
    "1\n00:00:00,000 --> 00:00:01,500\nHello.\n\n2\n01:01:01,001 --> 01:01:02,000\nTom & <Jerry> → run\n",
  );
});

it("WebVTT, in which markup is none", () => {
  expect(vtt(segments)).toBe(
    "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello.\n\n01:01:01.001 --> 01:01:02.000\nTom &amp; &lt;Jerry> → run\n",
  );
});

describe("any transcript", () => {
  const text = fc
    .array(fc.constantFrom("word", "日本", "-->", "\n\n", "\r\n\r\n", "\n \n", "&", "<i>", " "), {
      maxLength: 8,
    })
    .map((parts) => `a${parts.join("")}z`);
  const lengths = fc.record({
    pauseMs: fc.nat({ max: 5_000_000 }),
    ms: fc.integer({ min: 1, max: 60_000 }),
    text,
  });
  const transcript = fc.array(lengths, { minLength: 1, maxLength: 20 }).map((parts) => {
    let ms = 0;
    return parts.map(({ pauseMs, ms: length, text }) => {
      const start = (ms += pauseMs);
      return { start: start / 1000, end: (ms += length) / 1000, text };
    });
  });
  const cue =
    /^(?:\d+\n)?(\d{2,}):([0-5]\d):([0-5]\d)[,.](\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)[,.](\d{3})\n([^]+)$/;
  const seconds = ([h, m, s, ms]: string[]) =>
    Number(h) * 3_600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;

  it.each([
    ["SubRip", srt],
    ["WebVTT", (all: typeof segments) => vtt(all).replace("WEBVTT\n\n", "")],
  ])("can be read again as %s: as many cues, one after the other", (_, write) => {
    fc.assert(
      fc.property(transcript, (segments) => {
        const cues = write(segments).split(/\r?\n\s*\r?\n/);
        expect(cues).toHaveLength(segments.length);
        let last = 0;
        for (const [index, text] of cues.entries()) {
          const [, ...parts] = cue.exec(text) ?? [];
          const [start, end] = [seconds(parts.slice(0, 4)), seconds(parts.slice(4, 8))];
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(start).toBeCloseTo(segments[index]?.start ?? -1, 3);
          expect(parts[8]).not.toContain("-->");
          last = end;
        }
      }),
    );
  });
});
