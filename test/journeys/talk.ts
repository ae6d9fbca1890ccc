import { expect, it } from "vitest";
import type { SkippingClock } from "../../sandbox/skipping-clock.ts";
import type { Exchange, OptionValue, Person, Place, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { checkReplicateJournal } from "../sandbox/replicate/schema.ts";
import { startWorld, type World, type WorldOptions } from "./world.ts";

/** The world of the running test. */
export let world: World;
export const startIn = async (options: WorldOptions = {}) => {
  const { env, ...more } = options;
  world = await startWorld({ env: { DAILY_CREDITS: "5000", DM_DAILY_CREDITS: "5000", ...env }, ...more });
};

/** What Replicate got, in order. */
export const inputs = () => [...world.replicate.predictions.values()].map(({ input }) => input);
export const lastPrompt = () => inputs().at(-1)?.["prompt"];
export const answers = (text: string, times = 1) => world.replicate.script({ output: [text], times });

type Options = Record<string, OptionValue>;
export const ask = (prompt: string, options: Options = {}, place: Place = {}, person?: Person) =>
  world.finished((person ?? world.discord.people.member).command("ask", { prompt, ...options }, place));

export function only({ messages }: Pick<Exchange, "messages">): SeenMessage {
  const [message] = messages.slice(-1);
  if (!message) throw new Error("nothing is shown");
  return message;
}

export const press = (message: SeenMessage, label: string, person = world.discord.people.member) => {
  const customId = message.buttons.find((button) => button.label === label)?.customId;
  if (!customId) throw new Error(`No button ${label}: ${message.buttons.map((each) => each.label).join()}`);
  return world.finished(person.press(message, customId));
};

/** Presses Reply and sends the form. */
export async function reply(message: SeenMessage, prompt: string): Promise<Exchange> {
  const { member } = world.discord.people;
  return world.finished(member.submit(await press(message, "Reply"), { prompt }));
}

const transcript = (...said: [asked: string, answered: string][]) =>
  said.map(([asked, answered]) => `User: ${asked}\n\nAssistant: ${answered}\n\n`).join("");
export const after = (said: [asked: string, answered: string][], prompt: string) =>
  `${transcript(...said)}User: ${prompt}\n\nAssistant:`;

/** Skips time second by second, as a machine's clock would go, until this is done. */
export async function meanwhile<T>(clock: SkippingClock, done: Promise<T>): Promise<T> {
  let waiting = true;
  const over = done.finally(() => (waiting = false));
  while (waiting) {
    clock.skip(1_000);
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 5))]);
  }
  return over;
}

/** Nothing of all that broke a rule. */
export const checkJournals = () =>
  it("is valid on the wire, by the official schemas", () => {
    expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
    expect(checkReplicateJournal(world.replicate.journal)).toEqual([]);
  });
