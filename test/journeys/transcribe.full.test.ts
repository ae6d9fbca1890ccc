import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseText } from "media-captions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Upload } from "../../sandbox/discord/person.ts";
import { makeSpeech } from "../speech.ts";
import { attachedText, shown, silence, transcribe } from "./recordings.ts";
import { checkJournals, inputs, only, press, startIn, world } from "./talk.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "replicord-speech-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function spoken(voice: string, text: string): Promise<Upload> {
  const path = join(folder, `${voice}.wav`);
  await run("espeak-ng", ["-v", voice, "-w", path, text]);
  return { name: `${voice}.wav`, data: readFileSync(path), contentType: "audio/wav" };
}

async function long(name: string, seconds: number): Promise<Upload> {
  const { path } = await makeSpeech(join(folder, name), seconds);
  return { name, data: readFileSync(path), contentType: "audio/mpeg" };
}

/** Black pictures with this sound. */
async function filmOf({ name }: Upload): Promise<Upload> {
  const path = join(folder, "film.mp4");
  const pictures = ["-f", "lavfi", "-i", "color=black:s=64x64:r=5"];
  const sound = ["-i", join(folder, name)];
  await run("ffmpeg", ["-v", "error", "-y", ...pictures, ...sound, "-shortest", "-c:a", "aac", path]);
  return { name: "film.mp4", data: readFileSync(path), contentType: "video/mp4" };
}

const creates = () => world.replicate.predictions.size;

beforeAll(() => startIn({ env: { CONFIRM_ABOVE_CREDITS: "0" } }), 60_000);
afterAll(() => world.close());

describe("real speech", () => {
  it.each([
    ["en", "English", "Good morning everyone, and thank you for joining."],
    ["de", "German", "Guten Morgen. Die Zahlen sehen besser aus, als wir erwartet haben."],
  ])("in %s goes through the whole bot", async (language, name, text) => {
    const message = await shown(await spoken(language, text), { language: name, format: "srt" });
    expect(inputs().at(-1)).toMatchObject({ language });
    expect(message.content).toMatch(new RegExp(`· ${name} · 0:0\\d · `));
    const read = await parseText(await attachedText(message, ".srt"), {
      type: "srt",
      strict: true,
      errors: true,
    });
    expect(read.errors).toEqual([]);
    expect(read.cues.length).toBeGreaterThan(0);
  });

  it("in a film is heard, too", async () => {
    const film = await filmOf(await spoken("en", "What you hear is said in a film without a picture."));
    expect((await shown(film)).content).toMatch(/^\*\*film\.mp4\*\* · Mia\nThis transcript/);
  });
});

describe("a long recording", () => {
  it("is heard in parts, and joined", async () => {
    const before = creates();
    const exchange = await transcribe(await long("talk.mp3", 1_900), { format: "all" });
    expect(creates() - before).toBe(3);
    expect(exchange.messages).toHaveLength(1);
    const message = only(exchange);
    expect(message.content).toMatch(/-# WhisperX · .* · English · 31:40 · [\d.,]+ credits/);
    const read = await parseText(await attachedText(message, ".srt"), {
      type: "srt",
      strict: true,
      errors: true,
    });
    expect(read.errors).toEqual([]);
    expect(read.cues.at(-1)?.endTime).toBeGreaterThan(1_890);
    for (const [index, { startTime, endTime }] of read.cues.entries()) {
      expect(endTime).toBeGreaterThan(startTime);
      expect(startTime).toBeGreaterThanOrEqual(read.cues[index - 1]?.endTime ?? 0);
      expect(startTime - (read.cues[index - 1]?.endTime ?? 0)).toBeLessThan(3);
    }
  }, 120_000);

  it("of which a part failed says which, and Retry hears that part alone", async () => {
    const upload = await long("meeting.mp3", 1_300);
    world.replicate.script({
      model: "victor-upmeet/whisperx",
      error: "CUDA out of memory",
      status: "failed",
    });
    const first = await transcribe(upload);
    const message = only(first);
    expect(message.content).toMatch(/1 of 2 parts is missing/);
    expect(message.content).toMatch(/- (0:00 to 1\d:\d\d|\d+:\d\d to 21:40): WhisperX failed/);
    const before = creates();
    const again = only(await press(message, "Retry"));
    expect(creates() - before).toBe(1);
    expect(again.content).not.toContain("missing");
    expect(again.content).toContain("1 of 2 parts were there already, and cost nothing");
  }, 120_000);

  it("that is stopped keeps what is there", async () => {
    const upload = await long("stopped.mp3", 1_400);
    world.replicate.script({ model: "victor-upmeet/whisperx", stuck: "processing" });
    const { member } = world.discord.people;
    const exchange = member.command("transcribe", { audio: { upload } });
    await exchange.until(({ messages }) => /1[12] of 23 min/.test(messages[0]?.content ?? ""), 60_000);
    const shownNow = only(exchange);
    const stop = shownNow.buttons.find(({ label }) => label === "Stop")?.customId ?? "";
    await world.finished(member.press(shownNow, stop));
    await exchange.until(({ messages }) => /Stopped early/.test(messages[0]?.content ?? ""), 60_000);
    const message = only(exchange);
    expect(message.content).toMatch(/Stopped early: 1[12] of 23 min are there/);
    expect(await attachedText(message, ".txt")).toMatch(/^\[[\d:]+ to [\d:]+ is missing\]$/m);
  }, 120_000);

  it("is refused where even cutting does not help", async () => {
    const before = creates();
    const { content } = await shown(silence(30_000, "night.wav"));
    expect(content).toMatch(/`night\.wav` is 8:20:00 long, and I can hear 8 hours at a time/);
    expect(creates()).toBe(before);
  });
});

checkJournals();
