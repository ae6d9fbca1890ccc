import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { createBotProcess } from "../../chaos/bot.ts";
import { startDiscord } from "../../sandbox/discord/index.ts";
import { startReplicate } from "../../sandbox/replicate/index.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { checkReplicateJournal } from "../sandbox/replicate/schema.ts";

/** The built bot as a process of its own, which can be killed, between the two stand-ins. */
export async function startKillable(
  replicateOptions: Parameters<typeof startReplicate>[0],
  env: Record<string, string>,
) {
  const folder = mkdtempSync(join(tmpdir(), "replicord-killable-"));
  const discord = await startDiscord();
  const replicate = await startReplicate(replicateOptions);
  const bot = createBotProcess(
    { ...connectionTo(discord, replicate), ...storedIn(folder), ...env },
    folder,
    discord,
  );

  async function start(): Promise<void> {
    await bot.start();
    await bot.ready(new AbortController().signal);
  }

  return {
    folder,
    discord,
    replicate,
    /** With the command that is to be used registered. */
    async start(command: string): Promise<void> {
      await start();
      await expect
        .poll(() => discord.commands({ dm: false }).map(({ name }) => name), { timeout: 10_000 })
        .toContain(command);
    },
    /** SIGKILL, and then the next process. */
    async killAndStart(): Promise<void> {
      // Ids that Replicate has given are stored: a kill before that would leave a run of which nobody knows, and is told so.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(bot.kill()).toBe(true);
      await bot.gone();
      await start();
    },
    /** It never ended by itself, and all that was on the wire is valid by the official schemas. */
    checkInOrder(): void {
      expect(bot.crashed).toBe(false);
      expect(checkDiscordJournal(discord.journal)).toEqual([]);
      expect(checkReplicateJournal(replicate.journal)).toEqual([]);
    },
    async close(): Promise<void> {
      await bot.stop();
      await discord.close();
      await replicate.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Killable = Awaited<ReturnType<typeof startKillable>>;
