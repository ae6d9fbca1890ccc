import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startDiscord } from "../sandbox/discord/index.ts";
import { type ReplicateStandIn, startReplicate } from "../sandbox/replicate/index.ts";
import { createBotProcess } from "./bot.ts";
import { type Chance, createChance } from "./chance.ts";
import { createCrowd } from "./crowd.ts";
import { collect } from "./evidence.ts";
import { type Counts, countsOf, isConcluded, judge, remarksOn, type Violation } from "./judge.ts";
import { createKiller, type Kill } from "./kills.ts";
import { createSamples } from "./samples.ts";
import { steps } from "./steps.ts";
import { storyOf } from "./story.ts";
import { tagOf } from "./tag.ts";
import { connectionTo, storedIn } from "../sandbox/settings.ts";

export interface ChaosOptions {
  seed: number;
  kills: number;
  /** Every second kill is at a named step and the others at random, or all are at steps. */
  mode: "mixed" | "steps";
  /** When it is over, whatever is left to do. */
  minutes: number;
  killed?: (kill: Kill) => void;
}

export interface Outcome {
  kills: readonly Kill[];
  acknowledged: number;
  counts: Counts;
  violations: readonly Violation[];
  /** The time was not enough for all kills. */
  overdue: boolean;
  /** The bot ended although nobody ended it. */
  crashed: boolean;
  /** Of the last one, which was told to leave. */
  exitCode: number | null;
  seconds: number;
  /** What became of a request, for whoever wants to know why. */
  story(violation: Violation): string[];
  /** What is worth a look although nothing says that it is wrong, such as sentences instead of answers; how often. */
  remarks: ReadonlyMap<string, number>;
}

/** Everything that was asked for is on screen, or nothing was done about it for longer than a lost run is looked for. */
const SILENCE_MS = 24_000;
const SETTLING_MS = 100_000;

const settingsOf = (
  discord: { apiUrl: string; token: string; origin: string },
  replicate: ReplicateStandIn,
  folder: string,
) => ({
  ...connectionTo(discord, replicate),
  ...storedIn(folder),
  // Nobody is refused: what is to be seen is what becomes of answers.
  DAILY_CREDITS: "1000000",
  DM_DAILY_CREDITS: "1000000",
  // Nobody is asked first: that would be no answer.
  CONFIRM_ABOVE_CREDITS: "0",
  MONTHLY_BUDGET_USD: "1000000",
  FREE_FAILURES_PER_HOUR: "1000000",
  LOG_FORMAT: "json",
});

async function startWorld({ seed, killed }: ChaosOptions, folder: string) {
  const chance = (stream: number): Chance => createChance(seed * 16 + stream);
  const samples = await createSamples();
  const discord = await startDiscord({ profile: "5/2", latencyMs: 10 });
  const replicate = await startReplicate({
    seed,
    direct: (_model, input) => crowd.plans.get(tagOf(input) ?? -1)?.script(input),
  });
  const host = () => replicate.host("output.png", "image/png", samples.png);
  const crowd = createCrowd({ discord, samples, chance: chance(1), host });
  const env = settingsOf(discord, replicate, folder);
  const bot = createBotProcess(env, folder, discord);
  const killer = createKiller({ discord, replicate, bot, crowd, chance: chance(2), killed });
  return { discord, replicate, crowd, env, bot, killer, startedAt: Date.now() };
}

type World = Awaited<ReturnType<typeof startWorld>>;

/** Kills and starts it again; throws where the time is over. */
async function killAgainAndAgain(
  { bot, killer }: World,
  options: ChaosOptions,
  signal: AbortSignal,
): Promise<void> {
  const chance = createChance(options.seed * 16 + 3);
  for (let round = 0; killer.kills.length < options.kills; round++) {
    const step = steps[(options.mode === "steps" ? round : round >> 1) % steps.length]!;
    await (options.mode === "steps" || round % 2 === 1 ? killer.at(step, signal) : killer.atRandom(signal));
    await bot.gone();
    await setTimeout(chance.between(0, 400), undefined, { signal });
    await bot.start();
  }
}

/** Until every answer is there, or nothing happens any more. */
async function settle({ discord, replicate, crowd }: World): Promise<void> {
  const requests = () => discord.journal.length + replicate.journal.length;
  let seen = requests();
  let changedAt = Date.now();
  for (const until = Date.now() + SETTLING_MS; Date.now() < until && Date.now() - changedAt < SILENCE_MS;) {
    await setTimeout(250);
    if (requests() !== seen) changedAt = Date.now();
    seen = requests();
    const waiting = crowd.asked.filter(({ exchange, kind }) => {
      if (exchange.state !== "answered") return exchange.state === "waiting";
      return kind === "job" && !isConcluded(exchange.messages);
    });
    if (waiting.length === 0 && Date.now() - changedAt > 1_000) return;
  }
}

async function live(world: World, options: ChaosOptions): Promise<{ overdue: boolean }> {
  const { bot, crowd } = world;
  const overdue = AbortSignal.timeout(options.minutes * 60_000);
  const leaving = new AbortController();
  await bot.start();
  await bot.ready(overdue);
  await world.discord.connected();
  const living = crowd.live(AbortSignal.any([overdue, leaving.signal]));
  try {
    await killAgainAndAgain(world, options, overdue);
  } catch (error) {
    if (!overdue.aborted) throw error;
  } finally {
    leaving.abort();
    await living;
  }
  await bot.start();
  await bot.ready(AbortSignal.timeout(30_000));
  await settle(world);
  return { overdue: overdue.aborted };
}

/** People ask all the time, and the bot is killed again and again; in the end, everything that was promised is there. */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "replicord-chaos-"));
  const world = await startWorld(options, folder);
  const { discord, replicate, bot, crowd, killer, startedAt } = world;
  try {
    const { overdue } = await live(world, options);
    const exitCode = await bot.stop();
    const evidence = await collect(world);
    const violations = judge(evidence);
    const { kills } = killer;
    return {
      kills,
      acknowledged: evidence.acknowledged,
      counts: countsOf(violations),
      violations,
      overdue,
      crashed: bot.crashed,
      exitCode,
      seconds: (Date.now() - startedAt) / 1000,
      story: (violation) => storyOf(violation, { discord, replicate, bot, crowd, kills, startedAt }),
      remarks: remarksOn(evidence),
    };
  } finally {
    bot.kill();
    await bot.gone();
    await discord.close();
    await replicate.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
