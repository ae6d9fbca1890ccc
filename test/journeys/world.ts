import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Bot, createBot } from "../../src/bot.ts";
import { readConfig } from "../../src/config.ts";
import { type Clock, systemClock } from "../../src/services/clock.ts";
import type { MediaSettings } from "../../src/services/replicate/media.ts";
import { type DiscordOptions, type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import type { Exchange } from "../../sandbox/discord/person.ts";
import {
  type ReplicateOptions,
  type ReplicateStandIn,
  startReplicate,
} from "../../sandbox/replicate/index.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";

export interface World {
  discord: DiscordStandIn;
  replicate: ReplicateStandIn;
  bot: Bot;
  /** Every line that the bot logged, parsed. */
  log: Record<string, unknown>[];
  /** The exchange once nothing is being handled or delivered any more. */
  finished(exchange: Exchange): Promise<Exchange>;
  /** Starts another bot on the same store, after the old one stopped. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  env?: Record<string, string>;
  /** More of it, of which the ids are known only then. */
  settings?: (discord: DiscordStandIn) => Record<string, string>;
  clock?: Clock;
  discord?: DiscordOptions;
  replicate?: ReplicateOptions;
  /** Downloads have limits of their own, in real time. */
  downloads?: MediaSettings;
}

/** The whole bot, unmodified, on both stand-ins. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { env = {}, clock = systemClock } = options;
  const folder = mkdtempSync(join(tmpdir(), "replicord-"));
  const discord = await startDiscord({ clock, ...options.discord });
  const replicate = await startReplicate({ clock, pace: 0, ...options.replicate });
  const log: Record<string, unknown>[] = [];
  const config = readConfig({
    ...connectionTo(discord, replicate),
    ...storedIn(folder),
    ...env,
    ...options.settings?.(discord),
  });
  const start = async () => {
    const sink = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
    const bot = await createBot(config, pino({ level: "debug" }, sink), clock, options.downloads);
    await bot.start();
    await discord.connected();
    return bot;
  };
  const world: World = {
    discord,
    replicate,
    log,
    bot: await start(),
    async finished(exchange) {
      await exchange.until(({ state }) => state !== "waiting", 10_000);
      await world.bot.idle();
      return exchange;
    },
    async restart() {
      world.bot = await start();
    },
    async close() {
      await world.bot.stop();
      await discord.close();
      await replicate.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
