import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeSpeech } from "../speech.ts";
import { type Killable, startKillable } from "./killable.ts";

/** Of about ten minutes each. */
const PARTS = 6;
const SECONDS = PARTS * 600;

let world: Killable;
let created = 0;

beforeAll(async () => {
  world = await startKillable(
    {
      pace: 0.02,
      // The later ones take long, so that some are done and some are not.
      direct: () => ({ bootMs: created++ < PARTS / 2 ? 100 : 45_000 }),
    },
    { CONFIRM_ABOVE_CREDITS: "0", DAILY_CREDITS: "5000" },
  );
}, 120_000);

afterAll(() => world.close());

const inState = (...states: string[]) =>
  [...world.replicate.predictions.values()].filter(({ status }) => states.includes(status)).length;

it("an hour of speech, killed while it is heard and again when half is there: a prediction a part, charged once, and nothing is missing", async () => {
  const { path } = await makeSpeech(join(world.folder, "meeting.mp3"), SECONDS);
  await world.start("transcribe");
  const { replicate } = world;
  const { member } = world.discord.people;
  const upload = { name: "meeting.mp3", data: readFileSync(path), contentType: "audio/mpeg" };
  const exchange = member.command("transcribe", { audio: { upload }, format: "all" });

  await expect.poll(() => replicate.predictions.size, { timeout: 120_000, interval: 5 }).toBe(PARTS);
  await world.killAndStart();
  await exchange.until(({ messages }) => /30 of 60 min/.test(messages[0]?.content ?? ""), 60_000);
  expect(inState("succeeded")).toBe(PARTS / 2);
  await world.killAndStart();
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

  world.checkInOrder();
}, 300_000);
