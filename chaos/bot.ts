import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { DiscordStandIn } from "../sandbox/discord/index.ts";
import { builtBot } from "../bench/start/build.ts";

/** One line of the bot's log, or of what it said at its end. */
export interface Line {
  at: number;
  text: string;
}

/** The built bot as a child process, again and again. */
export interface BotProcess {
  /** Everything that it printed, over all its lives. */
  lines: readonly Line[];
  /** It ended although nobody ended it. */
  readonly crashed: boolean;
  /** Unless it runs. */
  start(): Promise<void>;
  /** Resolves when it is connected. Rejects where it ended, or is not within 20 s. */
  ready(signal: AbortSignal): Promise<void>;
  /** SIGKILL, at this very moment. False where nothing runs. */
  kill(): boolean;
  /** Resolves when it was killed and is gone. */
  gone(): Promise<void>;
  /** SIGTERM. Resolves with its exit code; with null where it did not leave within 40 s. */
  stop(): Promise<number | null>;
}

const START_MS = 20_000;
const LEAVE_MS = 40_000;

export function createBotProcess(
  env: Record<string, string>,
  folder: string,
  discord: DiscordStandIn,
): BotProcess {
  const entry = builtBot();
  const lines: Line[] = [];
  let child: ChildProcess | undefined;
  let identified = 0;
  let crashed = false;
  let ending = false;

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const listen = (stream: ChildProcess["stdout"]) =>
    stream && createInterface(stream).on("line", (text) => lines.push({ at: Date.now(), text }));
  const kill = (): boolean => {
    if (!child || !isRunning() || ending) return false;
    ending = child.kill("SIGKILL");
    return ending;
  };
  // Whatever ends this process ends the bot, too.
  process.once("exit", kill);

  async function gone(): Promise<void> {
    if (child && ending && isRunning()) await once(child, "exit");
  }

  return {
    lines,
    get crashed() {
      return crashed;
    },
    async start() {
      await gone();
      if (isRunning()) return;
      identified = discord.gateway.identifies;
      const started = spawn(process.execPath, [entry], {
        cwd: folder,
        env: { PATH: process.env["PATH"], ...env },
      });
      child = started;
      ending = false;
      listen(started.stdout);
      listen(started.stderr);
      started.once("exit", (code) => {
        if (code !== null && !ending) crashed = true;
      });
    },
    async ready(signal) {
      for (const until = Date.now() + START_MS; discord.gateway.identifies === identified;) {
        if (!isRunning() || Date.now() > until)
          throw new Error(`The bot did not start: ${lines.at(-1)?.text}`);
        await setTimeout(10, undefined, { signal });
      }
    },
    kill,
    gone,
    async stop() {
      if (!child || !isRunning()) return child?.exitCode ?? null;
      ending = child.kill("SIGTERM");
      await Promise.race([gone(), setTimeout(LEAVE_MS, undefined, { ref: false })]);
      if (isRunning()) child.kill("SIGKILL");
      return child.exitCode;
    },
  };
}
