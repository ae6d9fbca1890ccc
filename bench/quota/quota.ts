import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBudget } from "../../src/services/budget.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createGuilds } from "../../src/services/guilds.ts";
import { createQuota, type Quota } from "../../src/services/quota.ts";
import { openStore } from "../../src/services/store.ts";
import { type Bench, machine, type Matrix, samples } from "../bench.ts";
import { accountOf, fill } from "./filled.ts";

const SIZES = [1_000, 10_000, 100_000, 1_000_000] as const;
/** Of each size and round: one after the other, and then as many at once. */
const IN_SEQUENCE = 1_000;
const IN_CROWD = 2_000;
const AT_ONCE = 64;
const AMOUNT = 3_000;
const GOAL = 2;

/** The accounts of so many people, on the disk. */
interface World {
  people: number;
  quota: Quota;
  /** What the first hold took, which counts what all guilds have spent. */
  firstMs: number;
  close(): Promise<void>;
}

const randomAccount = (people: number) => accountOf(Math.floor(Math.random() * people));

let runs = 0;
/** A hold of somebody's that is settled at once; how long the hold took, in milliseconds. */
async function hold(quota: Quota, people: number): Promise<number> {
  const account = randomAccount(people);
  const run = `job-${(runs += 1)}/image-1`;
  const began = performance.now();
  await quota.hold(account, { [run]: AMOUNT });
  const ms = performance.now() - began;
  await quota.settle(account, run, { command: "imagine", name: account.person, cost: AMOUNT });
  return ms;
}

async function openWorld(people: number, progress: (line: string) => void): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "replicord-bench-"));
  const file = join(folder, "bench.sqlite");
  const clock = systemClock;
  const store = await openStore({ url: `sqlite://${file}`, clock });
  const began = performance.now();
  await fill(file, people, clock.now());
  progress(`${people} people written in ${Math.round(performance.now() - began)} ms`);
  const guilds = createGuilds(store);
  const isOpen = () => Promise.resolve(true);
  const budget = createBudget({ store, guilds, clock, isOpen, monthlyUsd: 1e9 });
  const limits = { dailyCredits: 1e6, dmDailyCredits: 1e6, jobsAtOnce: 1_000 };
  const quota = createQuota({ isOpen, store, budget, guilds, clock, ...limits });
  const firstMs = await hold(quota, people);
  return {
    people,
    quota,
    firstMs,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const percentile = (values: readonly number[], share: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

interface Round {
  p50: number;
  p99: number;
  perSecond: number;
}

async function measureRound({ people, quota }: World): Promise<Round> {
  const taken: number[] = [];
  for (let count = 0; count < IN_SEQUENCE; count++) taken.push(await hold(quota, people));
  const began = performance.now();
  let left = IN_CROWD;
  const caller = async () => {
    while ((left -= 1) >= 0) await hold(quota, people);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  const perSecond = (IN_CROWD / (performance.now() - began)) * 1_000;
  return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99), perSecond };
}

const METHOD = [
  "on a database that is filled with the balances of so many people, 200 to a guild, each hold is somebody's at random and is",
  `settled after it; in each round ${IN_SEQUENCE} one after the other (p50, p99: of the hold alone), then ${IN_CROWD} by ${AT_ONCE}`,
  "callers at once (holds a second, each with its settlement); all sizes take their turns in each round, and the medians of the rounds are told;",
  "the first hold after a start, which counts what all guilds have spent, is apart",
].join(" ");

const round2 = (value: number) => Math.round(value * 100) / 100;

export const quota: Bench<Matrix> = {
  summary: "holds a second and the p99 of a hold, from a thousand to a million people",

  async run({ runs = 9, progress }) {
    const worlds: World[] = [];
    const rounds = new Map<World, Round[]>();
    try {
      for (const people of SIZES) worlds.push(await openWorld(people, progress));
      // Uncounted: what comes first also compiles.
      for (const world of worlds) await measureRound(world);
      for (let run = 1; run <= runs; run++)
        for (const world of worlds) {
          const round = await measureRound(world);
          rounds.set(world, [...(rounds.get(world) ?? []), round]);
          progress(
            `round ${run} of ${runs}, ${world.people} people: p99 ${round2(round.p99)} ms, ${Math.round(round.perSecond)} holds a second`,
          );
        }
    } finally {
      for (const world of worlds) await world.close();
    }
    return report(worlds, rounds, runs);
  },
};

function report(
  worlds: readonly World[],
  rounds: ReadonlyMap<World, readonly Round[]>,
  runs: number,
): Matrix {
  // In microseconds, which `samples` rounds less.
  const median = (world: World, what: keyof Round) =>
    samples((rounds.get(world) ?? []).map((round) => round[what] * 1_000)).median / 1_000;
  const ratio = median(worlds.at(-1)!, "p99") / median(worlds[0]!, "p99");
  return {
    bench: "quota",
    method: METHOD,
    machine: machine(),
    runs,
    goals: [
      {
        name: "p99 of a hold among a million people ÷ among a thousand",
        unit: "×",
        goal: GOAL,
        value: round2(ratio),
        met: ratio <= GOAL,
      },
    ],
    tables: [
      {
        name: "a hold",
        columns: ["p50 ms", "p99 ms", "holds a second", "first ms"],
        rows: worlds.map((world) => ({
          name: `${world.people.toLocaleString("en")} people`,
          figures: {
            "p50 ms": round2(median(world, "p50")),
            "p99 ms": round2(median(world, "p99")),
            "holds a second": Math.round(median(world, "perSecond")),
            "first ms": round2(world.firstMs),
          },
        })),
      },
    ],
  };
}
