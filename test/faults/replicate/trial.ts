import { expect } from "vitest";
import { hurriedClock } from "../../../sandbox/hurried-clock.ts";
import type { OptionValue } from "../../../sandbox/discord/person.ts";
import { systemClock } from "../../../src/services/clock.ts";
import { picture, tone } from "../../journeys/samples.ts";
import { startWorld, type World } from "../../journeys/world.ts";
import type { ReplicateFault } from "./faults.ts";

/** Every command that runs a model, with a request that is answered when nothing goes wrong. */
const requests: Record<string, () => Promise<Record<string, OptionValue>>> = {
  imagine: async () => ({ prompt: "a lighthouse", seed: 7 }),
  upscale: async () => ({ image: { upload: await picture(48, 32) }, scale: 2 }),
  transcribe: async () => ({ audio: { upload: tone(1) } }),
  ask: async () => ({ prompt: "why is the sky blue?" }),
};
export const commands = Object.keys(requests);

/** Faster than the world, and slow enough for sockets: 30 s of looking for a lost run are one. */
const HURRY = 30;

/** The whole bot on a Replicate that goes wrong; the stand-ins' journals are the judges. */
export async function trial(command: string, faults: readonly ReplicateFault[]): Promise<void> {
  const clock = hurriedClock(HURRY);
  const world = await startWorld({ clock, discord: { clock: systemClock } });
  try {
    const options = await requests[command]?.();
    for (const fault of faults) fault.strike(world.replicate);
    const exchange = await world.finished(world.discord.people.member.command(command, options));
    const { messages } = exchange;
    const [first] = messages;
    const sentence = messages.length === 1 && first?.private === true && first.content.startsWith("⚠️ ");
    const [fault] = faults;
    if (faults.length === 1 && fault?.shows === "answer")
      expect(messages.map(({ content }) => content).join("\n")).toMatch(/-# [\s\S]*credit/);
    if (faults.length === 1 && fault?.shows instanceof RegExp) {
      expect({ sentence, shown: messages.map(({ content }) => content) }).toEqual({
        sentence: true,
        shown: [first?.content],
      });
      expect(first?.content).toMatch(fault.shows);
    }
    expect(messages.every(({ thinking }) => !thinking)).toBe(true);
    judge(world, faults, sentence);
    await judgeCredits(world, messages.map(({ content }) => content).join("\n"));
  } finally {
    await world.close();
  }
}

function judge(
  { replicate, discord, log }: World,
  faults: readonly ReplicateFault[],
  sentence: boolean,
): void {
  const creates = replicate.journal.filter(
    ({ method, path }) => method === "POST" && path.endsWith("/predictions"),
  );
  const repeated = creates.filter(({ status }) => status !== 429);
  expect(repeated.length).toBeLessThanOrEqual(1);
  expect(replicate.predictions.size).toBeLessThanOrEqual(1);
  if (!sentence) expect(replicate.predictions.size).toBe(1);
  for (const [index, { at }] of creates.slice(1).entries()) {
    const waits = faults.map(({ waitMs = 0 }) => waitMs).filter((ms) => ms > 0);
    if (waits.length > 0)
      expect(at - (creates[index]?.at ?? 0)).toBeGreaterThanOrEqual(Math.min(...waits) - 40);
  }
  expect(replicate.journal.filter(({ path }) => path.endsWith("/cancel")).length).toBeLessThanOrEqual(1);
  // The token stays with the API: not at the streams, not at the files, not at Discord, not in the log.
  const elsewhere = [...replicate.journal.filter(({ path }) => !path.startsWith("/v1/")), ...discord.journal];
  expect(JSON.stringify(elsewhere)).not.toContain(replicate.token);
  expect(JSON.stringify(log)).not.toContain(replicate.token);
  expect(JSON.stringify(log)).not.toContain(discord.token);
  for (const { body } of discord.journal) {
    const { allowed_mentions: allowed, content = "" } = (body ?? {}) as {
      allowed_mentions?: object;
      content?: string;
    };
    // The one message that may mention somebody: its asker, after a long wait.
    if (allowed && !content.endsWith("Your answer is ready.")) expect(allowed).toEqual({ parse: [] });
  }
}

/** What was charged is what the answer says, and nothing stays set aside. */
async function judgeCredits(world: World, shown: string): Promise<void> {
  const [usage] = (await world.finished(world.discord.people.member.command("usage"))).messages;
  expect(usage?.content).not.toContain("set aside");
  const used = /You have used (\S+) credit/.exec(usage?.content ?? "")?.[1];
  const said =
    /-# .*· (\S+) credits? \(/.exec(shown)?.[1] ?? /This used (\S+) credit/.exec(shown)?.[1] ?? "0";
  expect(used).toBe(said);
}
