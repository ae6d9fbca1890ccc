import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseText } from "media-captions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Apart, draft, startServices } from "../../../sandbox/services.ts";
import type { Attachment } from "../../../src/services/attachment.ts";
import { systemClock } from "../../../src/services/clock.ts";
import type { Job } from "../../../src/services/jobs.ts";
import { modelByKey } from "../../../src/services/models/index.ts";
import type { Model } from "../../../src/services/models/model.ts";
import { partsOf } from "../../../src/services/sound/parts.ts";
import { cuesOf } from "../../../src/services/subtitles/cues.ts";
import { srt, vtt } from "../../../src/services/subtitles/formats.ts";
import { liveBytes } from "../../live-bytes.ts";
import { makeSpeech, type Speech } from "../../speech.ts";
import { type FileHost, hostFile } from "./file-host.ts";

const SECONDS = 2 * 60 * 60;
const MEGABYTE = 2 ** 20;

let folder: string;
let speech: Speech;
let host: FileHost;
let apart: Apart;
let job: Job;
let looked: Attachment;
let grownBytes: number;
let lookedBytes: number;

const whisperx = modelByKey("whisperx") as Model<"transcription">;

/** One run for each part, as `/transcribe` asks for them. */
const runsOf = (audio: Attachment) =>
  partsOf(audio.seconds ?? 0).map((part, index) => ({
    key: `part-${index + 1}`,
    model: whisperx.key,
    input: whisperx.input.parse(whisperx.from({ audio: { ...audio, as: { part } }, translate: false })),
  }));

/** The most that was alive in this process while this went on, beyond what there was before. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = liveBytes();
  let most = before;
  const looking = setInterval(() => (most = Math.max(most, liveBytes())), 100);
  await work().finally(() => clearInterval(looking));
  return most - before;
}

const cuts = () =>
  job.runs.map(({ input }) => (input["audio_file"] as Attachment).cut ?? { from: -1, to: -1 });
const segments = () => job.runs.flatMap(({ result }) => result?.segments ?? []);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "replicord-two-hours-"));
  speech = await makeSpeech(join(folder, "meeting.mp3"), SECONDS);
  host = await hostFile({ path: speech.path });
  apart = await startServices(systemClock, {
    pace: 0,
    hears: "ffmpeg",
    settings: { EXTRA_MEDIA_ORIGINS: host.origin, FILES_PATH: join(folder, "files") },
  });
  const { services } = apart;
  const { size } = statSync(speech.path);
  const file = { url: host.url, name: "meeting.mp3", contentType: "audio/mpeg", bytes: size };
  grownBytes = await growth(async () => {
    looked = await services.recordings.look(file);
    lookedBytes = host.sent.reduce((sum, bytes) => sum + bytes, 0);
    const next = () => runsOf(looked);
    job = await services.runner.admit({ ...draft(), command: "transcribe" }, next);
    for await (const update of services.runner.follow(job, next)) job = update;
  });
}, 300_000);

afterAll(async () => {
  await apart.close();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("two hours of real speech", () => {
  it("are known for what they are before they are downloaded", () => {
    expect(looked).toMatchObject({ contentType: "audio/mpeg", checked: true });
    expect(looked.seconds).toBeCloseTo(SECONDS, 0);
    expect(lookedBytes).toBeLessThan(MEGABYTE);
  });

  it("are twelve runs, each of which sends its own part and nothing else", () => {
    expect(job.runs.map(({ state }) => state)).toEqual(Array<string>(12).fill("succeeded"));
    expect(apart.replicate.predictions.size).toBe(12);
    const uploads = apart.replicate.journal.filter(
      ({ method, path }) => method === "POST" && path === "/v1/files",
    );
    expect(uploads).toHaveLength(12);
    for (const { files } of uploads) {
      expect(files[0]).toMatchObject({ name: "meeting.ogg", contentType: "audio/ogg" });
      expect(files[0]?.bytes).toBeLessThan(4 * MEGABYTE);
    }
  });

  it("are downloaded once, and nothing of them is left on the disk", () => {
    const whole = statSync(speech.path).size;
    expect(host.sent.reduce((sum, bytes) => sum + bytes, 0) - lookedBytes).toBe(whole);
    expect(readdirSync(join(folder, "files", "recordings"))).toEqual([]);
    expect(readdirSync(join(folder, "files", "pieces"))).toEqual([]);
  });

  it("cost nothing when they are asked for again, by anybody", async () => {
    const again = await apart.services.recordings.look(looked);
    const second = await apart.services.runner.admit(draft(), () => runsOf(again));
    expect(second.runs.filter(({ remembered, hold }) => remembered && hold === 0)).toHaveLength(12);
    expect(second.runs.map(({ result }) => result?.segments)).toEqual(
      job.runs.map(({ result }) => result?.segments),
    );
  });

  it("never are in memory as a whole, the stand-in's copies of their parts included", () => {
    expect(grownBytes).toBeLessThan(statSync(speech.path).size);
  });

  it("are cut where nobody speaks, with nothing between two parts and nothing twice", () => {
    const [first, last] = [cuts()[0], cuts().at(-1)];
    expect(first?.from).toBe(0);
    expect(last?.to).toBeCloseTo(SECONDS, 0);
    for (const [index, { to }] of cuts().slice(0, -1).entries()) {
      expect(cuts()[index + 1]?.from).toBe(to);
      expect(Math.abs(to - (index + 1) * 600)).toBeLessThan(46);
      // And not at its edge.
      const near = speech.spoken.filter(({ start, end }) => start - 0.2 < to && to < end + 0.2);
      expect(near).toEqual([]);
    }
  });

  it("are transcribed by the clock of the whole: at the seams, too, a segment is where somebody speaks", () => {
    for (const { to } of cuts().slice(0, -1)) {
      const before = speech.spoken.findLast(({ end }) => end <= to);
      const after = speech.spoken.find(({ start }) => start >= to);
      const last = segments().findLast(({ end }) => end <= to);
      const next = segments().find(({ start }) => start >= to);
      expect(Math.abs((last?.end ?? 0) - (before?.end ?? 0))).toBeLessThan(0.5);
      expect(Math.abs((next?.start ?? 0) - (after?.start ?? 0))).toBeLessThan(0.5);
    }
  });

  it("have a segment wherever somebody speaks, and none where nobody does", () => {
    const heard = segments();
    for (const [index, { start, end }] of heard.entries()) {
      expect(end).toBeGreaterThan(start);
      expect(start).toBeGreaterThanOrEqual(heard[index - 1]?.end ?? 0);
    }
    const missing = speech.spoken.filter(({ start, end }) => {
      const inside = heard.filter((each) => each.end > start && each.start < end);
      return (
        Math.abs((inside[0]?.start ?? 0) - start) > 0.5 || Math.abs((inside.at(-1)?.end ?? 0) - end) > 0.5
      );
    });
    expect(missing).toEqual([]);
    const invented = heard.filter(({ start, end }) =>
      speech.spoken.every((each) => each.end < start || each.start > end),
    );
    expect(invented).toEqual([]);
  });

  it.each([
    ["srt", srt],
    ["vtt", vtt],
  ] as const)("are subtitles by the usual rules, as another program reads them (%s)", async (type, write) => {
    const { cues, errors } = await parseText(write(cuesOf(segments())), { type, strict: true, errors: true });
    expect(errors).toEqual([]);
    expect(cues.length).toBeGreaterThan(1_000);
    const broken = cues.filter(({ startTime, endTime, text }, index) => {
      const lines = text.split("\n");
      const seconds = Math.round((endTime - startTime) * 1000) / 1000;
      return (
        lines.length > 2 ||
        lines.some((line) => line.length > 42) ||
        seconds < 1 ||
        seconds > 7 ||
        startTime < (cues[index - 1]?.endTime ?? 0)
      );
    });
    expect(broken).toEqual([]);
    for (const { to } of cuts().slice(0, -1)) {
      const next = speech.spoken.find(({ start }) => start >= to);
      const shown = cues.find(({ startTime }) => startTime >= to - 0.5);
      expect(Math.abs((shown?.startTime ?? 0) - (next?.start ?? 0))).toBeLessThan(0.5);
    }
  });
});
