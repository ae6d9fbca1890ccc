import type { Exchange, OptionValue } from "../../../sandbox/discord/person.ts";
import { hurriedClock } from "../../../sandbox/hurried-clock.ts";
import { picture, tone } from "../../journeys/samples.ts";
import { startWorld, type World } from "../../journeys/world.ts";
import { judgeCredits } from "../replicate/judge.ts";
import type { DiscordFault } from "./fault.ts";
import {
  judgeLimits,
  judgeLog,
  judgeRuns,
  judgeShown,
  judgeStorms,
  judgeStruck,
  judgeTokens,
  shownTo,
  words,
} from "./judge.ts";

/** Every command, with a request that is answered when nothing goes wrong. */
const requests: Record<string, () => Promise<Record<string, OptionValue>>> = {
  imagine: async () => ({ prompt: "a lighthouse", seed: 7 }),
  upscale: async () => ({ image: { upload: await picture(48, 32) }, scale: 2 }),
  edit: async () => ({ image: { upload: await picture(48, 32) }, prompt: "make it winter", seed: 7 }),
  transcribe: async () => ({ audio: { upload: tone(2) } }),
  ask: async () => ({ prompt: "why is the sky blue?" }),
  usage: async () => ({}),
};
export const commands = Object.keys(requests);

/** How fast time passes once the answer is promised: 40 s of waiting are little more than one. */
const HURRY = 30;
const LONG_MS = 61_000;

/** A model that takes its time: so that there is something to edit, for something to happen meanwhile, or over a minute. */
const replicateOf = (command: string, { long, meanwhile }: DiscordFault) => ({
  pace: command === "ask" ? 1 : 0,
  coldBootMs: long ? LONG_MS : meanwhile ? 10_000 : 0,
});

/** Gives the command, and breaks what breaks meanwhile; time is hurried when Discord's three seconds are kept. */
async function ask(world: World, command: string, fault: DiscordFault): Promise<Exchange> {
  const options = { ...(await requests[command]?.()), ...(fault.private && { private: true }) };
  await fault.before?.(world.discord);
  for (const strike of fault.strikes ?? []) world.discord.faults.add(strike);
  const exchange = world.discord.people.member.command(command, options);
  await exchange.until(({ state }) => state !== "waiting");
  fault.meanwhile?.(world);
  return exchange;
}

/** Discord is well again, and the person looks what it cost. */
async function judgeCost(world: World, { shows, paid }: DiscordFault): Promise<void> {
  world.discord.faults.clear();
  world.discord.setChannel("open");
  await world.discord.connected();
  const shown = [...shownTo(world), ...shownTo(world, true)].map(({ content }) => content).join("\n");
  await judgeCredits(world, shows === "nothing" ? "" : shown, paid === true);
}

/** The whole bot on a Discord that goes wrong; the stand-ins' journals are the judges. */
export async function trial(command: string, fault: DiscordFault): Promise<void> {
  const clock = hurriedClock(1);
  const { discord = {} } = fault;
  const world = await startWorld({ clock, discord, replicate: replicateOf(command, fault) });
  try {
    if (command === "ask") world.replicate.script({ tokens: words.map((word) => `${word} `) });
    const exchange = await ask(world, command, fault);
    clock.hurry(HURRY);
    await world.finished(exchange);
    clock.hurry(1);
    judgeStruck(world, fault);
    judgeRuns(world);
    judgeTokens(world);
    judgeLimits(world, fault);
    judgeStorms(world);
    await judgeShown(world, command, fault);
    await judgeCost(world, fault);
    judgeLog(world, fault);
  } finally {
    await world.close();
  }
}
