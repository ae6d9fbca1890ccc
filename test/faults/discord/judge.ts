import { expect } from "vitest";
import type { SeenMessage } from "../../../sandbox/discord/person.ts";
import type { JournalEntry } from "../../../sandbox/server.ts";
import type { World } from "../../journeys/world.ts";
import { type DiscordFault, pictures, texts } from "./fault.ts";

/** What a language model writes: enough for three messages, and each word once. */
export const words = Array.from({ length: 600 }, (_, index) => `word${index}`);

const isReady = ({ content }: SeenMessage) => content.endsWith("Your answer is ready.");

/** Everything that the bot shows this person now, but for the word that it is ready. */
export function shownTo({ discord }: World, dm = false): SeenMessage[] {
  const all = discord.people.member.sees({ dm }).filter(({ raw }) => raw.author.bot === true);
  expect(all.filter(isReady).length).toBeLessThanOrEqual(1);
  return all.filter((message) => !isReady(message));
}

const lines = (messages: readonly SeenMessage[]) => messages.flatMap(({ content }) => content.split("\n"));
const isQuiet = (line: string) => line.startsWith("-# ");

/** The text on screen, and what hangs on it as a file where it was too much. */
async function written(messages: readonly SeenMessage[]): Promise<string[]> {
  const rest = messages.flatMap(({ attachments }) => attachments.filter(({ name }) => name.endsWith(".md")));
  const files = await Promise.all(rest.map(async ({ url }) => (await fetch(url)).text()));
  const [, ...text] = lines(messages).filter((line) => !isQuiet(line));
  return [...text, ...files].join(" ").trim().split(/\s+/);
}

/** All of the answer, and nothing of it twice. */
async function judgeWhole(messages: readonly SeenMessage[], command: string): Promise<void> {
  expect(messages.filter(({ thinking }) => thinking)).toEqual([]);
  expect(messages.map(({ content }) => content).join("\n")).not.toContain("⚠️");
  if (command === "usage") return expect(messages.map(({ content }) => content)).toEqual([usageLine]);
  expect(lines(messages).filter((line) => /^-# .* credits? \(/.test(line))).toHaveLength(1);
  expect(lines(messages).filter((line) => line.startsWith("**"))).toHaveLength(1);
  if (texts.includes(command)) return expect(await written(messages)).toEqual(words);
  expect(messages).toHaveLength(1);
  const made = messages.flatMap(({ attachments }) => attachments);
  expect(made).toHaveLength(pictures.includes(command) ? 1 : 0);
}

const usageLine: unknown = expect.stringMatching(/^You have used /);

/** What the person sees is what the fault says, and it is there once. */
export async function judgeShown(world: World, command: string, { shows }: DiscordFault): Promise<void> {
  const inPlace = shownTo(world);
  const inPrivate = shownTo(world, true);
  if (shows === "direct message") return judgeWhole(inPrivate, command);
  expect(inPrivate).toEqual([]);
  if (shows === "answer") return judgeWhole(inPlace, command);
  if (shows === "kept") return judgeKept(world);
  if (shows === "nothing") return expect(inPlace.filter(({ thinking }) => !thinking)).toEqual([]);
  expect(inPlace.map(({ content }) => content)).toEqual([expect.stringMatching(shows)]);
}

/** It can be asked for when Discord is well again. */
async function judgeKept(world: World): Promise<void> {
  world.discord.faults.clear();
  const { messages } = await world.finished(world.discord.people.member.command("jobs"));
  expect(messages).toMatchObject([{ private: true, content: expect.stringContaining("**") }]);
}

/** One create a run; nothing goes on where nobody waits. */
export function judgeRuns({ replicate: { journal, predictions } }: World): void {
  const creates = journal.filter(({ method, path }) => method === "POST" && path.endsWith("/predictions"));
  expect(creates.length).toBeLessThanOrEqual(1);
  const going = [...predictions.values()].filter(({ status }) => /starting|processing/.test(status));
  expect(going).toEqual([]);
}

const isTokenless = ({ path }: JournalEntry) => /\/(interactions|webhooks)\//.test(path);

/** Webhooks carry their own token; the log has none. */
export function judgeTokens({ discord, log }: World): void {
  const tokens = discord.journal.filter(isTokenless).map(({ headers }) => headers["authorization"]);
  expect(tokens.filter((token) => token !== undefined)).toEqual([]);
  expect(JSON.stringify(log)).not.toContain(discord.token);
}

const bucketOf = ({ method, path }: JournalEntry) =>
  `${method} ${path.replace(/\/messages\/.*/, "/messages")}`;

/** What a 429 asks to wait for. */
const waits = ({ response }: JournalEntry) => {
  const { retry_after = 0, global = false } = (response ?? {}) as { retry_after?: number; global?: boolean };
  return { ms: retry_after * 1000, global };
};

/** After a 429 nothing comes by there before its time, and nothing was refused that we did not spoil ourselves. */
export function judgeLimits({ discord: { journal } }: World, { strikes = [] }: DiscordFault): void {
  const refused = journal.filter(({ status }) => status === 429);
  expect(refused.length).toBeLessThanOrEqual(strikes.filter(({ status }) => status === 429).length);
  for (const limit of refused) {
    const { ms, global } = waits(limit);
    const bound = (entry: JournalEntry) =>
      bucketOf(entry) === bucketOf(limit) || (global && isTokenless(entry) === isTokenless(limit));
    const next = journal.slice(journal.indexOf(limit) + 1).find(bound);
    // Timers are whole milliseconds, and time is hurried.
    expect((next?.at ?? Infinity) - limit.at).toBeGreaterThanOrEqual(ms - 40);
  }
}

/** Who is refused for good does not go on asking, and nothing is edited faster than Discord lets us. */
export function judgeStorms({ discord: { journal } }: World): void {
  const refused = journal.filter(({ status }) => status >= 400 && status < 500);
  expect(refused.length).toBeLessThanOrEqual(6);
  const edits = journal.filter(({ method }) => method === "PATCH").map(({ at }) => at);
  const crowded = edits.filter((at) => edits.filter((each) => each >= at && each < at + 5_000).length > 20);
  expect(crowded).toEqual([]);
}

/** Nothing is an error but what the operator should look at. */
export function judgeLog({ log }: World, { errors }: DiscordFault): void {
  const lines = log.filter(({ level }) => Number(level) >= 50);
  if (!errors) expect(lines).toEqual([]);
}

/** It really went wrong. */
export function judgeStruck({ discord: { journal } }: World, { strikes = [] }: DiscordFault): void {
  const matches = ({ method, path, files, skip = 0 }: (typeof strikes)[0]) =>
    journal.filter(
      (entry) =>
        (!method || method === entry.method) &&
        new RegExp(path).test(entry.path) &&
        (!files || entry.files.length > 0 || entry.status === 0),
    ).length > skip;
  expect(strikes.filter((strike) => !matches(strike))).toEqual([]);
}
