import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { DiscordStandIn } from "../../sandbox/discord/index.ts";

/** One process that connects to Discord. */
export interface ClientProgram {
  /** A JavaScript file for plain `node`. */
  file: string;
  env: Record<string, string>;
  cwd: string;
}

export interface Start {
  /** From the process' start until the gateway has its IDENTIFY. */
  identifyMs: number;
  /** Resident memory once it has settled. */
  idleMiB: number;
}

const PATIENCE_MS = 30_000;
/** READY follows IDENTIFY at once; this is how long everything after it may take before the memory is read. */
const SETTLE_MS = 2_500;

/** Resident memory as the kernel counts it. */
function residentMiB(pid: number): number {
  const kib =
    process.platform === "linux"
      ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
      : execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Number(kib) / 1024;
}

async function untilIdentified(discord: DiscordStandIn, before: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (discord.gateway.identifies === before) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended before it identified`);
    if (performance.now() > deadline) throw new Error(`No IDENTIFY within ${PATIENCE_MS} ms`);
    await sleep(1);
  }
}

/** Starts the program, measures it, and ends it. */
export async function measureStart(program: ClientProgram, discord: DiscordStandIn): Promise<Start> {
  const { identifies } = discord.gateway;
  const beganAt = performance.now();
  const child = spawn(process.execPath, [program.file], {
    // Nothing of this process' own settings, such as the loader that runs TypeScript.
    env: { PATH: process.env["PATH"], ...program.env },
    cwd: program.cwd,
    stdio: ["ignore", "ignore", "inherit"],
  });
  await once(child, "spawn");
  const ended = once(child, "exit");
  try {
    await untilIdentified(discord, identifies, child);
    const identifyMs = performance.now() - beganAt;
    await sleep(SETTLE_MS);
    return { identifyMs, idleMiB: residentMiB(child.pid!) };
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}
