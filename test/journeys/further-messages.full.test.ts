import { afterEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** A first response, and a further message by the interaction's webhook. */
const callback = { method: "POST", path: /\/interactions\/\d+\/[^/]+\/callback/ };
const further = { method: "POST", path: /\/webhooks\/\d+\/[^/]+$/ };

const words = Array.from({ length: 900 }, (_, index) => `word${index}`);

async function write(options: Record<string, string | boolean> = {}): Promise<Exchange> {
  world.replicate.script({ output: [words.join(" ")] });
  return world.finished(world.discord.people.member.command("ask", { prompt: "Write", ...options }));
}

/** All words on screen, those in a file, too. */
async function wordsOf({ messages }: Pick<Exchange, "messages">): Promise<string[]> {
  const files = messages.flatMap(({ attachments }) => attachments.map(({ url }) => url));
  const texts = await Promise.all(files.map((url) => fetch(url).then((response) => response.text())));
  return [...messages.map(({ content }) => content), ...texts].join(" ").match(/word\d+/g) ?? [];
}

const filesOf = ({ messages }: Exchange) => messages.flatMap(({ attachments }) => attachments);

describe("a further message", () => {
  it("of which nobody heard is found in the channel, and is there once", async () => {
    world = await startWorld();
    world.discord.faults.add({ ...further, reset: "after" });
    const exchange = await write();
    expect(await wordsOf(exchange)).toEqual(words);
    expect(filesOf(exchange)).toEqual([]);
  });

  it("is not taken for what somebody else said in reply to the answer", async () => {
    world = await startWorld();
    const { member, other } = world.discord.people;
    world.replicate.script({ tokens: words.map((word) => `${word} `) });
    world.discord.faults.add({ ...further, reset: "before" });
    const exchange = member.command("ask", { prompt: "Write" });
    await exchange.until(({ messages }) => messages[0]?.content.includes("word0") === true);
    const { raw } = other.post("what is that?");
    raw.message_reference = { type: 0, channel_id: raw.channel_id, message_id: exchange.messages[0]!.id };
    await world.finished(exchange);
    expect(await wordsOf(exchange)).toEqual(words);
    expect(other.sees().filter(({ id }) => id === raw.id)).toHaveLength(1);
  });

  it("that never arrived is sent again", async () => {
    world = await startWorld();
    world.discord.faults.add({ ...further, reset: "before" });
    const exchange = await write();
    expect(await wordsOf(exchange)).toEqual(words);
    expect(filesOf(exchange)).toEqual([]);
  });

  it("of which nobody heard and that nobody can look for is the last: the rest becomes a file", async () => {
    world = await startWorld();
    world.discord.faults.add({ ...further, reset: "after" });
    const exchange = await write({ private: true });
    const [first, ...others] = exchange.messages;
    expect(first?.attachments.map(({ name }) => name)).toEqual(["rest-of-the-answer.md"]);
    expect(await wordsOf({ messages: [first!] })).toEqual(words);
    // What arrived unheard stays as it was, and nothing comes after it.
    expect(others.length).toBeLessThanOrEqual(1);
  });

  it("of which nobody heard because the bot was killed is found by the next one", async () => {
    world = await startWorld();
    world.replicate.script({ tokens: words.map((word) => `${word} `), stuck: "processing" });
    const exchange = world.discord.people.member.command("ask", { prompt: "Write" });
    world.discord.faults.add({ ...further, reset: "after", delayMs: 300 });
    await exchange.until(({ messages }) => messages.length > 1);
    await world.bot.stop();
    const count = exchange.messages.length;
    await world.restart();
    await exchange.until(({ messages }) => messages.at(-1)?.content.includes("word899") === true);
    const stop = exchange.messages.at(-1)?.buttons[0]?.customId ?? "";
    const pressed = world.discord.people.member.press(exchange.messages.at(-1)!, stop);
    await pressed.until(({ state }) => state === "answered");
    await world.finished(exchange);
    expect(await wordsOf(exchange)).toEqual(words);
    expect(exchange.messages.length).toBeGreaterThan(count - 1);
  });
});

describe("a deferral", () => {
  it("whose answer is lost is not sent twice, and the answer comes", async () => {
    world = await startWorld();
    world.discord.faults.add({ ...callback, reset: "after" });
    const exchange = await write();
    expect(await wordsOf(exchange)).toEqual(words);
  });

  it("of which nobody hears for seconds is looked for, and the answer comes", async () => {
    world = await startWorld();
    world.discord.faults.add({ ...callback, reset: "after" });
    world.discord.faults.add({ method: "GET", path: /\/messages\/(@|%40)original$/, status: 503, times: 2 });
    const exchange = await write();
    expect(await wordsOf(exchange)).toEqual(words);
    expect(world.replicate.predictions.size).toBe(1);
  });

  it("that another process has sent leaves the command to it: nothing runs, nothing is charged, nothing is said", async () => {
    world = await startWorld();
    world.discord.faults.add({
      ...callback,
      status: 400,
      body: { code: 40_060, message: "Interaction has already been acknowledged." },
    });
    const exchange = world.discord.people.member.command("ask", { prompt: "Hello" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await world.bot.idle();
    expect(exchange.messages).toEqual([]);
    expect(world.replicate.predictions.size).toBe(0);
    expect(world.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    const usage = await world.finished(world.discord.people.member.command("usage"));
    expect(usage.messages[0]?.content).toContain("You have used 0 credits");
  });
});
