import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseText } from "media-captions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawVideo } from "../../sandbox/replicate/outputs/mp4.ts";
import { attachedText, shown, silence, transcribe, voice } from "./recordings.ts";
import { tone } from "./samples.ts";
import { checkJournals, inputs, only, startIn, world } from "./talk.ts";

/** Where nothing can be cut: with Node alone. */
const NO_FFMPEG = { FFMPEG_PATH: "/nowhere/ffmpeg", CONFIRM_ABOVE_CREDITS: "0" };
const creates = () => world.replicate.predictions.size;
const refusal = async (...of: Parameters<typeof transcribe>) => {
  const before = creates();
  const { content, private: hidden } = await shown(...of);
  expect(creates()).toBe(before);
  expect(hidden).toBe(true);
  expect(content).toMatch(/\n-# Nothing was charged\.$/);
  return content.split("\n")[0];
};

describe("a recording", () => {
  beforeAll(() => startIn({ env: NO_FFMPEG }));
  afterAll(() => world.close());

  it("is written down, with its language and length in the quiet line", async () => {
    const message = await shown(voice());
    expect(message.private).toBe(false);
    expect(message.content).toMatch(
      /^\*\*voice\\-message\.ogg\*\* · Mia\nThis transcript is made up by the sandbox\.[^]*\n-# WhisperX · [\d.]+ s · English · 0:05 · [\d.]+ credits \(.* left\)$/,
    );
    expect(message.attachments).toEqual([]);
  });

  it("is free the second time", async () => {
    const before = creates();
    expect((await shown(voice())).content).toContain("already transcribed, so it is free · 0 credits");
    expect(creates()).toBe(before);
  });

  it("may have any ending: what counts is what is in it", async () => {
    const song = { ...tone(3, "notes.txt"), contentType: "text/plain" };
    expect((await shown(song)).content).toContain("· 0:03 ·");
  });

  it("comes in all forms that were asked for, which others can read", async () => {
    const message = await shown(tone(40, "talk.wav"), { format: "all", timestamps: true });
    expect(message.attachments.map(({ name }) => name)).toEqual([
      "talk.txt",
      "talk.srt",
      "talk.vtt",
      "talk.json",
    ]);
    expect(message.content).toContain("\n[0:00] This transcript");
    expect(await attachedText(message, ".txt")).toMatch(/^\[0:00\] This transcript/);
    for (const type of ["srt", "vtt"] as const) {
      const text = await attachedText(message, `.${type}`);
      const read = await parseText(text, { type, strict: true, errors: true });
      expect(read.errors).toEqual([]);
      expect(read.cues.length).toBeGreaterThan(5);
      for (const [index, { startTime, endTime }] of read.cues.entries()) {
        expect(endTime - startTime).toBeGreaterThan(0.999);
        expect(endTime - startTime).toBeLessThan(7.001);
        expect(startTime).toBeGreaterThanOrEqual(read.cues[index - 1]?.endTime ?? 0);
      }
    }
    const json: unknown = JSON.parse(await attachedText(message, ".json"));
    expect(json).toMatchObject({ language: "en", seconds: 40, segments: expect.any(Array) as unknown });
  });

  it("is shown as far as there is room, and attached as a whole", async () => {
    const exchange = await transcribe(silence(1_200));
    expect(exchange.messages).toHaveLength(1);
    const message = only(exchange);
    expect(message.content).toMatch(/ …\n-# This is the beginning; the whole is in meeting\.txt\n/);
    const [, begun = ""] = /· Mia\n([^]*?) …\n/.exec(message.content) ?? [];
    const whole = await attachedText(message, ".txt");
    expect(whole.startsWith(begun)).toBe(true);
    expect(whole.length).toBeGreaterThan(begun.length * 3);
  });

  it("is translated by a model that says when, and that is said", async () => {
    const message = await shown(tone(8), { translate: true, language: "Deutsch", format: "srt" });
    expect(inputs().at(-1)).toMatchObject({ task: "translate", language: "german" });
    expect(message.content).toContain("-# WhisperX does not translate; Incredibly Fast Whisper answered");
    expect(message.content).toMatch(
      /-# Incredibly Fast Whisper · .* · German · translated into English · 0:08 · /,
    );
    expect(await attachedText(message, ".srt")).toContain("00:00:0");
  });

  it("in which nobody speaks is said to be one", async () => {
    world.replicate.script({ output: { segments: [], detected_language: "en" } });
    const message = await shown(silence(7), { format: "all" });
    expect(message.content).toContain("*(no speech was heard)*");
    expect(message.attachments).toEqual([]);
  });

  it("is refused where it is longer than what can be heard at once, with the limit", async () => {
    expect(await refusal(silence(3_700))).toBe(
      "⚠️ `meeting.wav` is 1:01:40 long, and I can hear 60 minutes at a time here: to cut longer ones, ffmpeg has to be installed where this bot runs. Please cut it, and attach one part after the other.",
    );
  });

  it("is refused where it is a film that nobody hears", async () => {
    const film = drawVideo(1, 7);
    expect(await refusal({ name: "film.mp4", data: film, contentType: "video/mp4" })).toMatch(
      /^⚠️ `film\.mp4` is a film without sound/,
    );
  });

  it("is refused in a language that there is not, or that no model knows, before anything is read", async () => {
    expect(await refusal(voice(), { language: "Germn" })).toBe(
      "⚠️ I know no language called `Germn`. Did you mean German?",
    );
    expect(await refusal(voice(), { language: "Irish" })).toBe(
      "⚠️ WhisperX does not know Irish, and neither does any other model here.",
    );
  });

  it("has its language offered in the reader's words, and in its own", async () => {
    const { member } = world.discord.people;
    for (const typed of ["deut", "germ"])
      expect(await member.complete("transcribe", "language", typed)).toEqual([
        { name: "German", value: "de" },
      ]);
  });

  it("has no speakers where the operator has no token for that", async () => {
    const registered = world.discord.commands({ dm: false }).find(({ name }) => name === "transcribe");
    expect(JSON.stringify(registered)).not.toContain("speakers");
  });

  checkJournals();
});

describe("a recording that is too dear", () => {
  beforeAll(() => startIn({ env: { ...NO_FFMPEG, DAILY_CREDITS: "250" } }));
  afterAll(() => world.close());

  it("is refused with what it would cost, and how much of it could be heard", async () => {
    expect(await refusal(silence(3_000))).toMatch(
      /^⚠️ This may cost up to 695 credits, and you have 250 left, which is enough for the first 17 minutes of this recording\. They come back /,
    );
  });
});

describe("speakers", () => {
  const TOKEN = "hf_nobodymayreadthis0123456789";
  const folder = mkdtempSync(join(tmpdir(), "replicord-speakers-"));
  const database = join(folder, "bot.sqlite");
  beforeAll(() =>
    startIn({ env: { ...NO_FFMPEG, HUGGINGFACE_TOKEN: TOKEN, DATABASE_URL: `sqlite://${database}` } }),
  );
  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are named, by a model that can tell them apart", async () => {
    const message = await shown(tone(30), { speakers: true, format: "vtt" });
    expect(message.content).toMatch(/\nSpeaker 1: This transcript[^]*\n\nSpeaker 2: /);
    expect(await attachedText(message, ".vtt")).toContain("<v Speaker 2>");
    expect(inputs().at(-1)).toMatchObject({ diarization: true, huggingface_access_token: TOKEN });
  });

  it("do not go together with a translation, or with what has to be cut", async () => {
    expect(await refusal(voice(), { speakers: true, translate: true })).toMatch(/`speakers` and `translate`/);
  });

  it("are found again where the answer to the request was lost", async () => {
    world.replicate.faults.add({ method: "POST", path: /\/predictions$/, reset: "after" });
    const upload = tone(4, "lost.wav");
    const before = creates();
    const { content } = await shown(upload, { speakers: true });
    expect(creates()).toBe(before + 1);
    expect(content).toContain("Speaker 1: ");
  }, 60_000);

  it("need a token that stands in no record, no message and no line of the log", async () => {
    world.replicate.script({ error: `Invalid token ${TOKEN}`, status: "failed" });
    const { content } = await shown(tone(5), { speakers: true });
    await world.bot.stop();
    expect(content).not.toContain(TOKEN);
    expect(JSON.stringify(world.log)).not.toContain(TOKEN);
    expect(JSON.stringify(world.discord.journal)).not.toContain(TOKEN);
    for (const file of [database, `${database}-wal`]) {
      const bytes = await Promise.resolve()
        .then(() => readFileSync(file))
        .catch(() => Buffer.alloc(0));
      expect(bytes.includes(TOKEN)).toBe(false);
    }
    expect(readFileSync(database).length).toBeGreaterThan(0);
  });
});
