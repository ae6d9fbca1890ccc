import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { KeyvSqlite } from "@keyv/sqlite";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createBot } from "../src/bot.ts";
import { readConfig } from "../src/config.ts";
import { type DiscordStandIn, startDiscord } from "../sandbox/discord/index.ts";
import { type ReplicateStandIn, startReplicate } from "../sandbox/replicate/index.ts";

const run = promisify(execFile);
const silent = pino({ level: "silent" });

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the entry point with nothing but these variables, in an empty folder. */
async function main(folder: string, env: Record<string, string>): Promise<Ended> {
  const entry = join(import.meta.dirname, "../src/main.ts");
  const tsx = import.meta.resolve("tsx");
  const options = { cwd: folder, env: { PATH: process.env["PATH"] ?? "", ...env }, timeout: 15_000 };
  const ended = run(process.execPath, ["--import", tsx, entry], options);
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "replicord-start-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("says which variable is missing, where to get it, and how to do without, on one line each and without a stack", async () => {
  const { code, stdout, stderr } = await main(folder, {});
  expect(code).toBe(1);
  expect(stdout).toBe("");
  const lines = stderr.trim().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^DISCORD_TOKEN is missing: get one at https:.* run: npm run sandbox$/);
  expect(lines[1]).toMatch(/^REPLICATE_API_TOKEN is missing: get one at https:.* run: npm run sandbox$/);
});

it("reads .env, and never quotes a secret that looks wrong", async () => {
  writeFileSync(join(folder, ".env"), "DISCORD_TOKEN=nonsense-secret\nREPLICATE_API_TOKEN=other-secret\n");
  const { code, stderr } = await main(folder, {});
  expect(code).toBe(1);
  expect(stderr).toMatch(/^DISCORD_TOKEN does not look like a bot token/);
  expect(stderr).toContain("REPLICATE_API_TOKEN does not look like a Replicate token");
  expect(stderr).not.toContain("secret");
});

describe("against both services", () => {
  let discord: DiscordStandIn;
  let replicate: ReplicateStandIn;
  beforeAll(async () => {
    discord = await startDiscord();
    replicate = await startReplicate({ pace: 0 });
  });
  afterAll(async () => {
    await discord.close();
    await replicate.close();
  });

  const config = (env: Record<string, string> = {}) =>
    readConfig({
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.baseUrl,
      DATABASE_URL: `sqlite://${join(folder, "data/replicord.sqlite")}`,
      FILES_PATH: join(folder, "files"),
      ...env,
    });

  it.each([
    [
      "Discord",
      { DISCORD_TOKEN: "rejected" },
      /^Discord did not accept DISCORD_TOKEN: .*discord\.com\/developers/,
    ],
    [
      "Replicate",
      { REPLICATE_API_TOKEN: "rejected" },
      /^Replicate did not accept REPLICATE_API_TOKEN: .*api-tokens/,
    ],
  ])("a token that %s rejects is one sentence", async (_, env, sentence) => {
    const bot = await createBot(config(env), silent);
    await expect(bot.start()).rejects.toThrow(sentence);
  });

  it("a rejected token ends the process with 1, and no stack", async () => {
    const { code, stderr } = await main(folder, {
      DISCORD_TOKEN: "rejected",
      DISCORD_API_URL: discord.apiUrl,
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.baseUrl,
      LOG_LEVEL: "error",
    });
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^Discord did not accept DISCORD_TOKEN: [^\n]*$/);
  });

  it("a database path that can't be written is one sentence that names it", async () => {
    writeFileSync(join(folder, "file"), "");
    const url = `sqlite://${join(folder, "file/replicord.sqlite")}`;
    await expect(createBot(config({ DATABASE_URL: url }), silent)).rejects.toThrow(/file\/replicord\.sqlite/);
  });

  it("a database that can be opened and then not be read ends the process with one sentence", async () => {
    const path = join(folder, "replicord.sqlite");
    const other = new KeyvSqlite({ uri: `sqlite://${path}`, table: "other" });
    await other.query("CREATE TABLE open_jobs_records (other TEXT)");
    await other.close();
    const { code, stderr } = await main(folder, {
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.baseUrl,
      DATABASE_URL: `sqlite://${path}`,
      LOG_LEVEL: "error",
    });
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^The database was there and then did not answer: [^\n]*$/);
  });

  it("a corrupt database is set aside and named, never overwritten, and the bot starts", async () => {
    const path = join(folder, "replicord.sqlite");
    writeFileSync(path, "this is no database");
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const bot = await createBot(config({ DATABASE_URL: `sqlite://${path}` }), log);
    await bot.start();
    await bot.stop();
    const aside = readdirSync(folder).find((name) => name.startsWith("replicord.sqlite.corrupt-"));
    expect(readFileSync(join(folder, aside ?? ""), "utf8")).toBe("this is no database");
    expect(lines.join("")).toContain(aside);
    expect(existsSync(path)).toBe(true);
  });

  it("registers its commands once, and again only when they changed", async () => {
    const puts = () =>
      discord.journal.filter(({ method, path }) => method === "PUT" && path.endsWith("/commands")).length;
    const before = puts();
    for (let start = 0; start < 2; start++) {
      const bot = await createBot(config(), silent);
      await bot.start();
      await bot.stop();
    }
    expect(puts() - before).toBeLessThanOrEqual(1);
  });
});
