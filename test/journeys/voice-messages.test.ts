import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createBot, StartError } from "../../src/bot.ts";
import { readConfig } from "../../src/config.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";
import { skippingClock } from "../../sandbox/skipping-clock.ts";
import type { Person, Place, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { checkReplicateJournal } from "../sandbox/replicate/schema.ts";
import { tone } from "./samples.ts";
import { only, press, startIn, world } from "./talk.ts";
import type { WorldOptions } from "./world.ts";

afterEach(async () => {
  await world.close();
  const wrong = [
    ...checkDiscordJournal(world.discord.journal),
    ...checkReplicateJournal(world.replicate.journal),
  ];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
});

const memos = (): Place => ({ channel: world.discord.channels.log.id });

/** A bot that hears voice messages, and an admin who chose `#bot-log` for them. */
async function startHearing({ env, discord, ...options }: WorldOptions = {}): Promise<void> {
  await startIn({
    env: { VOICE_MESSAGES: "on", ...env },
    discord: { messageContent: true, ...discord },
    ...options,
  });
  await chosen();
}
const administer = async (command: string, options: Parameters<Person["command"]>[1] = {}) =>
  only(await world.finished(world.discord.people.admin.command(command, options))).content;
const chosen = () => administer("quota voice", { add: { channel: world.discord.channels.log.id } });

const speak = (person: Person, place: Place = memos(), seconds = 2) =>
  person.post("", [{ ...tone(seconds), durationSecs: seconds }], place);

/** What the bot said in a channel. */
const said = (place: Place = memos()) =>
  world.discord.people.member.sees(place).filter(({ raw }) => raw.author.bot === true);
const repliesTo = ({ id }: SeenMessage, place?: Place) =>
  said(place).filter(({ raw }) => raw.message_reference?.message_id === id);

const MINUTE = 60_000;

/** The request by which the bot replies. */
const reply = { method: "POST", path: /\/channels\/\d+\/messages$/ };

const isOver = ({ buttons }: SeenMessage) => buttons.some(({ label }) => label === "Delete");

/** The one answer to a voice message, when it is all there. */
async function answerTo(voice: SeenMessage): Promise<SeenMessage> {
  await expect.poll(() => repliesTo(voice).some(isOver)).toBe(true);
  await world.bot.idle();
  return only({ messages: repliesTo(voice) });
}

/** Everything that was sent before has arrived, and was dealt with. */
async function heardAll(): Promise<void> {
  // Another recording: what was transcribed before is not transcribed again.
  await answerTo(speak(world.discord.join("Last"), memos(), 1));
}

const usage = async (person: Person) => only(await world.finished(person.command("usage"))).content;
const creates = () => world.replicate.predictions.size;
const logged = (text: string) => world.log.filter(({ msg }) => msg === text);

describe("a voice message in a chosen channel", () => {
  it("is answered with what was said in it, at the expense of the one who spoke, and nobody is pinged", async () => {
    await startHearing();
    const { member, other } = world.discord.people;
    const answer = await answerTo(speak(member));
    expect(answer.content).toMatch(/^\*\*voice\.wav\*\* · Mia\n.{3,}\n-# WhisperX · /);
    expect(answer.raw.mentions).toEqual([]);
    // Without their prices.
    expect(answer.buttons.map(({ label }) => label.replace(/ · .*/, ""))).toEqual([
      "Summarise",
      "Translate",
      "Ask about this",
      "Again",
      "Delete",
    ]);
    expect(said()).toHaveLength(1);
    expect(await usage(member)).not.toContain("used 0 credits");
    expect(await usage(other)).toContain("used 0 credits");
    const sent = world.discord.journal.filter(
      ({ method, path }) => method === "POST" && reply.path.test(path),
    );
    expect(sent.map(({ body }) => body)).toMatchObject([
      {
        enforce_nonce: true,
        allowed_mentions: { parse: [] },
        message_reference: { fail_if_not_exists: false },
      },
    ]);
  });

  it("has buttons that work for the one who spoke, and for nobody else", async () => {
    await startHearing();
    const { member, other } = world.discord.people;
    const answer = await answerTo(speak(member));
    expect(only(await press(answer, "Delete", other)).content).toContain("Only the one who asked");
    const again = only(await press(answer, "Again", member));
    // The same recording was transcribed before.
    expect(again.content).toContain("already transcribed, so it is free");
    await press(answer, "Delete", member);
    expect(said().map(({ id }) => id)).toEqual([again.id]);
  });

  it("is answered once, although its event arrives twice", async () => {
    await startHearing();
    world.discord.gateway.repeat(true);
    const voice = speak(world.discord.people.member);
    await answerTo(voice);
    world.discord.gateway.repeat(false);
    await heardAll();
    expect(repliesTo(voice)).toHaveLength(1);
    expect(creates()).toBe(2);
  });

  it("says that the model failed, in the answer's place and free, with a Retry", async () => {
    await startHearing();
    world.replicate.script({ error: "Something broke (E1000)" });
    const { member } = world.discord.people;
    const voice = speak(member);
    await expect
      .poll(() => only({ messages: said() }).content)
      .toMatch(/^⚠️ WhisperX failed \(E1000\).*\n-# Nothing/);
    await world.bot.idle();
    const [failed] = repliesTo(voice);
    expect(only(await press(failed!, "Retry", member)).content).toContain("-# WhisperX · ");
  });
});

it("a voice message that is deleted meanwhile is answered all the same, once, by what replies to nothing", async () => {
  await startHearing();
  const { member } = world.discord.people;
  member.remove(speak(member));
  await expect.poll(() => said().some(isOver)).toBe(true);
  await world.bot.idle();
  expect(said()).toHaveLength(1);
  expect(said()[0]?.raw.message_reference).toBeUndefined();
});

describe("nothing happens", () => {
  it("to voice messages elsewhere, to other messages, and to those of bots", async () => {
    await startHearing();
    const { member } = world.discord.people;
    const elsewhere = speak(member, {});
    member.post("only words", [], memos());
    member.post("a song", [tone(2, "song.wav")], memos());
    member.forward(elsewhere, memos());
    await heardAll();
    expect(said({})).toEqual([]);
    expect(said()).toHaveLength(1);
    expect(creates()).toBe(1);
  });

  it("where the channel was taken away again", async () => {
    await startHearing();
    const { general, log } = world.discord.channels;
    await administer("quota voice", { add: { channel: general.id } });
    expect(await administer("quota voice")).toBe(
      `Every voice message is transcribed in <#${log.id}>, <#${general.id}>, at the expense of the one who spoke.`,
    );
    expect(await administer("quota voice", { remove: { channel: general.id } })).toBe(
      `Voice messages in <#${general.id}> are not transcribed by themselves any more.`,
    );
    speak(world.discord.people.member, {});
    await heardAll();
    expect(said({})).toEqual([]);
    await administer("quota voice", { none: true });
    expect(await administer("quota voice")).toBe(
      "Voice messages are transcribed by themselves in no channel.",
    );
    expect(await administer("quota log")).toMatch(
      /\*\*Ada\*\* · Voice messages are not transcribed by themselves/,
    );
  });

  it("while everything is stopped, and nobody is told of it there", async () => {
    await startHearing();
    await administer("quota pause");
    const voice = speak(world.discord.people.member);
    await expect
      .poll(() => logged("A voice message is not transcribed"))
      .toMatchObject([{ problem: "paused" }]);
    await administer("quota resume");
    await heardAll();
    expect(repliesTo(voice)).toEqual([]);
  });
});

describe("who can't pay", () => {
  it("is told so once an hour, and then left alone", async () => {
    await startHearing({ env: { DAILY_CREDITS: "0" } });
    const { member, other } = world.discord.people;
    const first = speak(member);
    await expect.poll(() => repliesTo(first)).toHaveLength(1);
    expect(repliesTo(first)[0]?.content).toMatch(
      /^⚠️ You have no credits here\..*\n-# Nothing was charged\.$/,
    );
    speak(member);
    const others = speak(other);
    await expect.poll(() => repliesTo(others)).toHaveLength(1);
    await world.bot.idle();
    expect(said()).toHaveLength(2);
    expect(creates()).toBe(0);
  });

  it("is whoever has a role that may not, or enough on the way already", async () => {
    await startHearing({ env: { JOBS_AT_ONCE: "1" } });
    const { member, other } = world.discord.people;
    await administer("quota set", { target: { role: world.discord.roles.artists.id }, credits: "0" });
    const broke = speak(member);
    await expect
      .poll(() => repliesTo(broke).map(({ content }) => content))
      .toMatchObject([expect.stringContaining("You have no credits here.")]);
    world.replicate.script({ stuck: "processing" });
    const first = speak(other);
    await expect.poll(() => repliesTo(first)[0]?.buttons).toMatchObject([{ label: "Stop" }]);
    const second = speak(other, memos(), 3);
    await expect
      .poll(() => repliesTo(second).map(({ content }) => content))
      .toMatchObject([expect.stringContaining("You have 1 answer on the way already")]);
    const stop = repliesTo(first)[0]?.buttons[0]?.customId ?? "";
    await world.finished(other.press(only({ messages: repliesTo(first) }), stop));
  });

  it("finds out about what is dear before anything runs, and how to have it all the same", async () => {
    await startHearing({ env: { CONFIRM_ABOVE_CREDITS: "1" } });
    const { member } = world.discord.people;
    const voice = speak(member, memos(), 60);
    await expect.poll(() => repliesTo(voice)).toHaveLength(1);
    expect(repliesTo(voice)[0]?.content).toMatch(
      /^⚠️ This may use up to [\d.]+ credits, .* _Transcribe_ on your voice message\.\n-# Nothing was charged\.$/,
    );
    expect(creates()).toBe(0);
    expect(await usage(member)).toContain("used 0 credits");
  });
});

describe("a restart", () => {
  it("in the middle changes nothing", async () => {
    const clock = skippingClock();
    await startHearing({ clock, replicate: { coldBootMs: MINUTE } });
    const voice = speak(world.discord.people.member);
    await expect.poll(creates).toBe(1);
    await expect.poll(() => repliesTo(voice)[0]?.buttons).toMatchObject([{ label: "Stop" }]);
    await world.bot.stop();
    clock.skip(2 * MINUTE);
    await world.restart();
    expect((await answerTo(voice)).content).toContain("-# WhisperX · ");
    // Nobody waits for what they did not ask for: it is not announced.
    expect(said()).toHaveLength(1);
    expect(creates()).toBe(1);
  });

  it("finds the reply of which the one before did not hear, and sends no other", async () => {
    await startHearing();
    const posts = () =>
      world.discord.journal.filter(({ method, path }) => method === "POST" && reply.path.test(path)).length;
    world.discord.faults.add({ ...reply, reset: "after", times: Number.POSITIVE_INFINITY });
    const look = { method: "GET", path: reply.path, status: 503 };
    world.discord.faults.add({ ...look, times: Number.POSITIVE_INFINITY });
    const voice = speak(world.discord.people.member);
    await expect
      .poll(() => world.discord.journal.some(({ method, path }) => method === "GET" && reply.path.test(path)))
      .toBe(true);
    await world.bot.stop();
    const before = posts();
    world.discord.faults.clear();
    await world.restart();
    expect((await answerTo(voice)).content).toContain("-# WhisperX · ");
    expect(said()).toHaveLength(1);
    expect(posts()).toBe(before);
  });

  it("sends the reply that the one before had promised and not sent", async () => {
    await startHearing();
    world.discord.faults.add({ ...reply, reset: "before", times: Number.POSITIVE_INFINITY });
    const voice = speak(world.discord.people.member);
    await expect.poll(() => world.discord.journal.some(({ path }) => reply.path.test(path))).toBe(true);
    await world.bot.stop();
    expect(said()).toEqual([]);
    world.discord.faults.clear();
    await world.restart();
    expect((await answerTo(voice)).content).toContain("-# WhisperX · ");
    expect(said()).toHaveLength(1);
    expect(creates()).toBe(1);
  });

  it("does not wait until Discord lets a reply through: the next one sends it", async () => {
    await startHearing();
    const headers = { "Retry-After": "40", "X-RateLimit-Scope": "user" };
    const limited = { message: "You are being rate limited.", retry_after: 40, global: false, code: 0 };
    world.discord.faults.add({ ...reply, status: 429, headers, body: limited });
    const voice = speak(world.discord.people.member);
    await expect.poll(() => world.discord.journal.some(({ status }) => status === 429)).toBe(true);
    const stoppingAt = performance.now();
    await world.bot.stop();
    expect(performance.now() - stoppingAt).toBeLessThan(10_000);
    expect(said()).toEqual([]);
    await world.restart();
    expect((await answerTo(voice)).content).toContain("-# WhisperX · ");
    expect(said()).toHaveLength(1);
  });

  it("does not make up for what was said meanwhile", async () => {
    await startHearing();
    await world.bot.stop();
    const voice = speak(world.discord.people.member);
    await world.restart();
    await heardAll();
    expect(repliesTo(voice)).toEqual([]);
  });
});

describe("where the bot may not reply", () => {
  it.each(["read-only", "hidden"] as const)(
    "(%s) nothing runs, and the admins are told once",
    async (state) => {
      await startHearing();
      const { member } = world.discord.people;
      const { general, log } = world.discord.channels;
      await administer("quota settings", { "alert-channel": { channel: general.id } });
      const alerts = () => said({ channel: general.id }).map(({ content }) => content);
      await expect.poll(alerts).toHaveLength(1);
      world.discord.setChannel(state, log.id);
      speak(member);
      await expect.poll(alerts).toHaveLength(2);
      expect(alerts()[1]).toBe(
        `Voice messages in <#${log.id}> are to be transcribed, but I can't reply there. Please let me view the channel, send messages and read the message history there, or end it with \`/quota voice remove\`.`,
      );
      speak(member);
      const refused = () => world.discord.journal.filter(({ status }) => status === 403);
      await expect.poll(refused).toHaveLength(2);
      await world.bot.idle();
      world.discord.setChannel("open", log.id);
      await heardAll();
      expect(alerts()).toHaveLength(2);
      expect(logged("Voice messages are to be transcribed here, but the bot can't reply")).toHaveLength(1);
      expect(creates()).toBe(1);
      const standing = await usage(member);
      expect(standing).toContain("used 0 credits");
      expect(standing).not.toContain("set aside");
    },
  );
});

it("a reply of which nobody heard is found, and is there once", async () => {
  await startHearing();
  world.discord.faults.add({ ...reply, reset: "after", times: 4 });
  const voice = speak(world.discord.people.member);
  expect((await answerTo(voice)).content).toContain("-# WhisperX · ");
  expect(repliesTo(voice)).toHaveLength(1);
  expect(creates()).toBe(1);
});

it("is off unless the operator switches it on: admins are told so, and nothing is asked of Discord", async () => {
  await startIn();
  const refusal = /^⚠️ This bot gets no voice messages, because its operator has not switched that on\./;
  expect(await administer("quota voice")).toMatch(refusal);
  expect(await chosen()).toMatch(refusal);
  expect(world.discord.gateway.sessions).toMatchObject([{ intents: 0 }]);
});

it("a change is written down and told", async () => {
  await startHearing();
  const { general, log } = world.discord.channels;
  await administer("quota settings", { "alert-channel": { channel: general.id } });
  await administer("quota voice", { remove: { channel: log.id } });
  const sentence = `Voice messages in <#${log.id}> are not transcribed by themselves any more.`;
  await expect
    .poll(() => said({ channel: general.id }).map(({ content }) => content))
    .toContain(`**Ada**: ${sentence}`);
  expect(await administer("quota log")).toContain(`**Ada** · ${sentence}`);
});

it("an application without the intent is one sentence for its operator, and nothing is tried again", async () => {
  await startIn();
  const folder = mkdtempSync(join(tmpdir(), "replicord-"));
  const settings = { ...connectionTo(world.discord, world.replicate), ...storedIn(folder) };
  const bot = await createBot(readConfig({ ...settings, VOICE_MESSAGES: "on" }), pino({ level: "silent" }));
  const starting = bot.start();
  await expect(starting).rejects.toThrow(StartError);
  await expect(starting).rejects.toThrow(
    /^Discord does not let this bot read messages, .* switch on Message Content Intent at .*, or set VOICE_MESSAGES=off in \.env$/,
  );
  // One is the world's own bot's.
  expect(world.discord.journal.filter(({ path }) => path.endsWith("/gateway/bot"))).toHaveLength(2);
  rmSync(folder, { recursive: true });
});
