import { createBot, StartError } from "./bot.ts";
import { type Config, ConfigError, readConfig, readEnvironment } from "./config.ts";
import { greet } from "./greeting.ts";
import { createLog } from "./log.ts";
import { isStoreAway } from "./services/problem.ts";
import { StoreError } from "./services/store.ts";

/** What an operator can mend is one sentence without a stack; the rest keeps its stack. */
function giveUp(error: unknown): never {
  process.stderr.write(`${sentenceFor(error) ?? (error as Error).stack ?? String(error)}\n`);
  process.exit(1);
}

function sentenceFor(error: unknown): string | undefined {
  const known = error instanceof ConfigError || error instanceof StartError || error instanceof StoreError;
  if (known) return error.message;
  return isStoreAway(error) ? STORE_AWAY : undefined;
}

const STORE_AWAY =
  "The database was there and then did not answer: see that nothing else uses or moves its file, then start again.";

function settings(): Config {
  try {
    return readConfig(readEnvironment());
  } catch (error) {
    return giveUp(error);
  }
}

const config = settings();
const log = createLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });

try {
  const bot = await createBot(config, log);
  const greeting = await bot.start();
  process.stdout.write(`${greet(greeting, config)}\n`);

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Everything that matters is stored, so a second signal may end it at once.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal, graceSeconds: config.SHUTDOWN_GRACE_SECONDS }, "stopping");
    bot.stop(config.SHUTDOWN_GRACE_SECONDS * 1000).then(() => process.exit(0), giveUp);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  giveUp(error);
}
