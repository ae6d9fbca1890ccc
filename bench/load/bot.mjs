// The built bot, as dist/main.js starts it.
import "./watch.mjs";

const { createBot } = await import("../../dist/bot.js");
const { readConfig } = await import("../../dist/config.js");
const { createLog } = await import("../../dist/log.js");

const config = readConfig(process.env);
const bot = await createBot(config, createLog({ level: config.LOG_LEVEL, format: "json" }));
await bot.start();
process.send({ ready: true });
