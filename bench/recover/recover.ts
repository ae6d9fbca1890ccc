import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { type ReplicateStandIn, startReplicate } from "../../sandbox/replicate/index.ts";
import { type SkippingClock, skippingClock } from "../../sandbox/skipping-clock.ts";
import { type Bench, machine, type Matrix, samples } from "../bench.ts";
import { type Program, startProgram } from "../load/process.ts";
import { builtBot } from "../start/build.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";

const PEOPLE = 50;
/** Open jobs at the start: how the cost grows. */
const SIZES = [0, 100, 1_000] as const;
const PROBES = 100;
const PROBE_EVERY_MS = 30;
/** No run ends before that is wanted. */
const NEVER_MS = 60 * 60_000;

const bot = fileURLToPath(new URL("../load/bot.mjs", import.meta.url));

/** The stand-ins, and a bot that can be killed and started again. */
interface World {
  discord: DiscordStandIn;
  replicate: ReplicateStandIn;
  clock: SkippingClock;
  start(): Promise<{ program: Program; readyMs: number }>;
  close(): Promise<void>;
}

async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "replicord-bench-"));
  const clock = skippingClock();
  const discord = await startDiscord();
  const replicate = await startReplicate({ clock, coldBootMs: NEVER_MS });
  const env = {
    ...connectionTo(discord, replicate),
    ...storedIn(folder),
    DAILY_CREDITS: "1000000",
    MONTHLY_BUDGET_USD: "100000",
    MAX_RUNS: "10000",
    LOG_LEVEL: "warn",
  };
  return {
    discord,
    replicate,
    clock,
    async start() {
      const began = performance.now();
      const program = startProgram(bot, { cwd: folder, env });
      await program.next();
      const readyMs = performance.now() - began;
      await discord.connected();
      return { program, readyMs };
    },
    async close() {
      await discord.close();
      await replicate.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** So many pictures asked for, all of which Replicate has begun with. */
async function ask({ discord, replicate }: World, count: number): Promise<Exchange[]> {
  const people = Array.from({ length: Math.min(count, PEOPLE) }, (_, index) =>
    discord.join(`Member ${index}`),
  );
  const asked: Exchange[] = [];
  for (let index = 0; index < count; index++) {
    asked.push(people[index % PEOPLE]!.command("imagine", { prompt: `picture ${index}` }));
    await sleep(15);
  }
  while (replicate.predictions.size < count) await sleep(50);
  return asked;
}

/** Commands of somebody new, while the bot takes up what it left; how long each waited for its response. */
async function probe(program: Program, { discord }: World): Promise<number[]> {
  await program.ask("watch");
  const exchanges: Exchange[] = [];
  for (let count = 0; count < PROBES; count++) {
    exchanges.push(discord.people.other.command("usage"));
    await sleep(PROBE_EVERY_MS);
  }
  await Promise.all(exchanges.map((exchange) => exchange.until(({ state }) => state !== "waiting", 10_000)));
  return (await program.ask<{ taken: number[] }>("report")).taken;
}

interface Recovery {
  open: number;
  readyMs: number[];
  taken: number[];
  /** From the end of all runs until the last answer is on screen. */
  deliveredMs: number;
}

const isShown = ({ messages }: Exchange) => messages.some(({ attachments }) => attachments.length > 0);

async function recover(open: number, runs: number, progress: (line: string) => void): Promise<Recovery> {
  const world = await openWorld();
  try {
    const first = await world.start();
    const asked = await ask(world, open);
    await first.program.end();
    const readyMs: number[] = [];
    const taken: number[] = [];
    for (let run = 1; run < runs; run++) {
      const started = await world.start();
      readyMs.push(started.readyMs);
      taken.push(...(await probe(started.program, world)));
      await started.program.end();
    }
    const last = await world.start();
    readyMs.push(last.readyMs);
    taken.push(...(await probe(last.program, world)));
    const began = performance.now();
    world.clock.skip(NEVER_MS);
    await Promise.all(asked.map((exchange) => exchange.until(isShown, 120_000)));
    const deliveredMs = open === 0 ? 0 : performance.now() - began;
    await last.program.end();
    progress(`${open} open jobs: ready after ${samples(readyMs).median} ms`);
    return { open, readyMs, taken, deliveredMs };
  } finally {
    await world.close();
  }
}

const round = (value: number) => Math.round(value * 10) / 10;
const percentile = (values: readonly number[], share: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

const METHOD = [
  "the built bot is killed (SIGKILL) with so many pictures under way at Replicate and started again, from the process' start until",
  `it is online and takes up what it left; ${PROBES} commands (/usage) come at once after that, one every ${PROBE_EVERY_MS} ms;`,
  "then all runs end in one moment, and the last picture is waited for",
].join(" ");

export const recovery: Bench<Matrix> = {
  summary: "start with 1,000 open jobs beside a start with none, and acknowledgements meanwhile",

  async run({ runs = 3, progress }) {
    builtBot();
    const all: Recovery[] = [];
    for (const open of SIZES) all.push(await recover(open, runs, progress));
    const none = all[0]!;
    const most = all.at(-1)!;
    const ratio = samples(most.readyMs).median / samples(none.readyMs).median;
    return {
      bench: "recover",
      method: METHOD,
      machine: machine(),
      runs,
      goals: [
        {
          name: "start with 1,000 open jobs ÷ start with none",
          unit: "×",
          goal: 1.5,
          value: Math.round(ratio * 100) / 100,
          met: ratio <= 1.5,
        },
        {
          name: "acknowledgement p99 with 1,000 open jobs",
          unit: "ms",
          goal: 100,
          value: round(percentile(most.taken, 0.99)),
          met: percentile(most.taken, 0.99) <= 100,
        },
      ],
      tables: [
        {
          name: "start",
          columns: ["ready ms", "ack p50 ms", "ack p99 ms", "ack max ms", "all delivered ms"],
          rows: all.map(({ open, readyMs, taken, deliveredMs }) => ({
            name: `${open} open jobs`,
            figures: {
              "ready ms": samples(readyMs).median,
              "ack p50 ms": round(percentile(taken, 0.5)),
              "ack p99 ms": round(percentile(taken, 0.99)),
              "ack max ms": round(Math.max(...taken)),
              "all delivered ms": round(deliveredMs),
            },
          })),
        },
      ],
    };
  },
};
