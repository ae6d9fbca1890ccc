import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { type Killable, startKillable } from "./killable.ts";

const run = promisify(execFile);

// Where it is not installed there is nothing to open the file with; CI installs it.
const isInstalled = await run("unzip", ["-v"]).then(
  () => true,
  () => false,
);

const BAD = [7, 20, 50];
/** They keep every place in the bot's line for a while: then no request to create one is on its way. */
const SLOW = [21, 22, 23, 24, 25, 26, 27, 28];

let world: Killable;

beforeAll(async () => {
  world = await startKillable(
    {
      pace: 0.3,
      direct(_, { prompt }) {
        const line = Number(/line (\d+)/.exec(String(prompt))?.[1]);
        if (BAD.includes(line)) return { error: "NSFW content detected", status: "failed" };
        return SLOW.includes(line) ? { bootMs: 4_000 } : undefined;
      },
    },
    { MAX_RUNS: String(SLOW.length), DAILY_CREDITS: "1000" },
  );
}, 120_000);

afterAll(() => world.close());

const content = ({ messages }: Exchange) => messages[0]?.content ?? "";
const attached = ({ messages }: Exchange) => messages.flatMap(({ attachments }) => attachments);

/** How many of the slow ones a machine is being started for. */
const working = () =>
  [...world.replicate.predictions.values()].filter(
    ({ input, status }) =>
      status === "starting" && SLOW.includes(Number(/line (\d+)/.exec(String(input["prompt"]))?.[1])),
  ).length;

/** Another program opens it. */
async function checkZip(url: string): Promise<void> {
  const path = join(world.folder, "boats.zip");
  writeFileSync(path, new Uint8Array(await (await fetch(url)).arrayBuffer()));
  const { stdout } = await run("unzip", ["-t", path]);
  expect(stdout).toContain("No errors detected in compressed data");
  expect(stdout.match(/ OK$/gm)).toHaveLength(47);
  expect(stdout).toContain("01-a-boat-line-1.png");
}

it("50 lines of which 3 fail, killed while they are made and while they are posted: 47 pictures, each charged once, and a ZIP", async () => {
  await world.start("batch");
  const { member } = world.discord.people;
  const lines = Array.from({ length: 50 }, (_, index) => `a boat, line ${index + 1}`).join("\n");
  const data = new TextEncoder().encode(lines);
  const question = member.command("batch", { file: { upload: { name: "boats.txt", data } } });
  await question.until(({ messages }) => messages[0]?.buttons.length === 2);
  const [asked] = question.messages;
  const exchange = member.press(asked!, asked?.buttons[0]?.customId ?? "");

  await expect.poll(working, { timeout: 30_000, interval: 5 }).toBe(SLOW.length);
  expect(exchange.messages).toHaveLength(1);
  await world.killAndStart();
  await exchange.until(({ messages }) => messages.length === 3, 120_000);
  await world.killAndStart();
  await exchange.until(({ messages }) => messages.at(-1)?.buttons.length === 2, 120_000);

  const perLine = [...world.replicate.predictions.values()].map(({ input }) => input["prompt"]);
  expect(perLine).toHaveLength(50);
  expect(new Set(perLine).size).toBe(50);
  expect(exchange.messages.map(({ attachments }) => attachments.length)).toEqual([10, 10, 10, 10, 7, 1]);
  const names = attached(exchange).map(({ name }) => name);
  expect(new Set(names).size).toBe(48);
  expect(content(exchange)).toContain("3 of 50 failed:");
  for (const line of BAD) expect(content(exchange)).toContain(`line ${line} (`);
  expect(content(exchange)).toMatch(/47 pictures · 141 credits \(859 left\)/);
  const usage = member.command("usage");
  await usage.until(({ state }) => state === "answered");
  expect(usage.messages[0]?.content).toContain("You have used 141 credits today and have 859 left.");

  if (isInstalled) await checkZip(attached(exchange).at(-1)?.url ?? "");

  world.checkInOrder();
});
