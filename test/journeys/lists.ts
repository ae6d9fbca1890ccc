import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import type { Exchange, OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import type { Script } from "../../sandbox/replicate/index.ts";
import { only, press, startIn, world } from "./talk.ts";
import type { WorldOptions } from "./world.ts";

export const use = (command: string, options: Record<string, OptionValue>) =>
  world.finished(world.discord.people.member.command(command, options));

export const upload = (text: string, name = "prompts.txt") => ({
  upload: { name, data: new TextEncoder().encode(text) },
});
export const boats = (count: number, bad: readonly number[] = []) =>
  Array.from(
    { length: count },
    (_, index) => `boat ${index + 1}${bad.includes(index + 1) ? " nude" : ""}`,
  ).join("\n");
export const batch = (text: string, options: Record<string, OptionValue> = {}, name?: string) =>
  use("batch", { file: upload(text, name), ...options });

/** What the safety filter of a model does. */
const filter = (_model: string, { prompt }: Record<string, unknown>): Script | undefined =>
  /nude/.test(String(prompt)) ? { error: "NSFW content detected", status: "failed" } : undefined;
/** Many messages meet their channel's limit, which takes seconds. */
export const start = (options: WorldOptions = {}) =>
  startIn({ clock: hurriedClock(4), replicate: { direct: filter }, ...options });

export const run = async (question: Exchange) => press(only(question), "Run");
export const names = ({ messages }: Exchange) =>
  messages.flatMap(({ attachments }) => attachments.map(({ name }) => name));
export const sentence = (exchange: Exchange) => only(exchange).content.split("\n")[0];
export const usage = async () => only(await use("usage", {})).content;
export const rows = ({ content }: SeenMessage) => /```\n([^]*?)\n```/.exec(content)?.[1]?.split("\n") ?? [];
export const credits = (count: number) => new RegExp(`You have used ${count} credits today`);
