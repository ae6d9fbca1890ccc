import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createJobs, type Job } from "../../src/services/jobs.ts";
import { openStore } from "../../src/services/store.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const stopId = ({ messages }: Exchange) =>
  messages[0]?.buttons.find(({ label }) => label === "Stop")?.customId;
const cancels = () => world.replicate.journal.filter(({ path }) => path.endsWith("/cancel")).length;

async function stuckAnswer(prompt: string): Promise<Exchange> {
  world.replicate.script({ stuck: "processing" });
  const exchange = world.discord.people.member.command("imagine", { prompt });
  await exchange.until((each) => stopId(each) !== undefined);
  return exchange;
}

it("Stop, pressed twice, cancels once and charges nothing for pictures that were never made", async () => {
  world = await startWorld();
  const { member } = world.discord.people;
  const exchange = await stuckAnswer("a cat");
  const [message] = exchange.messages;
  const id = stopId(exchange) ?? "";
  if (!message) throw new Error("nothing is shown");
  const presses = [member.press(message, id), member.press(message, id)];
  await Promise.all(presses.map((press) => press.until(({ state }) => state === "answered")));
  await world.bot.idle();
  expect(cancels()).toBe(1);
  expect(exchange.messages[0]).toMatchObject({ private: true });
  expect(exchange.messages[0]?.content).toBe("⚠️ Stopped.\n-# Nothing was charged.");
});

it("Stop is for the one who asked and those who manage the server", async () => {
  world = await startWorld();
  const { member, other, admin } = world.discord.people;
  const exchange = await stuckAnswer("a cat");
  const [message] = other.sees();
  if (!message) throw new Error("nothing is shown");
  const refused = other.press(message, stopId(exchange) ?? "");
  await refused.until(({ state }) => state === "answered");
  expect(refused.messages.at(-1)?.content).toContain("Only the one who asked");
  expect(cancels()).toBe(0);
  await admin.press(message, stopId(exchange) ?? "").until(({ state }) => state === "answered");
  await world.bot.idle();
  expect(cancels()).toBe(1);
  expect(member.sees().every(({ buttons }) => buttons.length === 0)).toBe(true);
});

it("Stop works after a restart also on what was not taken up yet", async () => {
  world = await startWorld();
  const asked: Exchange[] = [];
  for (let index = 0; index < 10; index++) asked.push(await stuckAnswer(`picture ${index}`));
  await world.bot.stop();
  await world.restart();
  const last = asked.at(-1)!;
  const pressed = world.discord.people.member.press(last.messages[0]!, stopId(last) ?? "");
  await pressed.until(({ state }) => state === "answered");
  await last.until(({ messages }) => messages[0]?.content.startsWith("⚠️ Stopped.") === true);
  expect(cancels()).toBe(1);
});

it("an answer that was under way when the bot stopped is delivered after the restart, into the same message", async () => {
  world = await startWorld({ replicate: { coldBootMs: 600 } });
  const exchange = world.discord.people.member.command("imagine", { prompt: "a lighthouse", seed: 7 });
  await exchange.until((each) => stopId(each) !== undefined);
  const shown = exchange.messages[0]?.id;
  await world.bot.stop();
  expect(cancels()).toBe(0);
  const [prediction] = world.replicate.predictions.values();
  await expect.poll(() => prediction?.status, { timeout: 5_000 }).toBe("succeeded");

  await world.restart();
  await world.bot.idle();
  expect(exchange.messages).toHaveLength(1);
  expect(exchange.messages[0]).toMatchObject({ id: shown, private: false });
  expect(exchange.messages[0]?.attachments).toHaveLength(1);
  expect(exchange.messages[0]?.content).toContain("seed 7 · 3 credits (247 left)");
  expect(world.replicate.predictions.size).toBe(1);
});

/** Stops the bot, changes what it left in its store, and starts another one. */
async function restartWith(url: string, change: (job: Job) => Job): Promise<void> {
  await world.bot.stop();
  const store = await openStore({ url, clock: systemClock });
  const jobs = createJobs(store, 7);
  for (const job of await jobs.open()) await jobs.save(change(job));
  await store.close();
  await world.restart();
}

describe("a job that was stored", () => {
  let folder: string;
  let url: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "replicord-stored-"));
    url = `sqlite://${join(folder, "replicord.sqlite")}`;
    world = await startWorld({ env: { DATABASE_URL: url } });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("of a command that is no more is ended, said, and free", async () => {
    const exchange = await stuckAnswer("a cat");
    await restartWith(url, (job) => ({ ...job, command: "vanished" }));
    await world.bot.idle();
    expect(cancels()).toBe(1);
    expect(exchange.messages.map(({ content }) => content)).toEqual([
      "⚠️ This is too old: what it belongs to is not kept any more.\n-# Nothing was charged.",
    ]);
    const usage = await world.finished(world.discord.people.member.command("usage"));
    expect(usage.messages[0]?.content).toContain("You have used 0 credits today and have 250 left");
  });

  it("and stopped while nobody had heard of its creation is looked for, and cancelled", async () => {
    const exchange = await stuckAnswer("a cat");
    while (world.replicate.predictions.size === 0) await systemClock.sleep(5);
    const [created] = world.replicate.predictions.values();
    await restartWith(url, ({ runs, ...job }) => ({
      ...job,
      stopping: true,
      runs: runs.map(({ prediction: _unheard, ...run }) => ({ ...run, state: "creating" })),
    }));
    await exchange.until(({ messages }) => messages[0]?.content.startsWith("⚠️ Stopped.") === true, 10_000);
    expect(created?.status).toBe("canceled");
    expect(world.replicate.predictions.size).toBe(1);
  });
});

it("Stop works at once on what still waits behind others, and nothing of it runs", async () => {
  world = await startWorld({ env: { MAX_RUNS: "1" } });
  const { member } = world.discord.people;
  const first = await stuckAnswer("a cat");
  const second = member.command("imagine", { prompt: "a dog" });
  await second.until((each) => stopId(each) !== undefined);
  const [message] = second.messages;
  if (!message) throw new Error("nothing is shown");
  member.press(message, stopId(second) ?? "");
  await second.until(({ messages }) => messages[0]?.content.startsWith("⚠️ Stopped.") === true);
  expect(world.replicate.predictions.size).toBe(1);
  const [other] = first.messages;
  if (other) member.press(other, stopId(first) ?? "");
  await world.bot.idle();
  expect(cancels()).toBe(1);
});

it("a cancel that does not get through is sent again", async () => {
  world = await startWorld();
  const exchange = await stuckAnswer("a cat");
  world.replicate.faults.add({ method: "POST", path: /\/cancel$/, status: 502, body: "<html>" });
  const [message] = exchange.messages;
  if (message) world.discord.people.member.press(message, stopId(exchange) ?? "");
  await exchange.until(({ messages }) => messages[0]?.content.startsWith("⚠️ Stopped.") === true);
  await world.bot.idle();
  expect([...world.replicate.predictions.values()].map(({ status }) => status)).toEqual(["canceled"]);
});

it("an answer whose message is gone is not paid for any longer", async () => {
  world = await startWorld({ replicate: { pace: 1 } });
  const { member, admin } = world.discord.people;
  const exchange = member.command("ask", { prompt: "a long answer, please" });
  await exchange.until(({ messages }) => (messages[0]?.content.length ?? 0) > 150);
  const [message] = exchange.messages;
  if (!message) throw new Error("nothing is shown");
  admin.remove(message);
  await expect
    .poll(() => [...world.replicate.predictions.values()][0]?.status, { timeout: 10_000 })
    .toBe("canceled");
  await world.bot.idle();
  expect(cancels()).toBe(1);
});

it("what still waited for Replicate's permission when the bot stopped is sent after the restart", async () => {
  world = await startWorld();
  const throttled = { detail: "Request was throttled.", status: 429, retry_after: 30 };
  world.replicate.faults.add({ method: "POST", path: /predictions$/, status: 429, body: throttled });
  const exchange = world.discord.people.member.command("imagine", { prompt: "a lighthouse" });
  await expect.poll(() => world.replicate.journal.some(({ status }) => status === 429)).toBe(true);
  await exchange.until((each) => stopId(each) !== undefined);
  await world.bot.stop();
  await world.restart();
  await world.bot.idle();
  expect(exchange.messages[0]?.attachments).toHaveLength(1);
  expect(world.replicate.predictions.size).toBe(1);
});
