import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { type Bench, type Goal, machine, type Matrix } from "../bench.ts";
import { builtBot } from "../start/build.ts";
import { startProgram } from "./process.ts";
import { connectionTo, storedIn } from "../../sandbox/settings.ts";

const ANSWERS = 100;
/** At 50 tokens a second: long enough that all stream while the probes are made. */
const TOKENS = 2_000;
const POSTS = 20;
const PICTURES_EACH = 4;
const PROBES = 200;
const PROBE_EVERY_MS = 80;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** What a bot saw of itself. */
interface Watched {
  /** How long each interaction waited for its first response, in milliseconds. */
  taken: number[];
  /** How long one turn of its event loop can have been blocked by its own work, at the most. */
  blockedMs: number;
  delay: { p50: number; p99: number; max: number };
  heapMiB: number;
  residentMiB: number;
}

const percentile = (values: readonly number[], share: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

const connection = ({ token, apiUrl }: DiscordStandIn) => ({
  DISCORD_TOKEN: token,
  DISCORD_API_URL: apiUrl,
});

/** Commands at a steady rate, whatever becomes of the earlier ones. @throws {Error} where one got no response in time. */
async function probe(asks: readonly (() => Exchange)[]): Promise<void> {
  const exchanges: Exchange[] = [];
  for (let count = 0; count < PROBES; count++) {
    exchanges.push(asks[count % asks.length]!());
    await sleep(PROBE_EVERY_MS);
  }
  await Promise.all(exchanges.map((exchange) => exchange.until(({ state }) => state !== "waiting", 10_000)));
  const failed = exchanges.filter(({ state }) => state === "failed").length;
  if (failed > 0) throw new Error(`${failed} commands got no response within Discord's three seconds`);
}

async function idle(): Promise<Watched> {
  const discord = await startDiscord();
  const client = startProgram(here("bare.mjs"), { env: connection(discord) });
  try {
    await client.next();
    await client.ask("watch");
    await probe([() => discord.people.member.command("usage")]);
    return await client.ask<Watched>("report");
  } finally {
    await client.end();
    await discord.close();
  }
}

/** Answers that stream until the probes are over. They are asked for one after another: a burst is another question. */
async function startAnswers({ people }: DiscordStandIn): Promise<Exchange[]> {
  const asked: Exchange[] = [];
  for (let index = 0; index < ANSWERS; index++) {
    asked.push(people.member.command("ask", { prompt: `long ${index}` }));
    await sleep(60);
  }
  await Promise.all(asked.map((exchange) => exchange.until(isStreaming, 20_000)));
  return asked;
}

/** Its beginning is on screen, and neither its end nor a refusal. Where it goes on in a further message, no button is there for a moment. */
const isStreaming = ({ messages }: Exchange) =>
  messages.some(({ content }) => content !== "") &&
  messages.every(
    ({ content, buttons }) => !content.startsWith("⚠️") && buttons.every(({ label }) => label === "Stop"),
  );

/** Posts of several pictures, all through the time of the probes; resolves when they are on screen. */
async function post({ people }: DiscordStandIn): Promise<Exchange[]> {
  const drawn: Exchange[] = [];
  for (let index = 0; index < POSTS; index++) {
    drawn.push(people.other.command("imagine", { prompt: `picture ${index}`, count: PICTURES_EACH }));
    await sleep((PROBES * PROBE_EVERY_MS * 0.8) / POSTS);
  }
  const isPosted = ({ messages }: Exchange) => messages[0]?.attachments.length === PICTURES_EACH;
  await Promise.all(drawn.map((exchange) => exchange.until(isPosted, 60_000)));
  return drawn;
}

async function underLoad(folder: string): Promise<Watched> {
  const discord = await startDiscord();
  const replicate = startProgram(here("replicate.ts"), {
    args: [ANSWERS, TOKENS, POSTS, PICTURES_EACH].map(String),
  });
  const served = await replicate.next<{ origin: string; baseUrl: string; token: string }>();
  const bot = startProgram(here("bot.mjs"), {
    cwd: folder,
    env: {
      ...connectionTo(discord, served),
      ...storedIn(folder),
      DAILY_CREDITS: "1000000",
      MAX_RUNS: "1000",
      LOG_LEVEL: "warn",
    },
  });
  try {
    await bot.next();
    await discord.connected();
    const asked = await startAnswers(discord);
    await bot.ask("watch");
    const { member, admin } = discord.people;
    const posting = post(discord);
    await probe([
      () => member.command("usage"),
      () => member.command("ask", { prompt: "short" }),
      () => admin.command("quota grant", { user: { user: member.id }, credits: "1" }),
    ]);
    const watched = await bot.ask<Watched>("report");
    const streaming = asked.filter(isStreaming).length;
    if (streaming < ANSWERS) throw new Error(`Only ${streaming} answers streamed to the end`);
    await posting;
    return watched;
  } finally {
    await bot.end();
    await replicate.end();
    await discord.close();
  }
}

const round = (value: number) => Math.round(value * 10) / 10;

const goal = (name: string, value: number, limit: number): Goal => ({
  name,
  unit: "ms",
  goal: limit,
  value: round(value),
  met: value <= limit,
});

const row = (name: string, values: readonly number[]) => ({
  name,
  figures: {
    p50: round(percentile(values, 0.5)),
    p99: round(percentile(values, 0.99)),
    max: round(Math.max(...values)),
  },
});

const METHOD = [
  `${ANSWERS} answers of ${TOKENS} tokens at 50 a second and ${POSTS} posts of ${PICTURES_EACH} PNGs of 1 MB, while ${PROBES} commands come,`,
  `one every ${PROBE_EVERY_MS} ms (in turn /usage, a short /ask, /quota grant); bot, Discord and Replicate are processes of their own on one machine;`,
  "an acknowledgement is counted in the bot's process, from the interaction's arrival on the gateway until its first response leaves;",
  "late: a timer of 1 ms in the bot's process, also where the machine gave the processor to another; blocked: a turn of the",
  "event loop that was late, without what it had nothing to do in, and without what it was kept waiting for a processor in",
].join(" ");

export const load: Bench<Matrix> = {
  summary:
    "acknowledgements while 100 answers stream and 20 four-image posts upload, beside bare discord.js idle",

  async run({ runs = 3, progress }) {
    builtBot();
    const bare: Watched[] = [];
    const busy: Watched[] = [];
    for (let run = 1; run <= runs; run++) {
      const folder = mkdtempSync(join(tmpdir(), "replicord-bench-"));
      try {
        bare.push(await idle());
        const watched = await underLoad(folder);
        busy.push(watched);
        progress(
          `run ${run} of ${runs}: p50 ${round(percentile(watched.taken, 0.5))} ms, p99 ${round(percentile(watched.taken, 0.99))} ms; event loop late by ${round(watched.delay.max)} ms at the most`,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    const all = busy.flatMap(({ taken }) => taken);
    return {
      bench: "load",
      method: METHOD,
      machine: machine(),
      runs,
      goals: [
        goal("acknowledgement p99", percentile(all, 0.99), 100),
        goal("event loop blocked, at the most", Math.max(...busy.map(({ blockedMs }) => blockedMs)), 50),
      ],
      tables: [
        {
          name: "acknowledgements, ms",
          columns: ["p50", "p99", "max"],
          rows: [
            row(
              "bare discord.js, idle",
              bare.flatMap(({ taken }) => taken),
            ),
            row("Replicord, under load", all),
          ],
        },
        {
          name: "Replicord's process under load",
          columns: [
            "late p50 ms",
            "late p99 ms",
            "late max ms",
            "blocked max ms",
            "heap MiB",
            "resident MiB",
          ],
          rows: busy.map(({ delay, blockedMs, heapMiB, residentMiB }, index) => ({
            name: `run ${index + 1}`,
            figures: {
              "late p50 ms": round(delay.p50),
              "late p99 ms": round(delay.p99),
              "late max ms": round(delay.max),
              "blocked max ms": round(blockedMs),
              "heap MiB": round(heapMiB),
              "resident MiB": round(residentMiB),
            },
          })),
        },
      ],
    };
  },
};
