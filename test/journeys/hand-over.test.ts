import { afterEach, describe, expect, it } from "vitest";
import { skippingClock } from "../../sandbox/skipping-clock.ts";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { startWorld, type World } from "./world.ts";

const MINUTE = 60_000;

let clock = skippingClock();
let world: World;
afterEach(async () => {
  const problems = checkDiscordJournal(world.discord.journal);
  await world.close();
  if (problems.length > 0) throw new Error(problems.join("\n"));
});

/** A model whose machine takes so long to be ready. */
async function startSlow(minutes: number): Promise<void> {
  clock = skippingClock();
  world = await startWorld({ clock, replicate: { coldBootMs: minutes * MINUTE } });
}

/** Asks, and waits until something is shown of it and Replicate has it. */
async function begun(name: string, options: Parameters<World["discord"]["people"]["member"]["command"]>[1]) {
  const exchange = world.discord.people.member.command(name, options);
  await exchange.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
  while (world.replicate.predictions.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return exchange;
}

/** Skips the time in which nothing happens, a few minutes at once, as a machine's clock would go. */
async function wait(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    clock.skip(Math.min(1, minutes) * MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Nothing of it is under way any more; pauses are skipped. */
async function over(exchange: Exchange): Promise<Exchange> {
  let waiting = true;
  const finished = world.finished(exchange).finally(() => (waiting = false));
  while (waiting) await Promise.race([finished, wait(1 / 60)]);
  return finished;
}

const direct = () => world.discord.people.member.sees({ dm: true });
const usage = async () => (await over(world.discord.people.member.command("usage"))).messages[0]?.content;

describe("a public answer that took", () => {
  it.each([20, 40])("%i minutes stands in its own message, and its asker is told", async (minutes) => {
    await startSlow(minutes);
    const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1 });
    const [first] = exchange.messages;
    await wait(minutes + 1);
    await over(exchange);
    const shown = world.discord.people.member.sees();
    expect(shown.map(({ id, attachments }) => [id === first?.id, attachments.length])).toEqual([
      [true, 1],
      [false, 0],
    ]);
    expect(shown[1]?.raw.mentions.map(({ username }) => username)).toHaveLength(1);
    expect(direct()).toEqual([]);
  });

  it("20 minutes where the bot does not see the channel any more comes as a direct message", async () => {
    await startSlow(20);
    const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1 });
    world.discord.setChannel("hidden");
    await wait(21);
    await over(exchange);
    expect(direct().map(({ attachments }) => attachments.length)).toEqual([1]);
    expect(direct()[0]?.content).toMatch(/-# you asked this in <#\d+>/);
    expect(await usage()).toContain("You have used 3 credits");
  });

  it("20 minutes where the bot may not post is edited all the same, and what is more becomes a file", async () => {
    await startSlow(20);
    world.replicate.script({ output: ["word ".repeat(1_000)] });
    const exchange = await begun("ask", { prompt: "Write" });
    world.discord.setChannel("read-only");
    await wait(21);
    await over(exchange);
    const shown = world.discord.people.member.sees();
    expect(shown).toHaveLength(1);
    expect(shown[0]?.attachments.map(({ name }) => name)).toEqual(["rest-of-the-answer.md"]);
    const file = await fetch(shown[0]!.attachments[0]!.url).then((response) => response.text());
    expect(`${shown[0]?.content} ${file}`.match(/word/g)).toHaveLength(1_000);
  });
});

it("a picture that Replicate removed while the bot was away is told of, free, and can be tried again", async () => {
  await startSlow(1);
  const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1 });
  await world.bot.stop();
  await wait(90);
  await world.restart();
  await over(exchange);
  const [shown] = world.discord.people.member.sees();
  expect(shown?.content).toMatch(/^⚠️ The result is not there any more.*\n-# Nothing was charged\.$/);
  expect(await usage()).toContain("You have used 0 credits");
  const retry = shown?.buttons.find(({ label }) => label === "Retry")?.customId ?? "";
  const again = world.discord.people.member.press(shown!, retry);
  await again.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
  while (world.replicate.predictions.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await wait(2);
  expect((await over(again)).messages[0]?.attachments).toHaveLength(1);
});

it("a refusal of a public request is never said to others, however late it comes", async () => {
  await startSlow(20);
  world.replicate.script({ error: "NSFW content detected" });
  const exchange = await begun("imagine", { prompt: "a lighthouse" });
  world.discord.faults.add({ method: "PATCH", path: /\/webhooks\//, status: 503, times: 1_000 });
  await wait(21);
  await over(exchange);
  const shown = world.discord.people.member.sees();
  expect(shown).toHaveLength(1);
  expect(shown[0]?.id).toBe(exchange.messages[0]?.id);
});

it("an answer that Discord refuses to take is kept, and its asker is told that something is wrong", async () => {
  await startSlow(1);
  const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1 });
  const refused = { status: 400, body: { code: 50_035, message: "Invalid Form Body" } };
  world.discord.faults.add({
    method: "PATCH",
    path: /\/(webhooks|channels)\//,
    files: true,
    ...refused,
    times: 2,
  });
  await wait(2);
  await over(exchange);
  expect(world.log.some(({ msg }) => msg === "kept")).toBe(true);
  expect(exchange.messages.at(-1)?.content).toMatch(/^⚠️ Something went wrong/);
  const listed = await over(world.discord.people.member.command("jobs"));
  expect(listed.messages[0]?.content).toContain("**a lighthouse** · waits for you here");
});

describe("a private answer that took 20 minutes", () => {
  it("says that it comes as a direct message, and does, with its picture", async () => {
    await startSlow(20);
    const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1, private: true });
    await wait(15);
    await exchange.until(({ messages }) => messages[0]?.content.includes("as a direct message") === true);
    await wait(6);
    await over(exchange);
    expect(direct().map(({ attachments }) => attachments.length)).toEqual([1]);
    expect(direct()[0]?.content).toMatch(
      /^\*\*a lighthouse\*\* · Mia\n-# you asked this in <#\d+>\n-# FLUX schnell · /,
    );
    // Nobody else saw anything of it.
    expect(world.discord.people.other.sees()).toEqual([]);
  });

  it("and failed says so in a direct message, and is free", async () => {
    await startSlow(20);
    world.replicate.script({ error: "Something broke (E1000)" });
    const exchange = await begun("imagine", { prompt: "a lighthouse", private: true });
    await wait(21);
    await over(exchange);
    expect(direct().map(({ content }) => content)).toEqual([
      expect.stringMatching(/^⚠️ FLUX schnell failed \(E1000\).*\n-# Nothing was charged\.$/),
    ]);
    expect(await usage()).toContain("You have used 0 credits");
  });

  it("comes although Discord is away when it is to be handed over", async () => {
    await startSlow(20);
    const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1, private: true });
    world.discord.faults.add({ method: "POST", path: /\/users\/@me\/channels$/, status: 503, times: 10 });
    await wait(21);
    await over(exchange);
    expect(direct().map(({ attachments }) => attachments.length)).toEqual([1]);
  });

  it.each([50_007, 50_278] as const)(
    "is kept where direct messages are refused (%i), and nothing is shown to others",
    async (code) => {
      await startSlow(20);
      const { member } = world.discord.people;
      member.refuseDirectMessages(code);
      const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1, private: true });
      await wait(21);
      await over(exchange);
      expect(direct()).toEqual([]);
      expect(world.discord.people.other.sees()).toEqual([]);
      expect(world.log.some(({ msg }) => msg === "kept")).toBe(true);
    },
  );

  it("is handed over once although the bot stopped in between", async () => {
    await startSlow(20);
    const exchange = await begun("imagine", { prompt: "a lighthouse", seed: 1, private: true });
    await wait(5);
    await world.bot.stop();
    await wait(16);
    await world.restart();
    await over(exchange);
    expect(direct().map(({ attachments }) => attachments.length)).toEqual([1]);
    await world.bot.stop();
    await world.restart();
    await world.bot.idle();
    expect(direct()).toHaveLength(1);
  });
});
