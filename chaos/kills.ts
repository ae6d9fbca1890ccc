import { setTimeout } from "node:timers/promises";
import type { JournalEntry, Moment } from "../sandbox/server.ts";
import type { DiscordStandIn } from "../sandbox/discord/index.ts";
import type { ReplicateStandIn } from "../sandbox/replicate/index.ts";
import type { BotProcess } from "./bot.ts";
import type { Chance } from "./chance.ts";
import type { Crowd } from "./crowd.ts";
import { createParts, type Part, type Step } from "./steps.ts";

/** One end of the bot's. */
export interface Kill {
  at: number;
  /** The step's name, or "at random". */
  when: string;
  /** The request at which it was killed. */
  request?: JournalEntry;
}

export interface Killer {
  kills: readonly Kill[];
  /** Kills whatever runs after some time, which may be before it is even connected. */
  atRandom(signal: AbortSignal): Promise<void>;
  /** Kills it at this step of the next job that comes there; at no step where none does within 15 s. */
  at(step: Step, signal: AbortSignal): Promise<void>;
}

const PATIENCE_MS = 15_000;
const ASK_AGAIN_MS = 4_000;

export function createKiller(deps: {
  discord: DiscordStandIn;
  replicate: ReplicateStandIn;
  bot: BotProcess;
  crowd: Crowd;
  chance: Chance;
  killed?: ((kill: Kill) => void) | undefined;
}): Killer {
  const { discord, replicate, bot, crowd, chance } = deps;
  const kills: Kill[] = [];
  const parts = new WeakMap<JournalEntry, Part | undefined>();
  const partOf = createParts();
  let armed: { step: Step; lateMs: number; hit: () => void } | undefined;

  const kill = (when: string, request?: JournalEntry) => {
    if (!bot.kill()) return;
    const done = { at: Date.now(), when, ...(request ? { request } : {}) };
    kills.push(done);
    deps.killed?.(done);
  };

  function see(moment: Moment, entry: JournalEntry): void {
    if (moment === "received") parts.set(entry, partOf(entry));
    if (armed?.step.moment !== moment || armed.step.part !== parts.get(entry)) return;
    const { step, lateMs, hit } = armed;
    armed = undefined;
    const now = () => {
      kill(step.name, entry);
      hit();
    };
    // Without any delay it happens while the request is still on its way into the stand-in.
    if (lateMs === 0) now();
    else void setTimeout(lateMs).then(now);
  }
  discord.watch(see);
  replicate.watch(see);

  const provoke = ({ wish }: Step) => (wish === "stop" ? void crowd.stopSomething() : void crowd.wish(wish));

  /** Asks for what leads there, until it was hit. */
  async function lure(step: Step, signal: AbortSignal): Promise<void> {
    await bot.ready(signal);
    while (!signal.aborted) {
      provoke(step);
      await setTimeout(ASK_AGAIN_MS, undefined, { signal });
    }
  }

  return {
    kills,
    async atRandom(signal) {
      const [from, to] = chance.pick([
        [50, 600],
        ...Array.from({ length: 5 }, () => [600, 1_800] as const),
        [2_000, 4_000],
      ]) as [number, number];
      await setTimeout(chance.between(from, to), undefined, { signal });
      kill("at random");
    },
    async at(step, signal) {
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const hit = new Promise<void>((resolve) => {
        armed = { step, lateMs: chance.between(0, step.lateMs), hit: resolve };
      });
      const luring = lure(step, until).catch((error: unknown) => {
        if (!until.aborted) throw error;
      });
      await Promise.race([hit, luring]).finally(() => over.abort());
      armed = undefined;
      signal.throwIfAborted();
      kill(`at random, not ${step.name}`);
    },
  };
}
