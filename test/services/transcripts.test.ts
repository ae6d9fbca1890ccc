import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import { createTranscripts, type Transcripts } from "../../src/services/transcripts.ts";

const clock = virtualClock();
let store: Store;
let transcripts: Transcripts;
beforeEach(async () => {
  store = await openStore({ url: "sqlite://:memory:", clock });
  transcripts = createTranscripts(store, 7);
});
afterEach(() => store.close());

const recording = (sha256: string, url = "https://cdn.discordapp.com/1/voice.ogg") => ({
  audio_file: { url, name: "voice.ogg", contentType: "audio/ogg", bytes: 10, sha256 },
  align_output: true,
});
const mia = { person: "mia", private: false };
const oto = { person: "oto", private: false };
const said = { text: "hello", segments: [{ start: 0, end: 1, text: "hello" }], language: "en" };

it("knows the same bytes with the same options again, whatever their address", async () => {
  await transcripts.keep("whisperx", recording("a"), mia, said);
  expect(await transcripts.find("whisperx", recording("a", "https://elsewhere/x.mp3"), oto)).toEqual(said);
});

it("does not mistake other bytes, options or models for them", async () => {
  await transcripts.keep("whisperx", recording("a"), mia, said);
  expect(await transcripts.find("whisperx", recording("b"), mia)).toBeUndefined();
  expect(await transcripts.find("whisperx", { ...recording("a"), language: "de" }, mia)).toBeUndefined();
  expect(await transcripts.find("whisper", recording("a"), mia)).toBeUndefined();
});

it("knows each part of a recording for itself, wherever that was cut", async () => {
  const part = (from: number, cut?: number) => ({
    audio_file: {
      ...recording("a").audio_file,
      as: { part: { from, to: from + 600 } },
      ...(cut === undefined ? {} : { cut: { from: cut, to: cut + 600 } }),
    },
  });
  await transcripts.keep("whisperx", part(600, 612), mia, said);
  expect(await transcripts.find("whisperx", part(600), oto)).toEqual(said);
  expect(await transcripts.find("whisperx", part(0), oto)).toBeUndefined();
  const { as: _, ...whole } = part(600).audio_file;
  expect(await transcripts.find("whisperx", { audio_file: whole }, oto)).toBeUndefined();
});

it("finds what was kept before there were parts", async () => {
  await transcripts.keep("whisperx", recording("a"), mia, said);
  const print = createHash("sha256").update("whisperx\nalign_output=true\naudio_file=a").digest("hex");
  expect(await store.records("transcripts", z.unknown()).get(`all/${print}`)).toEqual(said);
});

it("shares a private answer with nobody but its asker", async () => {
  await transcripts.keep("whisperx", recording("a"), { ...mia, private: true }, said);
  expect(await transcripts.find("whisperx", recording("a"), oto)).toBeUndefined();
  expect(await transcripts.find("whisperx", recording("a"), mia)).toEqual(said);
});

it("keeps nothing of a recording whose content is not known, and nothing for longer than it may", async () => {
  const { sha256: _, ...unseen } = recording("a").audio_file;
  await transcripts.keep("whisperx", { audio_file: unseen }, mia, said);
  expect(await transcripts.find("whisperx", { audio_file: unseen }, mia)).toBeUndefined();
  await transcripts.keep("whisperx", recording("a"), mia, said);
  await clock.advance(8 * 24 * 60 * 60_000);
  expect(await transcripts.find("whisperx", recording("a"), mia)).toBeUndefined();
});
