import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DiscordStandIn, startDiscord } from "../sandbox/discord/index.ts";
import { type ReplicateStandIn, startReplicate } from "../sandbox/replicate/index.ts";
import { connectionTo } from "../sandbox/settings.ts";

let discord: DiscordStandIn;
let replicate: ReplicateStandIn;
let folder: string;
let bot: ChildProcess;
let printed = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "replicord-dist-"));
  discord = await startDiscord();
  replicate = await startReplicate({ pace: 0 });
  await startBot();
}, 120_000);

async function startBot(): Promise<void> {
  bot = spawn(process.execPath, [resolve("dist/main.js")], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      ...connectionTo(discord, replicate),
      LOG_FORMAT: "json",
    },
  });
  bot.stdout?.on("data", (chunk) => (printed += String(chunk)));
  bot.stderr?.on("data", (chunk) => (printed += String(chunk)));
  await discord.connected();
}

const ended = () => new Promise<number | null>((done) => bot.once("exit", (code) => done(code)));

afterAll(async () => {
  bot.kill("SIGKILL");
  await discord.close();
  await replicate.close();
  rmSync(folder, { recursive: true, force: true });
});

it("tells its operator who it is, how to invite it, the limits and the store", async () => {
  await expect.poll(() => printed, { timeout: 5_000 }).toContain("Store:");
  expect(printed).toContain("Replicord is online as ");
  expect(printed).toContain("in 1 server.");
  // View Channel, Send Messages, Attach Files, Read Message History, Send Messages in Threads
  const permissions = (1n << 10n) | (1n << 11n) | (1n << 15n) | (1n << 16n) | (1n << 38n);
  expect(printed).toContain(
    `https://discord.com/oauth2/authorize?client_id=${discord.applicationId}&scope=bot+applications.commands&permissions=${permissions}`,
  );
  expect(printed).toContain("250 credits a day");
  expect(printed).toContain("data/replicord.sqlite");
});

it("answers as it does in development", async () => {
  const answer = discord.people.member.command("imagine", { prompt: "a cat" });
  await answer.until(({ messages }) => messages[0]?.attachments.length === 1, 10_000);
  const usage = discord.people.member.command("usage");
  await usage.until(({ state }) => state === "answered");
  expect(usage.messages[0]?.content).toContain("You have used 3 credits today");
});

it("leaves with 0 when it is told to", async () => {
  const left = ended();
  bot.kill("SIGTERM");
  expect(await left).toBe(0);
});

it("told twice it leaves at once, and the next start goes on in the same message", async () => {
  await startBot();
  replicate.script({ stuck: "processing" });
  const answer = discord.people.member.command("imagine", { prompt: "a slow cat" });
  await answer.until(({ messages }) => messages[0]?.buttons.length === 1, 10_000);
  const left = ended();
  printed = "";
  bot.kill("SIGTERM");
  await expect.poll(() => printed).toContain('"msg":"stopping"');
  bot.kill("SIGTERM");
  expect(await left).toBe(1);

  await startBot();
  const [message] = answer.messages;
  const pressed = discord.people.member.press(message!, message?.buttons[0]?.customId ?? "");
  await pressed.until(({ state }) => state === "answered");
  await answer.until(({ messages }) => messages[0]?.content.includes("Stopped.") === true, 10_000);
  const [cancelled] = [...replicate.predictions.values()].slice(-1);
  expect(cancelled?.status).toBe("canceled");
});

it("needs no development dependency, and knows nothing of the sandbox", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    dependencies: Record<string, string>;
  };
  const files = readdirSync("dist", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const source = readFileSync(join("dist", file), "utf8");
    for (const [, named, bare, lazy] of source.matchAll(
      /^(?:import|export)[^;]*?from "([^".][^"]*)"|^import "([^".][^"]*)"|\bimport\("([^".][^"]*)"\)/gm,
    )) {
      const specifier = named ?? bare ?? lazy ?? "";
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      const known = specifier.startsWith("node:") || builtinModules.includes(name) || name in dependencies;
      expect(known, `${file} imports ${specifier}`).toBe(true);
    }
    expect(source).not.toMatch(/sandbox\//);
  }
});
