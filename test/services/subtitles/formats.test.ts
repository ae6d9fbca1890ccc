import * as fc from "fast-check";
import { parseText, tokenizeVTTCue } from "media-captions";
import { describe, expect, it } from "vitest";
import webvtt from "webvtt-parser";
import type { Cue } from "../../../src/services/subtitles/cue.ts";
import { cuesOf } from "../../../src/services/subtitles/cues.ts";
import { srt, vtt } from "../../../src/services/subtitles/formats.ts";
import { anyTranscript } from "./transcripts.ts";

const cues: Cue[] = [
  { start: 0, end: 1.5, lines: ["Hello.", "Is it you?"] },
  { start: 3_661.001, end: 3_662, lines: ["Tom & <Jerry> --> run"], speaker: "SPEAKER_01" },
];

it("SubRip", () => {
  expect(srt(cues)).toBe(
    "1\n00:00:00,000 --> 00:00:01,500\nHello.\nIs it you?\n\n2\n01:01:01,001 --> 01:01:02,000\nTom & <Jerry> → run\n",
  );
});

it("WebVTT, in which markup is none, and who speaks is a voice", () => {
  expect(vtt(cues, () => "Speaker 2")).toBe(
    "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello.\nIs it you?\n\n01:01:01.001 --> 01:01:02.000\n<v Speaker 2>Tom &amp; &lt;Jerry&gt; → run\n",
  );
});

it("nothing at all is a file, too", async () => {
  expect(srt([])).toBe("");
  expect(new webvtt.WebVTTParser().parse(vtt([]), "captions")).toMatchObject({ cues: [], errors: [] });
});

/** The text of a WebVTT cue as it is shown: without tags, with the letters that entities stand for. */
function shown(text: string): string {
  const said = (nodes: ReturnType<typeof tokenizeVTTCue>): string =>
    nodes.map((node) => (node.type === "text" ? node.data : said(node.children))).join("");
  return said(tokenizeVTTCue({ text }));
}

const textOf = ({ lines }: Cue) => lines.join("\n").replaceAll("-->", "→");

/** What parsers that others wrote find in the file is what was written. */
describe("read by others", () => {
  const trial = (check: (cues: Cue[]) => Promise<void> | void) =>
    fc.assert(
      fc.asyncProperty(anyTranscript, async (segments) => {
        const cues = cuesOf(segments);
        if (cues.length > 0) await check(cues);
      }),
      { numRuns: 200 },
    );
  const timesOf = (list: readonly { startTime: number; endTime: number }[]) =>
    list.map(({ startTime, endTime }) => [startTime, endTime].map((seconds) => Math.round(seconds * 1000)));
  const timesIn = (list: readonly Cue[]) =>
    list.map(({ start, end }) => [start, end].map((seconds) => Math.round(seconds * 1000)));

  it("SubRip is what it was", () =>
    trial(async (cues) => {
      const read = await parseText(srt(cues), { type: "srt", strict: true, errors: true });
      expect(read.errors).toEqual([]);
      expect(timesOf(read.cues)).toEqual(timesIn(cues));
      expect(read.cues.map(({ text }) => text)).toEqual(cues.map(textOf));
    }));

  it("WebVTT is what it was", () =>
    trial(async (cues) => {
      const read = await parseText(vtt(cues), { type: "vtt", strict: true, errors: true });
      expect(read.errors).toEqual([]);
      expect(timesOf(read.cues)).toEqual(timesIn(cues));
      expect(read.cues.map(({ text }) => shown(text))).toEqual(cues.map(textOf));
    }));

  it("WebVTT is valid", () =>
    trial((cues) => {
      const read = new webvtt.WebVTTParser().parse(vtt(cues), "captions");
      expect(read.errors).toEqual([]);
      expect(timesOf(read.cues)).toEqual(timesIn(cues));
    }));
});
