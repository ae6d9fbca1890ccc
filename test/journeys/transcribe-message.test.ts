import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Upload } from "../../sandbox/discord/person.ts";
import { picture, tone, words } from "./samples.ts";
import { checkJournals, only, startIn, world } from "./talk.ts";

beforeAll(() => startIn());
afterAll(() => world.close());

/** Recordings of different lengths: the same one is transcribed once. */
let lengths = 0;
const recording = (name: string, contentType?: string): Upload => {
  const { data } = tone((lengths += 1));
  return { name, data, ...(contentType && { contentType }) };
};

const post = (...uploads: Upload[]) => world.discord.people.member.post("Listen:", uploads);
const transcribed = async (message: ReturnType<typeof post>) =>
  only(await world.finished(world.discord.people.other.use("Transcribe", message))).content;

describe("Transcribe in the Apps menu of a message", () => {
  it("takes a voice message of somebody else", async () => {
    const voice = { ...recording("voice-message.wav"), durationSecs: 1 };
    const message = world.discord.people.member.post("", [voice]);
    expect(await transcribed(message)).toMatch(/^\*\*voice\\-message\.wav\*\* · Oto\n.*\n-# WhisperX · /);
  });

  it("takes the first file with sound among several", async () => {
    const files = [
      await picture(),
      words("notes.txt", "text/plain"),
      recording("first.wav"),
      recording("b.wav"),
    ];
    expect(await transcribed(post(...files))).toMatch(/^\*\*first\.wav\*\* · Oto\n/);
  });

  it("takes one of whose type Discord says nothing, by its ending", async () => {
    const message = post(recording("talk.amr"));
    expect(message.raw.attachments[0]).not.toHaveProperty("content_type");
    expect(await transcribed(message)).toMatch(/^\*\*talk\.amr\*\* · Oto\n.*\n-# WhisperX · /);
  });

  it("takes what a message forwards", async () => {
    const forwarded = world.discord.people.other.forward(post(recording("meeting.wav")));
    expect(await transcribed(forwarded)).toMatch(/^\*\*meeting\.wav\*\* · Oto\n.*\n-# WhisperX · /);
  });

  it("says that there is none on a message without one, also on what that forwards", async () => {
    const message = post(words("notes.txt", "text/plain"));
    const refusal = "⚠️ There is no file with sound on this message.\n-# Nothing was charged.";
    expect(await transcribed(message)).toBe(refusal);
    expect(await transcribed(world.discord.people.other.forward(message))).toBe(refusal);
  });

  it("says what is wrong with a file that only has such a name", async () => {
    expect(await transcribed(post({ ...words("talk.mp3", "audio/mpeg") }))).toMatch(
      /^⚠️ There is no sound in `talk\.mp3` that can be read/,
    );
  });
});

checkJournals();
