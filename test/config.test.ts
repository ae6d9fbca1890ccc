import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Config, ConfigError, readConfig } from "../src/config.ts";

// Of the right form, and nobody's.
const DISCORD_TOKEN = "MTA0ODM5MDIyMTk0NjgzNDk1NA.GaBcDe.aVeryLongPartThatNobodyShouldEverSee";
const REPLICATE_API_TOKEN = "r8_NobodyShouldEverSeeThisTokenHere1234";
const tokens = { DISCORD_TOKEN, REPLICATE_API_TOKEN };

/** What the operator is told. */
function refusalOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
  return [];
}

describe("settings that are left out", () => {
  it("have sensible defaults", () => {
    expect(readConfig(tokens)).toEqual({
      ...tokens,
      DISCORD_API_URL: "https://discord.com/api",
      REPLICATE_BASE_URL: "https://api.replicate.com/v1",
      EXTRA_MEDIA_ORIGINS: [],
      DATABASE_URL: "sqlite://./data/replicord.sqlite",
      DAILY_CREDITS: 250,
      DM_DAILY_CREDITS: 50,
      MONTHLY_BUDGET_USD: 25,
      CONFIRM_ABOVE_CREDITS: 100,
      JOBS_AT_ONCE: 3,
      OPERATOR_IDS: [],
      ASK_MODEL: "claude-4.5-haiku",
      IMAGINE_MODEL: "flux-schnell",
      TRANSCRIBE_MODEL: "whisperx",
      VOICE_MESSAGES: false,
      MODEL_PRICES: new Map(),
      MODEL_DEPLOYMENTS: new Map(),
      FREE_FAILURES_PER_HOUR: 10,
      MAX_RUNS: 100,
      MAX_MESSAGES: 5,
      MEDIA_MEMORY_MB: 256,
      FILES_PATH: "./data/files",
      FFMPEG_PATH: "ffmpeg",
      JOB_KEEP_DAYS: 7,
      SHUTDOWN_GRACE_SECONDS: 20,
      LOG_LEVEL: "info",
      LOG_FORMAT: "pretty",
    });
  });

  it("may stand there empty", () => {
    const empty = { GUILD_MONTHLY_BUDGET_USD: "", ALLOWED_GUILDS: " ", DAILY_CREDITS: "" };
    expect(readConfig({ ...tokens, ...empty })).toEqual(readConfig(tokens));
  });

  it("are asked for where they are tokens, one sentence each, with where to get them and what goes without", () => {
    const [discord = "", replicate = "", ...more] = refusalOf({});
    expect(discord).toMatch(/^DISCORD_TOKEN is missing.*https:\/\/discord\.com\/developers\/applications/);
    expect(replicate).toMatch(
      /^REPLICATE_API_TOKEN is missing.*https:\/\/replicate\.com\/account\/api-tokens/,
    );
    for (const sentence of [discord, replicate]) expect(sentence).toContain("npm run sandbox");
    expect(more).toEqual([]);
  });
});

describe("settings that are given", () => {
  it("are read as numbers, lists and origins", () => {
    const config = readConfig({
      ...tokens,
      DAILY_CREDITS: "0",
      MONTHLY_BUDGET_USD: "12.5",
      GUILD_MONTHLY_BUDGET_USD: "3",
      ALLOWED_GUILDS: "104839022194683495, 104839022194683496,",
      EXTRA_MEDIA_ORIGINS: "http://127.0.0.1:4000/some/path, https://files.example.com",
      IMAGINE_MODEL: "black-forest-labs/flux-dev",
      LOG_FORMAT: "json",
    });
    expect(config).toMatchObject({
      DAILY_CREDITS: 0,
      MONTHLY_BUDGET_USD: 12.5,
      GUILD_MONTHLY_BUDGET_USD: 3,
      ALLOWED_GUILDS: ["104839022194683495", "104839022194683496"],
      EXTRA_MEDIA_ORIGINS: ["http://127.0.0.1:4000", "https://files.example.com"],
      IMAGINE_MODEL: "flux-dev",
      LOG_FORMAT: "json",
    });
  });

  it("are named all at once where they are wrong, with what was expected", () => {
    const credits = "a whole number of credits, 0 or more";
    const wrong = {
      DAILY_CREDITS: ["many", credits],
      DM_DAILY_CREDITS: ["1.5", credits],
      CONFIRM_ABOVE_CREDITS: ["-1", credits],
      MONTHLY_BUDGET_USD: ["-5", "an amount in US dollars, 0 or more"],
      GUILD_MONTHLY_BUDGET_USD: ["$5", "an amount in US dollars, 0 or more"],
      JOB_KEEP_DAYS: ["0", "a number of days above 0"],
      SHUTDOWN_GRACE_SECONDS: ["soon", "a number of seconds, 0 or more"],
      DISCORD_API_URL: ["discord.com", "an address that begins with https:// or http://"],
      REPLICATE_BASE_URL: ["ftp://replicate.com", "an address that begins with https:// or http://"],
      EXTRA_MEDIA_ORIGINS: ["files", "origins such as https://files.example.com, separated by commas"],
      DISCORD_GUILD_ID: [
        "my server",
        "ids of 17 to 20 digits, separated by commas where there may be several",
      ],
      ALLOWED_GUILDS: ["1,2", "ids of 17 to 20 digits, separated by commas where there may be several"],
      JOBS_AT_ONCE: ["0", "a whole number, 1 or more"],
      OPERATOR_IDS: ["me", "ids of 17 to 20 digits, separated by commas where there may be several"],
      DATABASE_URL: ["data.sqlite", "an address such as sqlite://./data/replicord.sqlite"],
      ASK_MODEL: [
        "flux-schnell",
        "one of claude-4.5-haiku, claude-sonnet-5, deepseek-v3.1, deepseek-v3, claude-4.5-sonnet, claude-4-sonnet, gpt-5, gpt-5-mini, gpt-5-nano, gemini-2.5-flash, llama-3-8b, llama-3-70b, llama-2-70b-chat, code-llama-34b",
      ],
      TRANSCRIBE_MODEL: ["ears", "one of whisperx, incredibly-fast-whisper, whisper"],
      LOG_LEVEL: ["loud", "one of fatal, error, warn, info, debug, trace, silent"],
      LOG_FORMAT: ["xml", "pretty or json"],
    } as const;
    const env = Object.fromEntries(Object.entries(wrong).map(([name, [value]]) => [name, value]));
    const expected = Object.entries(wrong).map(
      ([name, [value, rule]]) => `${name} is "${value}", but must be ${rule}`,
    );
    expect([...refusalOf({ ...tokens, ...env })].toSorted()).toEqual(expected.toSorted());
  });

  it("are named together with a token that is missing", () => {
    const sentences = refusalOf({ DISCORD_TOKEN, LOG_FORMAT: "xml" });
    expect(sentences).toEqual([
      expect.stringContaining("REPLICATE_API_TOKEN is missing"),
      'LOG_FORMAT is "xml", but must be pretty or json',
    ]);
  });
});

describe("a token", () => {
  it("of another form is refused, since it was copied from the wrong place", () => {
    const sentences = refusalOf({
      DISCORD_TOKEN: "1048390221946834954",
      REPLICATE_API_TOKEN: "sk-something",
    });
    expect(sentences).toEqual([
      expect.stringContaining("DISCORD_TOKEN does not look like a bot token"),
      expect.stringContaining("REPLICATE_API_TOKEN does not look like a Replicate token"),
    ]);
  });

  it("may have any form where the server is another one", () => {
    const sandbox = {
      DISCORD_API_URL: "http://127.0.0.1:1/api",
      REPLICATE_BASE_URL: "http://127.0.0.1:2/v1",
    };
    expect(refusalOf({ DISCORD_TOKEN: "any", REPLICATE_API_TOKEN: "any", ...sandbox })).toEqual([]);
  });

  it("is never quoted, whatever is wrong", () => {
    const secret = "hush-hush";
    const said = [
      refusalOf({ DISCORD_TOKEN: secret, REPLICATE_API_TOKEN: secret }),
      refusalOf({ DISCORD_TOKEN: secret, REPLICATE_API_TOKEN: secret, LOG_LEVEL: "x" }),
      // The token itself where the name of its file belongs.
      refusalOf({ DISCORD_TOKEN_FILE: secret, REPLICATE_API_TOKEN }),
      refusalOf({ ...tokens, DATABASE_URL: `postgres://replicord:${secret}@db/replicord` }),
    ];
    for (const sentences of said) {
      expect(sentences).not.toEqual([]);
      expect(sentences.join("\n")).not.toContain(secret);
    }
  });
});

describe("a token in a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "replicord-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (text: string) => {
    const path = join(folder, "secret");
    writeFileSync(path, text);
    return path;
  };

  it("is read from there, without the newline at its end", () => {
    const config = readConfig({ REPLICATE_API_TOKEN, DISCORD_TOKEN_FILE: file(`${DISCORD_TOKEN}\n`) });
    expect(config.DISCORD_TOKEN).toBe(DISCORD_TOKEN);
  });

  it("is told apart from one that is missing, where its file can't be read", () => {
    const sentences = refusalOf({ DISCORD_TOKEN, REPLICATE_API_TOKEN_FILE: join(folder, "nothing") });
    expect(sentences).toEqual([
      expect.stringContaining("REPLICATE_API_TOKEN_FILE names a file that can't be read"),
    ]);
  });

  it("is missing where the file is empty", () => {
    expect(refusalOf({ REPLICATE_API_TOKEN, DISCORD_TOKEN_FILE: file("\n") })).toEqual([
      expect.stringContaining("DISCORD_TOKEN is missing"),
    ]);
  });
});

it(".env.example names every setting, and no other", () => {
  // The compiler holds this list against the schema.
  const settings: Record<keyof Config, true> = {
    DISCORD_TOKEN: true,
    DISCORD_API_URL: true,
    DISCORD_GUILD_ID: true,
    REPLICATE_API_TOKEN: true,
    REPLICATE_BASE_URL: true,
    EXTRA_MEDIA_ORIGINS: true,
    HUGGINGFACE_TOKEN: true,
    DATABASE_URL: true,
    DAILY_CREDITS: true,
    DM_DAILY_CREDITS: true,
    MONTHLY_BUDGET_USD: true,
    GUILD_MONTHLY_BUDGET_USD: true,
    CONFIRM_ABOVE_CREDITS: true,
    ALLOWED_GUILDS: true,
    VOICE_MESSAGES: true,
    JOBS_AT_ONCE: true,
    OPERATOR_IDS: true,
    ASK_MODEL: true,
    IMAGINE_MODEL: true,
    TRANSCRIBE_MODEL: true,
    FREE_FAILURES_PER_HOUR: true,
    MAX_RUNS: true,
    MAX_MESSAGES: true,
    MEDIA_MEMORY_MB: true,
    FILES_PATH: true,
    FFMPEG_PATH: true,
    MODEL_PRICES: true,
    MODEL_DEPLOYMENTS: true,
    JOB_KEEP_DAYS: true,
    SHUTDOWN_GRACE_SECONDS: true,
    LOG_LEVEL: true,
    LOG_FORMAT: true,
  };
  const example = readFileSync(join(import.meta.dirname, "../.env.example"), "utf8");
  const lines = [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)];
  const names = lines.map(([, name = ""]) => name).filter((name) => !name.endsWith("_FILE"));
  expect(names.toSorted()).toEqual(Object.keys(settings).toSorted());

  const shown = Object.fromEntries(lines.map(([, name = "", value = ""]) => [name, value]));
  const values = Object.fromEntries(Object.entries(shown).filter(([name]) => !name.endsWith("_FILE")));
  expect(readConfig({ ...values, ...tokens })).toEqual(readConfig(tokens));
});
