import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Exchange, OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createJobs } from "../../src/services/jobs.ts";
import { openStore } from "../../src/services/store.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { answers, ask, inputs, only, press, startIn, world } from "./talk.ts";

afterEach(() => world.close());

const use = (command: string, options: Record<string, OptionValue> = {}) =>
  world.finished(world.discord.people.member.command(command, options));
const list = async () => only(await use("jobs"));
const linesOf = (message: SeenMessage) => message.content.split("\n");
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);

/** Chooses the job with this label from the list. */
const choosing = (message: SeenMessage, label: string) => {
  const [select] = message.selects;
  const value = select?.options.find((option) => option.label === label)?.value;
  if (!select || value === undefined) throw new Error(`nothing to choose as ${label}`);
  return world.discord.people.member.press(message, select.customId, [value]);
};
const choose = (message: SeenMessage, label: string) => world.finished(choosing(message, label));

/** What comes of it while something else still runs. */
async function shown(exchange: Exchange): Promise<SeenMessage> {
  await exchange.until(({ messages }) => messages.length === 1);
  return only(exchange);
}

const linkTo = ({ raw }: SeenMessage) =>
  `https://discord.com/channels/${world.discord.guild.id}/${raw.channel_id}/${raw.id}`;

/** An answer that never ends by itself. */
async function stuck(prompt: string) {
  world.replicate.script({ stuck: "processing" });
  const exchange = world.discord.people.member.command("imagine", { prompt });
  await exchange.until(({ messages }) => messages[0]?.buttons.length === 1);
  return exchange;
}

it("lists what one asked for, newest first: what, how it stands, when, what it cost, and where it is", async () => {
  await startIn();
  expect((await list()).content).toBe("You have asked for nothing lately.");
  answers("Paris.");
  const asked = only(await ask("Which *capital*?"));
  await ask("Between us", { private: true });
  world.replicate.script({ error: "CUDA out of memory (E1001)" });
  await use("imagine", { prompt: "a dog" });
  const running = await stuck("a cat");

  const message = await shown(world.discord.people.member.command("jobs"));
  expect(message).toMatchObject({ private: true, buttons: [] });
  const lines = linesOf(message);
  expect(lines.map((line) => line.replace(/<t:\d+:R>/, "when"))).toEqual([
    `**a cat** · running · when · 0 credits · ${linkTo(running.messages[0]!)}`,
    expect.stringMatching(/^\*\*a dog\*\* · failed · when · 0 credits/),
    expect.stringMatching(/^\*\*Between us\*\* · finished · when · [\d.]+ credits?$/),
    expect.stringMatching(/^\*\*Which \\\*capital\\\*\?\*\* · finished · when · [\d.]+ credits? · https/),
  ]);
  expect(lines[3]).toContain(linkTo(asked));
  expect(message.selects).toMatchObject([
    {
      placeholder: "Show one again, stop or delete it",
      options: [
        { label: "a cat", description: "running · 0 credits" },
        { label: "a dog", description: "failed · 0 credits" },
        { label: "Between us" },
        { label: "Which *capital*?" },
      ],
    },
  ]);
  await press(await shown(choosing(message, "a cat")), "Cancel");
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
});

it("has the ten latest, and one's own alone, also after a restart", async () => {
  await startIn({ env: { DAILY_CREDITS: "50000" } });
  const { other } = world.discord.people;
  for (let index = 0; index < 12; index++) {
    answers("Yes.");
    await ask(`Number ${index}? ${"#".repeat(60)}`, { new: true });
  }
  await world.finished(other.command("ask", { prompt: "Mine" }));
  await world.bot.stop();
  await world.restart();
  const message = await list();
  expect(message.selects[0]?.options.map(({ label }) => /\d+/.exec(label)?.[0])).toEqual(
    Array.from({ length: 10 }, (_, index) => `${11 - index}`),
  );
  expect(message.content).not.toContain("Mine");
  expect(message.content.length).toBeLessThanOrEqual(2_000);
  expect(linesOf(message).length).toBeGreaterThan(7);
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
}, 60_000);

it("one that runs can be cancelled from there, and nothing that was not made is charged", async () => {
  await startIn();
  const running = await stuck("a cat");
  const listing = await shown(world.discord.people.member.command("jobs"));
  const chosen = await shown(choosing(listing, "a cat"));
  expect(chosen).toMatchObject({ private: true });
  expect(labels(chosen)).toEqual(["Cancel", "Delete"]);
  await press(chosen, "Cancel");
  expect(only(running).content).toContain("Stopped.");
  expect((await list()).content).toMatch(/^\*\*a cat\*\* · stopped · .* · 0 credits/);
});

it("one that is still being written can be deleted from there: nothing of it stays, and nothing comes after", async () => {
  await startIn();
  const words = Array.from({ length: 1_500 }, (_, index) => `word${index} `);
  world.replicate.script({ tokens: words, stuck: "processing" });
  const growing = world.discord.people.member.command("ask", { prompt: "Write" });
  await growing.until(({ messages }) => messages.length > 1, 10_000);
  const listing = await shown(world.discord.people.member.command("jobs"));
  const chosen = await shown(choosing(listing, "Write"));
  await press(chosen, "Delete");
  expect(growing.messages).toEqual([]);
  expect(world.discord.people.other.sees()).toEqual([]);
  expect((await list()).content).toBe("You have asked for nothing lately.");
}, 60_000);

it("one that is finished is shown again as a whole, in private, with its buttons and files", async () => {
  await startIn();
  const drawn = only(await use("imagine", { prompt: "a cat", count: 2 }));
  answers("word ".repeat(900));
  await ask("Write");
  const message = await list();
  const chosen = only(await choose(message, "a cat"));
  expect(labels(chosen)).toEqual(["Show again", "Delete"]);
  const again = only(await press(chosen, "Show again"));
  expect(again).toMatchObject({ private: true, content: drawn.content });
  expect(again.attachments.map(({ name }) => name)).toEqual(drawn.attachments.map(({ name }) => name));
  expect(labels(again)).toEqual(labels(drawn));
  // They work there as they do under the answer itself.
  const larger = only(await press(again, "Upscale 2"));
  expect(larger).toMatchObject({ private: false });
  expect(larger.attachments).toHaveLength(1);

  const { messages } = await press(only(await choose(message, "Write")), "Show again");
  expect(messages.length).toBeGreaterThan(2);
  expect(messages.every((each) => each.private)).toBe(true);
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
});

it("whose files are gone is shown with its words and where the files may be", async () => {
  await startIn();
  const drawn = only(await use("imagine", { prompt: "a cat" }));
  world.replicate.faults.add({ method: "GET", path: /\.(png|webp)$/, status: 404, times: 9 });
  const again = only(await press(only(await choose(await list(), "a cat")), "Show again"));
  expect(again).toMatchObject({ private: true, attachments: [] });
  expect(again.content).toMatch(/^\*\*a cat\*\* · Mia\n/);
  expect(again.content).toContain(`The files are not kept any more; they may still be at ${linkTo(drawn)}`);
});

it("that failed says why again, and can be tried again from there", async () => {
  await startIn();
  world.replicate.script({ error: "CUDA out of memory (E1001)" });
  await use("imagine", { prompt: "a dog" });
  const again = only(await press(only(await choose(await list(), "a dog")), "Show again"));
  expect(again.private).toBe(true);
  expect(again.content).toMatch(/^⚠️ FLUX schnell failed \(E1001\)/);
  expect(only(await press(again, "Retry")).attachments).toHaveLength(1);
});

it("one that is deleted is gone from the list, from the channel, and for a list that is older", async () => {
  await startIn();
  const { member, other } = world.discord.people;
  await use("imagine", { prompt: "a dog" });
  await use("imagine", { prompt: "a cat" });
  const message = await list();
  const chosen = only(await choose(message, "a cat"));
  await press(chosen, "Delete");
  expect(other.sees().map(({ content }) => content.split("\n")[0])).toEqual(["**a dog** · Mia"]);
  expect(member.sees().some(({ id }) => id === chosen.id)).toBe(false);
  expect((await list()).content).toMatch(/^\*\*a dog\*\*[^\n]*$/);
  expect(only(await choose(message, "a cat")).content).toBe(
    "⚠️ This is too old: what it belongs to is not kept any more.",
  );
});

it("one that is deleted while it runs is stopped, paid for what it used, and forgotten", async () => {
  await startIn();
  await stuck("a cat");
  const listing = await shown(world.discord.people.member.command("jobs"));
  const chosen = await shown(choosing(listing, "a cat"));
  await press(chosen, "Delete");
  await world.bot.idle();
  expect([...world.replicate.predictions.values()].map(({ status }) => status)).toEqual(["canceled"]);
  expect(world.discord.people.other.sees()).toEqual([]);
  expect((await list()).content).toBe("You have asked for nothing lately.");
  expect(only(await use("usage")).content).toMatch(/^You have used 0 credits today and have 5,000 left/);
  expect(only(await use("usage")).content).not.toContain("set aside");
  await world.bot.stop();
  await world.restart();
  expect((await list()).content).toBe("You have asked for nothing lately.");
});

it("one that could not be brought waits there, and is delivered once it was shown", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replicord-kept-"));
  const url = `sqlite://${join(folder, "replicord.sqlite")}`;
  await startIn({ env: { DATABASE_URL: url } });
  answers("Paris.");
  await ask("Which capital?", { private: true });
  await world.bot.stop();
  const store = await openStore({ url, clock: systemClock });
  const [job] = await createJobs(store, 7).of(world.discord.people.member.id);
  await createJobs(store, 7).save({ ...job!, state: "kept" });
  await store.close();
  await world.restart();
  const waiting = await list();
  expect(waiting.content).toMatch(/^\*\*Which capital\?\*\* · waits for you here · /);
  const again = only(await press(only(await choose(waiting, "Which capital?")), "Show again"));
  expect(again).toMatchObject({ private: true });
  expect(again.content).toContain("Paris.");
  expect((await list()).content).toContain(" · finished · ");
  rmSync(folder, { recursive: true });
});

it("what nobody has said may run is not listed", async () => {
  await startIn();
  const question = only(await use("imagine", { prompt: "a cat", model: "flux-1.1-pro", count: 3 }));
  expect((await list()).content).toBe("You have asked for nothing lately.");
  await press(question, "Cancel");
  expect(inputs()).toEqual([]);
});
