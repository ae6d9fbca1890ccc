import { afterEach, beforeEach, expect, it } from "vitest";
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
