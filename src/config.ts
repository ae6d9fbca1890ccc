import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { modelsOf } from "./services/models/index.ts";
import type { ModelKind } from "./services/models/model.ts";
import { operatorDeployments } from "./services/models/operator-deployments.ts";
import { operatorPrices } from "./services/models/operator-prices.ts";

const DISCORD_API = "https://discord.com/api";
const REPLICATE_API = "https://api.replicate.com/v1";

/** Wrong settings, all at once: one sentence each, to be printed without a stack. */
export class ConfigError extends Error {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    super(sentences.join("\n"));
    this.name = "ConfigError";
    this.sentences = sentences;
  }
}

const snowflake = z
  .string()
  .regex(/^\d{17,20}$/, "ids of 17 to 20 digits, separated by commas where there may be several");
const address = z.url({ protocol: /^https?$/, error: "an address that begins with https:// or http://" });
const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));
const amount = (what: string) => z.coerce.number({ error: what }).nonnegative(what);
const whole = (what: string) => amount(what).int(what);

const model = (kind: ModelKind) => {
  const known = modelsOf(kind);
  const keys = known.map(({ key }) => key).join(", ");
  return (
    z
      .string()
      .refine((name) => known.some(({ key, ref }) => name === key || name === ref), `one of ${keys}`)
      // What admins allow and deny are keys.
      .transform((name) => known.find(({ ref }) => name === ref)?.key ?? name)
  );
};

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    "origins such as https://files.example.com, separated by commas",
  )
  .transform((text) => new URL(text).origin);

/** What `read` makes of the text; what it throws says what the text must be. */
const readBy = <T>(read: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });

/** Every environment variable that Replicord reads. `.env.example` explains each. */
const environment = z.object({
  DISCORD_TOKEN: z.string(),
  DISCORD_API_URL: address.default(DISCORD_API),
  DISCORD_GUILD_ID: snowflake.optional(),
  REPLICATE_API_TOKEN: z.string(),
  REPLICATE_BASE_URL: address.default(REPLICATE_API),
  EXTRA_MEDIA_ORIGINS: list(origin).default([]),
  HUGGINGFACE_TOKEN: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^sqlite:\/\/./, "an address such as sqlite://./data/replicord.sqlite")
    .default("sqlite://./data/replicord.sqlite"),
  DAILY_CREDITS: whole("a whole number of credits, 0 or more").default(250),
  DM_DAILY_CREDITS: whole("a whole number of credits, 0 or more").default(50),
  JOBS_AT_ONCE: whole("a whole number, 1 or more").min(1, "a whole number, 1 or more").default(3),
  MONTHLY_BUDGET_USD: amount("an amount in US dollars, 0 or more").default(25),
  GUILD_MONTHLY_BUDGET_USD: amount("an amount in US dollars, 0 or more").optional(),
  CONFIRM_ABOVE_CREDITS: whole("a whole number of credits, 0 or more").default(100),
  ALLOWED_GUILDS: list(snowflake).optional(),
  VOICE_MESSAGES: z
    .enum(["on", "off"], { error: "on or off" })
    .default("off")
    .transform((state) => state === "on"),
  OPERATOR_IDS: list(snowflake).default([]),
  ASK_MODEL: model("text").default("claude-4.5-haiku"),
  IMAGINE_MODEL: model("image").default("flux-schnell"),
  TRANSCRIBE_MODEL: model("transcription").default("whisperx"),
  MODEL_PRICES: readBy(operatorPrices).default(new Map()),
  MODEL_DEPLOYMENTS: readBy(operatorDeployments).default(new Map()),
  FREE_FAILURES_PER_HOUR: whole("a whole number, 1 or more").min(1, "a whole number, 1 or more").default(10),
  MAX_MESSAGES: whole("a whole number, 1 or more").min(1, "a whole number, 1 or more").default(5),
  MAX_RUNS: whole("a whole number, 1 or more").min(1, "a whole number, 1 or more").default(100),
  MEDIA_MEMORY_MB: whole("a whole number of megabytes, 128 or more")
    .min(128, "a whole number of megabytes, 128 or more")
    .default(256),
  FILES_PATH: z.string().default("./data/files"),
  FFMPEG_PATH: z.string().default("ffmpeg"),
  JOB_KEEP_DAYS: amount("a number of days above 0").positive("a number of days above 0").default(7),
  SHUTDOWN_GRACE_SECONDS: amount("a number of seconds, 0 or more").default(20),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "one of fatal, error, warn, info, debug, trace, silent",
    })
    .default("info"),
  LOG_FORMAT: z.enum(["pretty", "json"], { error: "pretty or json" }).default("pretty"),
});

export type Config = z.output<typeof environment>;

const missing = {
  DISCORD_TOKEN:
    "DISCORD_TOKEN is missing: get one at https://discord.com/developers/applications (your application, Bot, Reset Token) and put it into .env; to try Replicord without any account, run: npm run sandbox",
  REPLICATE_API_TOKEN:
    "REPLICATE_API_TOKEN is missing: get one at https://replicate.com/account/api-tokens and put it into .env; to try Replicord without any account, run: npm run sandbox",
};

/** Other servers of the same protocols may use any token; only the real services' have a known form. */
const malformed = (config: Config): string[] => [
  ...(config.DISCORD_API_URL === DISCORD_API &&
  !/^[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}$/.test(config.DISCORD_TOKEN)
    ? [
        "DISCORD_TOKEN does not look like a bot token (three parts joined by dots): copy it anew at https://discord.com/developers/applications (your application, Bot, Reset Token)",
      ]
    : []),
  ...(config.REPLICATE_BASE_URL === REPLICATE_API && !/^r8_\w{20,}$/.test(config.REPLICATE_API_TOKEN)
    ? [
        "REPLICATE_API_TOKEN does not look like a Replicate token (r8_ and letters): copy it anew at https://replicate.com/account/api-tokens",
      ]
    : []),
];

type Environment = Record<string, string | undefined>;

/** `NAME_FILE` reads the secret `NAME` from a file, as container secrets do. */
function withSecretFiles(env: Environment, wrong: string[]): Environment {
  const filled = { ...env };
  for (const name of ["DISCORD_TOKEN", "REPLICATE_API_TOKEN", "HUGGINGFACE_TOKEN"]) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    try {
      filled[name] = readFileSync(path, "utf8").trim();
    } catch {
      wrong.push(`${name}_FILE names a file that can't be read`);
      filled[name] = "unreadable";
    }
  }
  return filled;
}

/**
 * Reads the settings.
 * @throws {ConfigError} naming every missing and every wrong value at once; never quoting a secret.
 */
export function readConfig(env: Environment): Config {
  const wrong: string[] = [];
  const filled = withSecretFiles(env, wrong);
  const given = Object.fromEntries(Object.entries(filled).filter(([, value]) => value?.trim()));
  for (const [name, sentence] of Object.entries(missing)) if (!given[name]) wrong.push(sentence);

  const parsed = environment.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    // An address may carry a password.
    const value = given[name]?.replace(/\/\/[^/]*@/, "//…@");
    if (!(name in missing)) wrong.push(`${name} is "${value}", but must be ${issue.message}`);
  }
  if (parsed.success && wrong.length === 0) wrong.push(...malformed(parsed.data));
  if (!parsed.success || wrong.length > 0) throw new ConfigError([...new Set(wrong)]);
  return parsed.data;
}

/** The process' environment, with `.env` read if it is there; what is set already wins. */
export function readEnvironment(): Environment {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return process.env;
}
