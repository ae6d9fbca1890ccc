import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BotProcess, createBotProcess } from "../../chaos/bot.ts";
import { type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import { type ReplicateStandIn, startReplicate } from "../../sandbox/replicate/index.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { checkReplicateJournal } from "../sandbox/replicate/schema.ts";
import { makeSpeech } from "../speech.ts";

/** Of about ten minutes each. */
const PARTS = 6;
const SECONDS = PARTS * 600;

let folder: string;
let discord: DiscordStandIn;
let replicate: ReplicateStandIn;
let bot: BotProcess;
let created = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "replicord-transcribe-"));
  discord = await startDiscord();
  replicate = await startReplicate({
    pace: 0.02,
    // The later ones take long, so that some are done and some are not.
    direct: () => ({ bootMs: created++ < PARTS / 2 ? 100 : 45_000 }),
  });
  const env = {
    ...connectionTo(discord, replicate),
    ...storedIn(folder),
    CONFIRM_ABOVE_CREDITS: "0",
    DAILY_CREDITS: "5000",
    LOG_LEVEL: "debug",
  };
  bot = createBotProcess(env, folder, discord);
}, 120_000);

afterAll(async () => {
  await bot.stop();
  await discord.close();
  await replicate.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  await bot.start();
  await bot.ready(new AbortController().signal);
}

async function killAndStart(): Promise<void> {
  expect(bot.kill()).toBe(true);
  await bot.gone();
  await start();
}

const inState = (...states: string[]) =>
  [...replicate.predictions.values()].filter(({ status }) => states.includes(status)).length;

it("an hour of speech, killed while it is heard and again when half is there: a prediction a part, charged once, and nothing is missing", async () => {
  const { path } = await makeSpeech(join(folder, "meeting.mp3"), SECONDS);
  await start();
  await expect
    .poll(() => discord.commands({ dm: false }).map(({ name }) => name), { timeout: 10_000 })
    .toContain("transcribe");
  const { member } = discord.people;
  const upload = { name: "meeting.mp3", data: readFileSync(path), contentType: "audio/mpeg" };
  const exchange = member.command("transcribe", { audio: { upload }, format: "all" });

  await expect.poll(() => replicate.predictions.size, { timeout: 120_000, interval: 5 }).toBe(PARTS);
  // Their ids are stored. A kill between that and the request would leave a run of which nobody knows, and is told so.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await killAndStart();
  await exchange.until(({ messages }) => /30 of 60 min/.test(messages[0]?.content ?? ""), 60_000);
  expect(inState("succeeded")).toBe(PARTS / 2);
  await killAndStart();
  await exchange.until(({ messages }) => messages.at(-1)?.attachments.length === 4, 120_000);

  expect(replicate.predictions.size).toBe(PARTS);
  expect(inState("succeeded")).toBe(PARTS);
  const [message] = exchange.messages;
  expect(message?.content).toMatch(/· English · 1:00:00 · [\d,]+ credits \([\d,]+ left\)/);
  const [, cost = "", left = ""] = /· ([\d,]+) credits \(([\d,]+) left\)/.exec(message?.content ?? "") ?? [];
  const number = (text: string) => Number(text.replaceAll(",", ""));
  expect(number(cost) + number(left)).toBe(5_000);
  const usage = member.command("usage");
  await usage.until(({ state }) => state === "answered");
  expect(usage.messages[0]?.content).toContain(`You have used ${cost} credits today and have ${left} left.`);

  const file = message?.attachments.find(({ name }) => name.endsWith(".json"));
  const { segments } = (await (await fetch(file?.url ?? "")).json()) as {
    segments: { start: number; end: number }[];
  };
  expect(segments[0]?.start).toBeLessThan(3);
  expect(segments.at(-1)?.end).toBeGreaterThan(SECONDS - 3);
  for (const [index, { start }] of segments.entries())
    expect(start - (segments[index - 1]?.end ?? 0)).toBeLessThan(3);

  expect(bot.crashed).toBe(false);
  expect(checkDiscordJournal(discord.journal)).toEqual([]);
  expect(checkReplicateJournal(replicate.journal)).toEqual([]);
}, 300_000);
