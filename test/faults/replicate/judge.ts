import { expect } from "vitest";
import type { SeenMessage } from "../../../sandbox/discord/person.ts";
import type { World } from "../../journeys/world.ts";
import type { ReplicateFault } from "./fault.ts";

/** What the bot reads of one answer at the most. */
const MOST_BYTES = 100 * 2 ** 20;
/**
 * What a stand-in gets rid of beyond that before it hears that nobody reads: the kernel's buffers on both sides, which
 * grow to 4 MiB (tcp_wmem) and 6 to 32 MiB (tcp_rmem), and what both processes hold. As a rule it is some 5 MiB.
 */
const ON_THE_WAY_BYTES = 40 * 2 ** 20;

const isCreate = ({ method, path }: { method: string; path: string }) =>
  method === "POST" && path.endsWith("/predictions");

/** What must hold whatever goes wrong. */
export function judge(world: World, faults: readonly ReplicateFault[], sentence: boolean): void {
  judgeRuns(world, sentence);
  judgeWaits(world, faults);
  judgeToken(world);
  judgeBytes(world);
  judgeMentions(world);
}

/** One create a run, and one cancel. */
function judgeRuns({ replicate: { journal, predictions } }: World, sentence: boolean): void {
  expect(journal.filter((each) => isCreate(each) && each.status !== 429).length).toBeLessThanOrEqual(1);
  expect(predictions.size).toBeLessThanOrEqual(1);
  if (!sentence) expect(predictions.size).toBe(1);
  expect(journal.filter(({ path }) => path.endsWith("/cancel")).length).toBeLessThanOrEqual(1);
}

/** Who was told to wait waited. */
function judgeWaits({ replicate }: World, faults: readonly ReplicateFault[]): void {
  const waits = faults.map(({ waitMs = 0 }) => waitMs).filter((ms) => ms > 0);
  const creates = replicate.journal.filter(isCreate);
  if (waits.length === 0) return;
  for (const [index, { at }] of creates.slice(1).entries())
    expect(at - (creates[index]?.at ?? 0)).toBeGreaterThanOrEqual(Math.min(...waits) - 40);
}

/** The token stays with the API: not at another host, not at the streams, the files or Discord, not in the log. */
function judgeToken({ replicate, discord, log }: World): void {
  const hosts = new Set(replicate.journal.map(({ headers }) => headers["host"]));
  expect([...hosts]).toEqual([new URL(replicate.origin).host]);
  const elsewhere = [...replicate.journal.filter(({ path }) => !path.startsWith("/v1/")), ...discord.journal];
  expect(JSON.stringify(elsewhere)).not.toContain(replicate.token);
  expect(JSON.stringify(log)).not.toContain(replicate.token);
  expect(JSON.stringify(log)).not.toContain(discord.token);
}

/** No answer is read without an end. */
function judgeBytes({ replicate }: World): void {
  const most = MOST_BYTES + ON_THE_WAY_BYTES;
  const more = replicate.journal.filter(({ bytesSent }) => bytesSent > most);
  expect(more.map(({ path, bytesSent }) => ({ path, bytesSent }))).toEqual([]);
}

const said = (body: unknown) => (body ?? {}) as { allowed_mentions?: object; content?: string };

/** The one message that may mention somebody: its asker, after a long wait. */
function judgeMentions({ discord }: World): void {
  for (const { allowed_mentions: allowed, content = "" } of discord.journal.map(({ body }) => said(body)))
    if (allowed && !content.endsWith("Your answer is ready.")) expect(allowed).toEqual({ parse: [] });
}

/** What was charged is what the answer says, and nothing stays set aside. */
export async function judgeCredits(world: World, shown: string, paid = false): Promise<void> {
  const [usage] = (await world.finished(world.discord.people.member.command("usage"))).messages;
  expect(usage?.content).not.toContain("set aside");
  const used = /You have used (\S+) credit/.exec(usage?.content ?? "")?.[1];
  const says = [/-# .*· (\S+) credits? \(/, /This used (\S+) credit/, /^\*\*.* · (\S+) credits?( ·|$)/m];
  const charged = says.map((line) => line.exec(shown)?.[1]).find((each) => each !== undefined) ?? "0";
  if (paid) expect(used).not.toBe("0");
  else expect(used).toBe(charged);
}

const fetched = async (url: unknown) => Buffer.from(await (await fetch(String(url))).arrayBuffer());

/** What hangs on the answer is what the model made, to the last byte. */
export async function judgePicture({ replicate }: World, posted: SeenMessage["attachments"][0] | undefined) {
  replicate.faults.clear();
  const [made] = [...replicate.predictions.values()].map(({ output }) => [output].flat()[0]);
  expect((await fetched(posted?.url)).equals(await fetched(made))).toBe(true);
}

/** Whatever was on show was the beginning of what the model wrote, and at last all of it. */
export function judgeText({ discord }: World, text: string): void {
  const edits = discord.journal.map(({ body }) => said(body).content ?? "");
  const shown = edits
    .filter((content) => content.includes("sky blue?**"))
    .map((content) => content.split("\n").filter((line) => !line.startsWith("-# ")))
    .map(([, ...lines]) => lines.join("\n").trim());
  for (const each of shown) expect(text.slice(0, each.length)).toBe(each);
  expect(shown.at(-1)).toBe(text);
}
