import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DestinationStream } from "pino";
import { type Bot, createBot } from "../../src/bot.ts";
import { readConfig } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import { type DiscordStandIn, startDiscord } from "../discord/index.ts";
import { startReplicate } from "../replicate/index.ts";
import type { Names } from "./values.ts";
import { connectionTo, storedIn } from "../settings.ts";

/** The unmodified bot between the two stand-ins. */
export interface Playground {
  discord: DiscordStandIn;
  bot: Bot;
  names: Names;
  /** However often it is called, everything is closed once. */
  close(): Promise<void>;
}

/** Settings that may be tried out here. Tokens and addresses are never taken from outside. */
const OPEN_TO_TRY =
  /^(LOG_LEVEL|LOG_FORMAT|DAILY_CREDITS|DM_DAILY_CREDITS|JOBS_AT_ONCE|MONTHLY_BUDGET_USD|GUILD_MONTHLY_BUDGET_USD|CONFIRM_ABOVE_CREDITS|VOICE_MESSAGES|(ASK|IMAGINE|TRANSCRIBE)_MODEL)$/;

/**
 * Starts both stand-ins, and the bot on a store of its own that is gone afterwards. Its log goes to standard error, or
 * to `logTo`.
 * @throws {ConfigError} for a setting in `env` that can't be
 */
export async function startPlayground(
  env: Record<string, string | undefined>,
  { fast = false, logTo }: { fast?: boolean; logTo?: DestinationStream } = {},
): Promise<Playground> {
  const tried = Object.fromEntries(Object.entries(env).filter(([name]) => OPEN_TO_TRY.test(name)));
  const folder = mkdtempSync(join(tmpdir(), "replicord-store-"));
  const [discord, replicate] = await Promise.all([
    startDiscord({ messageContent: true }),
    startReplicate({ pace: fast ? 0 : 1 }),
  ]);
  const forget = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget);
  let closing: Promise<void> | undefined;
  const closeAround = async () => {
    await Promise.all([discord.close(), replicate.close()]);
    process.off("exit", forget);
    forget();
  };
  try {
    const config = readConfig({
      LOG_LEVEL: "warn",
      VOICE_MESSAGES: "on",
      ...tried,
      ...connectionTo(discord, replicate),
      ...storedIn(folder),
      // Here one person is one person.
      JOBS_AT_ONCE: tried["JOBS_AT_ONCE"],
    });
    const log = createLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT }, logTo);
    const bot = await createBot(config, log);
    await bot.start();
    await discord.connected();
    return {
      discord,
      bot,
      names: {
        people: new Map(Object.values(discord.people).map(({ name, id }) => [name, id])),
        roles: new Map(Object.values(discord.roles).map(({ name, id }) => [name, id])),
        channels: new Map(Object.values(discord.channels).map(({ name, id }) => [name, id])),
      },
      close: () => (closing ??= bot.stop().then(closeAround)),
    };
  } catch (error) {
    await closeAround();
    throw error;
  }
}
