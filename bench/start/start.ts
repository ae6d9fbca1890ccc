import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDiscord } from "../../sandbox/discord/index.ts";
import { startReplicate } from "../../sandbox/replicate/index.ts";
import { type Bench, machine, measure } from "../bench.ts";
import { builtBot } from "./build.ts";
import { type ClientProgram, measureStart, type Start } from "./client.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";

const programs = ["baseline", "replicord"] as const;

export const start: Bench = {
  summary: "start → IDENTIFY and idle memory, beside a bare discord.js client",

  async run({ runs = 7, progress }) {
    const bot = builtBot();
    const folder = mkdtempSync(join(tmpdir(), "replicord-bench-"));
    const discord = await startDiscord();
    const replicate = await startReplicate();
    const connection = { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl };
    // In an empty folder, so that no .env is read.
    const started: Record<(typeof programs)[number], ClientProgram> = {
      baseline: {
        file: fileURLToPath(new URL("bare.mjs", import.meta.url)),
        env: connection,
        cwd: folder,
      },
      replicord: {
        file: bot,
        env: {
          ...connectionTo(discord, replicate),
          ...storedIn(folder),
          LOG_LEVEL: "warn",
        },
        cwd: folder,
      },
    };

    const measured: Record<(typeof programs)[number], Start[]> = { baseline: [], replicord: [] };
    try {
      // One uncounted start each: files in the disk cache, database made, commands registered.
      for (const program of programs) await measureStart(started[program], discord);
      for (let run = 1; run <= runs; run++)
        for (const program of programs) {
          const sample = await measureStart(started[program], discord);
          measured[program].push(sample);
          progress(
            `run ${run} of ${runs}, ${program}: ${Math.round(sample.identifyMs)} ms, ${Math.round(sample.idleMiB)} MiB`,
          );
        }
    } finally {
      await discord.close();
      await replicate.close();
      rmSync(folder, { recursive: true, force: true });
    }

    const each = (what: keyof Start) => ({
      baseline: measured.baseline.map((sample) => sample[what]),
      replicord: measured.replicord.map((sample) => sample[what]),
    });
    return {
      bench: "start",
      baseline: "a bare discord.js client that only logs in (bench/start/bare.mjs), as plain node",
      method:
        "both against the same stand-ins, in turn, after one uncounted start each; memory is resident memory 2.5 s after IDENTIFY",
      machine: machine(),
      runs,
      measures: [
        measure({ name: "start → IDENTIFY", unit: "ms", goal: 1.5 }, each("identifyMs")),
        measure({ name: "idle memory", unit: "MiB", goal: 1.25 }, each("idleMiB")),
      ],
    };
  },
};
