import { expect } from "vitest";
import type { Exchange, OptionValue } from "../../../sandbox/discord/person.ts";
import { hurriedClock } from "../../../sandbox/hurried-clock.ts";
import { systemClock } from "../../../src/services/clock.ts";
import type { MediaSettings } from "../../../src/services/replicate/media.ts";
import { picture, tone } from "../../journeys/samples.ts";
import { startWorld, type World } from "../../journeys/world.ts";
import { pictures, type ReplicateFault } from "./fault.ts";
import { judge, judgeCredits, judgePicture, judgeText } from "./judge.ts";

/** Every command that runs a model, with a request that is answered when nothing goes wrong. */
const requests: Record<string, () => Promise<Record<string, OptionValue>>> = {
  imagine: async () => ({ prompt: "a lighthouse", seed: 7 }),
  upscale: async () => ({ image: { upload: await picture(48, 32) }, scale: 2 }),
  edit: async () => ({ image: { upload: await picture(48, 32) }, prompt: "make it winter", seed: 7 }),
  // Too long for a data URL, so it is uploaded.
  transcribe: async () => ({ audio: { upload: tone(20) } }),
  ask: async () => ({ prompt: "why is the sky blue?" }),
};
export const commands = Object.keys(requests);

/** Faster than the world, and slow enough for sockets: 30 s of looking for a lost run are one. */
const HURRY = 30;

const answers = ({ messages }: Exchange) => messages.map(({ content }) => content);

/** A private message that says what happened, and nothing beside it. */
const isSentence = ({ messages: [first, ...others] }: Exchange) =>
  others.length === 0 && first?.private === true && first.content.startsWith("⚠️ ");

const isStopped = (sentence = "") => /Stopped|took too long/.test(sentence);

/** What the person sees is what the fault says. */
async function judgeShown(world: World, command: string, exchange: Exchange, fault: ReplicateFault) {
  const shown = answers(exchange);
  if (fault.shows instanceof RegExp) {
    expect({ sentence: isSentence(exchange), shown }).toEqual({ sentence: true, shown: [shown[0]] });
    expect(shown[0]).toMatch(fault.shows);
    // Whatever failed is free; what was stopped may have used something.
    if (!isStopped(shown[0])) expect(shown[0]).toContain("\n-# Nothing was charged.");
  }
  if (fault.shows !== "answer") return;
  expect(shown.join("\n")).toMatch(/-# [\s\S]*credit/);
  if (pictures.includes(command)) await judgePicture(world, exchange.messages[0]?.attachments[0]);
  if (fault.writes !== undefined) judgeText(world, fault.writes);
}

/** The whole bot on a Replicate that goes wrong; the stand-ins' journals are the judges. */
export async function trial(command: string, faults: readonly ReplicateFault[]): Promise<void> {
  const world = await startWorld({
    clock: hurriedClock(HURRY),
    discord: { clock: systemClock },
    downloads: faults.reduce<MediaSettings>((all, { downloads }) => ({ ...all, ...downloads }), {}),
  });
  try {
    const options = await requests[command]?.();
    for (const fault of faults) fault.strike(world.replicate);
    const exchange = await world.finished(world.discord.people.member.command(command, options));
    expect(exchange.messages.every(({ thinking }) => !thinking)).toBe(true);
    judge(world, faults, isSentence(exchange));
    await judgeCredits(world, answers(exchange).join("\n"));
    const [only, ...others] = faults;
    if (only && others.length === 0) await judgeShown(world, command, exchange, only);
  } finally {
    await world.close();
  }
}
