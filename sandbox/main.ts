import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../src/config.ts";
import { type Arguments, readArguments, usage } from "./terminal/arguments.ts";
import { BadInput } from "./terminal/bad-input.ts";
import { demo } from "./terminal/demo.ts";
import { createMarkdown } from "./terminal/markdown.ts";
import { startPlayground } from "./terminal/playground.ts";
import { converse } from "./terminal/prompt.ts";
import { refusal } from "./terminal/reply.ts";
import { createSavedFiles } from "./terminal/saved-files.ts";
import { styleFor } from "./terminal/style.ts";
import { playAll } from "./terminal/unattended.ts";

const { stdin, stdout, stderr, env } = process;

const { signal, abort } = leaving();

/** Ends what is going on when the process is told to, or when nobody reads any more, as with `| head`. */
function leaving() {
  const controller = new AbortController();
  const abort = () => {
    // A second time, without waiting for anything.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, abort);
  return { signal: controller.signal, abort };
}

/** The given lines, or the demo, without anybody typing. Resolves with the exit code. */
async function unattended({ run, as, dm, json, fast }: Arguments): Promise<number> {
  const playground = await startPlayground(env, { fast });
  const style = styleFor(stdout);
  const markdown = createMarkdown(style, playground.names);
  const look = { style, markdown, columns: () => stdout.columns || Infinity };
  // The bot first: what it still runs is stopped, not left behind.
  signal.addEventListener("abort", () => void playground.close().finally(() => process.exit(130)));
  stdout.once("error", abort);
  try {
    signal.throwIfAborted();
    const plays = run.length > 0 ? run.map((line) => ({ line, as, dm })) : demo;
    const stage = { playground, files: createSavedFiles(), look, out: stdout, json, signal };
    return (await playAll(plays, stage)) ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    return 130;
  } finally {
    await playground.close();
  }
}

/** Somebody types. The log would tear the screen apart, so it goes into a file beside the saved ones. */
async function attended(given: Arguments): Promise<number> {
  const files = createSavedFiles();
  const logTo = {
    write(line: string) {
      mkdirSync(files.folder, { recursive: true });
      appendFileSync(join(files.folder, "bot.log"), line);
    },
  };
  const playground = await startPlayground(env, { fast: given.fast, logTo });
  try {
    if (!signal.aborted)
      await converse(playground, files, styleFor(stdout), given, { input: stdin, output: stdout, signal });
    return 0;
  } finally {
    await playground.close();
  }
}

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (given.help) {
    stdout.write(`${usage}\n`);
    return 0;
  }
  const somebody = stdin.isTTY && stdout.isTTY;
  return given.run.length > 0 || given.json || !somebody ? unattended(given) : attended(given);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof BadInput || error instanceof ConfigError)) throw error;
  if (process.argv.includes("--json")) stdout.write(`${JSON.stringify(refusal("", error.message))}\n`);
  stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
