import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { checkReplicateJournal } from "../sandbox/replicate/schema.ts";
import { picture, tone } from "./samples.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { DAILY_CREDITS: "5000", DM_DAILY_CREDITS: "5000" } });
});
afterAll(() => world.close());

async function bytesOf(file: SeenMessage["attachments"][number] | undefined): Promise<Buffer> {
  const response = await fetch(file?.url ?? "");
  return Buffer.from(await response.arrayBuffer());
}

describe.each([
  { where: "in a server", place: {} },
  { where: "in a direct message", place: { dm: true } },
])("$where", ({ place }) => {
  const ask = async (command: string, options: Record<string, OptionValue>) =>
    (await world.finished(world.discord.people.member.command(command, options, place))).messages;

  it("/ask answers under the question and who asked, with what it cost", async () => {
    const messages = await ask("ask", { prompt: "why is the sky blue?" });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ private: false, thinking: false });
    expect(messages[0]?.buttons.map(({ label }) => label)).toEqual([
      "Reply",
      "Regenerate",
      "New topic",
      "Delete",
    ]);
    expect(messages[0]?.content).toMatch(/^\*\*why is the sky blue\?\*\* · Mia\n/);
    expect(messages[0]?.content).toMatch(/\n-# Claude 4\.5 Haiku · .* credits? \(.* left\)$/);
  });

  it("/ask goes on in further messages where one is too short", async () => {
    const messages = await ask("ask", { prompt: "a long answer about lighthouses, please" });
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.every(({ content }) => content.length <= 2000)).toBe(true);
    const prediction = [...world.replicate.predictions.values()].at(-1);
    const output = ((prediction?.output ?? []) as string[]).join("").replaceAll(/\s/g, "");
    const shown = messages.map(({ content }) => content.replace(/\n-# .*$/, "")).join("");
    expect(shown.replace(/^.*· Mia/, "").replaceAll(/\s|```\w*/g, "")).toBe(output.replaceAll(/```\w*/g, ""));
  });

  it("/imagine posts the pictures themselves, with alt text, and says the seed", async () => {
    const [message] = await ask("imagine", {
      prompt: "a lighthouse at dusk",
      count: 2,
      seed: 4471,
      shape: "wide",
    });
    expect(message?.content).toMatch(/-# FLUX schnell · .* · seed 4471 · 6 credits \(.* left\)$/);
    expect(message?.attachments).toHaveLength(2);
    expect(message?.attachments[0]).toMatchObject({
      name: "a-lighthouse-at-dusk-1.png",
      contentType: "image/png",
      description: "a lighthouse at dusk",
    });
    const { width, height } = await sharp(await bytesOf(message?.attachments[0])).metadata();
    expect((width ?? 0) / (height ?? 1)).toBeCloseTo(16 / 9, 1);
    expect(message?.content).not.toContain("http");
  });

  it("/imagine hides its pictures where that was asked for", async () => {
    const messages = await ask("imagine", { prompt: "a cat", spoiler: true });
    expect(messages[0]?.attachments.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^SPOILER_a-cat\./),
    ]);
  });

  it("/imagine runs a model that makes one picture a run as often as was asked for", async () => {
    const before = world.replicate.predictions.size;
    const [message] = await ask("imagine", { prompt: "two cats", count: 2, model: "google/nano-banana" });
    expect(message?.attachments).toHaveLength(2);
    expect(world.replicate.predictions.size - before).toBe(2);
  });

  it("/upscale really makes the picture larger", async () => {
    const [message] = await ask("upscale", { image: { upload: await picture(64, 48) }, scale: 2 });
    const { width, height } = await sharp(await bytesOf(message?.attachments[0])).metadata();
    expect({ width, height }).toEqual({ width: 128, height: 96 });
    expect(message?.content).toMatch(/-# Real-ESRGAN · .*128 × 96 · 2 credits/);
  });

  it("/transcribe writes down what is said", async () => {
    const [message] = await ask("transcribe", { audio: { upload: tone(4) } });
    expect(message?.content).toMatch(/^\*\*voice\.wav\*\* · Mia\n.+/);
    expect(message?.content).toMatch(/-# WhisperX · .*English · 0:04 · .* credits?/);
  });

  it("/transcribe attaches subtitles that fit the sound", async () => {
    const [message] = await ask("transcribe", {
      audio: { upload: tone(4) },
      format: "srt",
      language: "English",
    });
    expect(message?.attachments[0]?.name).toBe("voice.srt");
    expect((await bytesOf(message?.attachments[0])).toString()).toMatch(
      /^1\n00:00:0\d,\d{3} --> 00:00:0[0-4],\d{3}\n/,
    );
  });

  it("/transcribe translates with the model that can", async () => {
    const [message] = await ask("transcribe", { audio: { upload: tone(2) }, translate: true });
    expect(message?.content).toContain("-# WhisperX does not translate; Incredibly Fast Whisper answered");
  });

  it("Transcribe works on a voice message", async () => {
    const { member } = world.discord.people;
    const voice = member.post("", [{ ...tone(3, "voice-message.wav"), durationSecs: 3 }], place);
    const { messages } = await world.finished(member.use("Transcribe", voice, place));
    expect(messages[0]?.content).toContain("-# WhisperX");
  });

  it("/usage tells its asker alone what is left", async () => {
    const [message] = await ask("usage", {});
    expect(message?.private).toBe(true);
    expect(message?.content).toMatch(
      /^You have used [\d.,]+ credits today and have [\d,]+ left\. They come back <t:\d+:R>\.$/,
    );
  });

  it("private answers are seen by their asker alone", async () => {
    const [message] = await ask("ask", { prompt: "between us", private: true });
    expect(message?.private).toBe(true);
    const { other } = world.discord.people;
    expect(other.sees(place).some(({ content }) => content.includes("between us"))).toBe(false);
  });
});

describe("/quota", () => {
  const asAdmin = async (command: string, options: Record<string, OptionValue> = {}) =>
    (await world.finished(world.discord.people.admin.command(`quota ${command}`, options))).messages[0];

  it("shows, sets, grants and resets, privately", async () => {
    const user = { user: world.discord.people.other.id };
    expect(await asAdmin("set", { target: user, credits: "100" })).toMatchObject({
      private: true,
      content: "**Oto** now has 100 credits a day.",
    });
    expect((await asAdmin("grant", { user, credits: "50" }))?.content).toContain("got 50 credits");
    expect((await asAdmin("view", { user }))?.content).toContain(
      "**Oto** has 100 credits a day (a rule of their own), used 0 credits today: 150 left.",
    );
    expect((await asAdmin("reset", { user }))?.content).toContain("is forgotten");
    expect((await asAdmin("set-everyone", { credits: "unlimited" }))?.content).toContain("unlimited credits");
    expect((await asAdmin("set-everyone", { credits: "default" }))?.content).toContain("operator's default");
    const role = { role: world.discord.roles.artists.id };
    expect((await asAdmin("set", { target: role, credits: "unlimited" }))?.content).toContain("unlimited");
    expect((await asAdmin("set", { target: role, credits: "default" }))?.content).toContain(
      "no rule any more",
    );
  });

  it("is refused in code to those who do not manage the server", async () => {
    const { member } = world.discord.people;
    const asked = member.command("quota set-everyone", { credits: "unlimited" });
    const [message] = (await world.finished(asked)).messages;
    expect(message).toMatchObject({ private: true });
    expect(message?.content).toContain("Only those who manage this server");
  });

  it("shuts one person out with 0", async () => {
    const { other } = world.discord.people;
    await asAdmin("set", { target: { user: other.id }, credits: "0" });
    const [message] = (await world.finished(other.command("ask", { prompt: "hello" }))).messages;
    expect(message).toMatchObject({ private: true });
    expect(message?.content).toContain("You have no credits here");
    await asAdmin("set", { target: { user: other.id }, credits: "default" });
  });
});

describe("autocomplete", () => {
  it("offers models with their price and speed, languages in the reader's words, and credits", async () => {
    const { admin } = world.discord.people;
    const models = await admin.complete("imagine", "model", "flux");
    expect(models.map(({ value }) => value).slice(0, 3)).toEqual([
      "flux-schnell",
      "flux-dev",
      "flux-1.1-pro",
    ]);
    expect(models[0]?.name).toBe("FLUX schnell · ~3 credits · ~1 s");
    expect(await admin.complete("transcribe", "language", "ger")).toContainEqual({
      name: "German",
      value: "de",
    });
    const credits = await admin.complete("quota set-everyone", "credits", "");
    expect(credits.map(({ value }) => value)).toEqual(["0", "100", "250", "1000", "unlimited", "default"]);
  });
});

it("every request and every answer was valid by the official schemas, and nobody was pinged", () => {
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
  expect(checkReplicateJournal(world.replicate.journal)).toEqual([]);
  const bodies = world.discord.journal.map(
    ({ body }) => (body as { data?: object } | undefined)?.data ?? body,
  );
  const messages = bodies.filter(
    (body): body is object => typeof body === "object" && body !== null && "content" in body,
  );
  expect(messages.length).toBeGreaterThan(30);
  for (const message of messages) expect(message).toMatchObject({ allowed_mentions: { parse: [] } });
});
