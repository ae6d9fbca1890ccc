import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtBot } from "../../bench/start/build.ts";
import { type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { type ReplicateStandIn, startReplicate } from "../../sandbox/replicate/index.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";
import { lock } from "../services/lock.ts";
import { fill, hasSmallDisks, onSmallDisk, seenFrom } from "../services/small-disk.ts";

/** Of one picture by flux-schnell, out of the 250 of a day. */
const CREDITS = 3;

let folder: string;
let data: string;
let file: string;
let discord: DiscordStandIn;
let replicate: ReplicateStandIn;
let bot: ChildProcess;
let printed: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-away-"));
  data = join(folder, "data");
  file = join(data, "x.sqlite");
  printed = "";
  await mkdir(data);
  discord = await startDiscord();
  replicate = await startReplicate({ pace: 0 });
});
afterEach(async () => {
  bot.kill("SIGKILL");
  await discord.close();
  await replicate.close();
  await rm(folder, { recursive: true });
});

const env = () => ({
  PATH: process.env["PATH"],
  ...connectionTo(discord, replicate),
  ...storedIn(folder),
  DATABASE_URL: `sqlite://${file}`,
  LOG_FORMAT: "json",
});

async function startBot(start = (command: string[]) => command): Promise<void> {
  const [command = "", ...parts] = start([process.execPath, builtBot()]);
  bot = spawn(command, parts, { cwd: folder, env: env() });
  for (const stream of [bot.stdout, bot.stderr]) stream?.on("data", (text) => (printed += String(text)));
  await discord.connected();
}

async function kill(): Promise<void> {
  bot.kill("SIGKILL");
  await once(bot, "exit");
}

const remove = async () => {
  for (const ending of ["", "-wal", "-shm"]) await rm(file + ending, { force: true });
};

const asks = () => discord.people.member.command("imagine", { prompt: "a cat" });
const words = ({ messages }: Exchange) => messages.map(({ content }) => content).join("\n");
const refused = (exchange: Exchange) =>
  /The bot can't reach its store just now\. Try again in a minute\.[\s\S]*Nothing was charged/.test(
    words(exchange),
  );
const answered = ({ messages }: Exchange) => messages[0]?.attachments.length === 1;

/** Each is a picture or the sentence, and nothing else; returns how many pictures came. */
async function pictures(exchanges: Exchange[]): Promise<number> {
  for (const each of exchanges)
    await each
      .until((exchange) => answered(exchange) || refused(exchange), 30_000)
      .catch(() => expect(`${each.state}: ${words(each)}`).toBe("a picture, or that the store is away"));
  return exchanges.filter((each) => answered(each)).length;
}

/** What all of this cost, by what the person is told and by what Replicate was asked to do; and it still runs. */
async function expectCharged(pictures: number): Promise<void> {
  expect(replicate.predictions.size).toBe(pictures);
  const spent = pictures * CREDITS;
  await expect
    .poll(async () => {
      const usage = discord.people.member.command("usage");
      await usage.until(({ state }) => state === "answered");
      return words(usage);
    })
    .toContain(`You have used ${spent} credits today and have ${250 - spent} left`);
  expect(bot.exitCode).toBeNull();
}

const levels = () =>
  printed
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { level: number | string }).level);

describe("while people ask, the store's file", () => {
  it("is removed again and again: every answer comes, and all is there after a restart", async () => {
    await startBot();
    const exchanges: Exchange[] = [];
    for (let round = 0; round < 12; round += 1) {
      exchanges.push(asks());
      if (round % 3 === 1) await remove();
      if (round % 3 === 2) await rename(data, join(folder, `gone${round}`)).catch(() => undefined);
      await setTimeout(150);
    }
    const made = await pictures(exchanges);
    expect(made).toBeGreaterThan(0); // How many are refused instead depends on how busy the machine is.
    await expectCharged(made);
    await remove();
    await setTimeout(1_500); // Noticed, although nobody asks.
    await kill();
    await startBot();
    await expectCharged(made);
    expect(await pictures([asks()])).toBe(1);
    await expectCharged(made + 1);
    expect(levels()).not.toContain("error");
  });

  it("is gone and can't be written back: it is said at once, and what ran is brought and paid for once", async () => {
    await startBot();
    replicate.script({ waitMs: 4_000 });
    const running = asks();
    await running.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop", 10_000);
    await mkdir(`${file}.back`); // Where it would be written first.
    await remove();
    await setTimeout(300);
    const exchanges = [1, 2, 3].map(() => asks());
    const began = performance.now();
    expect(await pictures(exchanges)).toBe(0);
    expect(performance.now() - began).toBeLessThan(2_500);
    await setTimeout(3_000);
    await rmdir(`${file}.back`);
    expect(await pictures([running])).toBe(1);
    await setTimeout(1_000);
    expect(await pictures([asks()])).toBe(1);
    await expectCharged(2);
    await kill();
    await startBot();
    await expectCharged(2);
  });

  it("is locked by another process: it is said in time, and it works again afterwards", async () => {
    await startBot();
    expect(await pictures([asks()])).toBe(1);
    const unlock = await lock(file);
    const exchanges = Array.from({ length: 10 }, () => asks());
    expect(await pictures(exchanges)).toBe(0);
    await unlock();
    expect(await pictures([asks(), asks()])).toBe(2);
    await expectCharged(3);
    await kill();
    await startBot();
    await expectCharged(3);
  });

  it.skipIf(!hasSmallDisks())(
    "is on a disk that is full: it is said, and it works again once there is room (needs the right to mount)",
    async () => {
      await startBot((command) => onSmallDisk({ folder: data, size: "2m" }, command));
      expect(await pictures([asks()])).toBe(1);
      const filler = seenFrom(bot.pid, join(data, "filler"));
      fill(filler);
      const exchanges: Exchange[] = [];
      let made = 1;
      // What there is of the log is used up first.
      for (let round = 0; round < 30 && !exchanges.some((each) => refused(each)); round += 1) {
        const asked = [asks(), asks(), asks(), asks()];
        made += await pictures(asked);
        exchanges.push(...asked);
      }
      expect(exchanges.some((each) => refused(each))).toBe(true);
      await rm(filler);
      await setTimeout(8_000); // Until what was repeated is written.
      made += await pictures([asks(), asks()]);
      await expectCharged(made);
    },
  );
});
