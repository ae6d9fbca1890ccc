import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createGuilds, type GuildSettings } from "../../src/services/guilds.ts";
import { openStore } from "../../src/services/store.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { picture } from "./samples.ts";
import { ask, only, press, startIn, world } from "./talk.ts";
import type { OptionValue, Person } from "../../sandbox/discord/person.ts";

afterEach(async () => {
  await world.close();
  const wrong = checkDiscordJournal(world.discord.journal);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
});

type Options = Record<string, OptionValue>;
const use = (person: Person, command: string, options: Options = {}) =>
  world.finished(person.command(command, options));
const said = async (person: Person, command: string, options: Options = {}) =>
  only(await use(person, command, options)).content;

/** What the bot posted in the alert channel. */
const posted = () =>
  world.discord.people.admin.sees({ channel: world.discord.channels.log.id }).map(({ content }) => content);

const alertsIn = (channel: string): Options => ({ "alert-channel": { channel } });

const NOT_ALLOWED = "⚠️ Only those who manage this server, or have one of its admin roles, can do that.";

it("a change is told in the alert channel, in order, and pings nobody", async () => {
  await startIn();
  const { admin, member } = world.discord.people;
  await use(admin, "quota settings", alertsIn(world.discord.channels.log.id));
  for (const credits of ["1", "2", "3", "4", "5", "6", "7"])
    await use(admin, "quota grant", { user: { user: member.id }, credits });
  await expect.poll(posted, { timeout: 15_000 }).toHaveLength(8);
  expect(posted()[0]).toBe(
    `**Ada**: Changes and warnings are now posted in <#${world.discord.channels.log.id}>.`,
  );
  expect(posted().map((text) => /got (\d)/.exec(text)?.[1])).toEqual([
    undefined,
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
  ]);
  const sent = world.discord.journal.filter(
    ({ method, path }) => method === "POST" && path.endsWith("/messages"),
  );
  for (const { body } of sent) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  expect(sent.length).toBeGreaterThanOrEqual(8);
}, 30_000);

it("an alert channel that can't be written to is a line in the log, and nothing else", async () => {
  await startIn();
  const { admin } = world.discord.people;
  await use(admin, "quota settings", alertsIn(world.discord.channels.log.id));
  await expect.poll(posted).toHaveLength(1);
  world.discord.setChannel("read-only", world.discord.channels.log.id);
  expect(await said(admin, "quota budget", { usd: "5" })).toBe("This server's budget is now $5.00 a month.");
  const warnings = () => world.log.filter(({ msg }) => msg === "The alert channel could not be written to");
  await expect.poll(warnings).toHaveLength(1);
});

it("a budget that comes to its end is told, and stops what it has no room for", async () => {
  await startIn();
  const { admin } = world.discord.people;
  await use(admin, "quota settings", alertsIn(world.discord.channels.log.id));
  await use(admin, "quota budget", { usd: "0.01" });
  for (const picture of ["one", "two", "three"]) await use(admin, "imagine", { prompt: picture });
  await expect.poll(posted).toHaveLength(3);
  expect(posted()[2]).toMatch(/^This server has used \$0\.009, which is over 80 % of its budget of \$0\.01/);
  expect(await said(admin, "imagine", { prompt: "four" })).toMatch(
    /^⚠️ This may cost more than what is left of this server's budget .* begins <t:\d+:R>\.\n-# Nothing was charged\.$/,
  );
  expect(world.replicate.predictions.size).toBe(3);
  const warned = world.log.filter(({ msg }) => msg === "A budget comes to its end");
  expect(warned).toMatchObject([{ percent: 80, spent: "$0.009", limit: "$0.01" }]);
});

it("a member whom Discord lets use the command changes nothing, unless an admin role says so", async () => {
  await startIn();
  const { admin, member, other } = world.discord.people;
  const set = { target: { user: member.id }, credits: "unlimited" };
  for (const command of ["quota set", "quota pause", "quota settings", "quota report", "models list"])
    expect(await said(member, command, command === "quota set" ? set : {})).toBe(NOT_ALLOWED);
  const role = world.discord.roles.artists.id;
  await use(admin, "quota settings", { "add-admin-role": { role } });
  expect(await said(member, "quota set", set)).toBe("**Mia** now has unlimited credits.");
  expect(await said(other, "quota set", set)).toBe(NOT_ALLOWED);
  // But not who else may.
  expect(await said(member, "quota settings", { "add-admin-role": { role } })).toBe(NOT_ALLOWED);
  await use(admin, "quota settings", { "remove-admin-role": { role } });
  expect(await said(member, "quota set", set)).toBe(NOT_ALLOWED);
});

it("a pause takes effect at once, also on what waits, and costs nothing", async () => {
  await startIn({ env: { MAX_RUNS: "2" } });
  const { admin, member } = world.discord.people;
  world.replicate.script({ stuck: "processing" });
  world.replicate.script({ stuck: "starting" });
  const works = member.command("imagine", { prompt: "works" });
  await works.until(({ messages }) => messages.some(({ content }) => content.includes("working")));
  const queued = member.command("imagine", { prompt: "has no machine yet" });
  await expect.poll(() => world.replicate.predictions.size).toBe(2);
  const inLine = member.command("imagine", { prompt: "waits here" });
  await inLine.until(({ messages }) => messages.some(({ content }) => content.includes("line")));

  await admin.command("quota pause").until(({ messages }) => messages.length > 0);
  const isEnded = ({ messages }: typeof queued) => messages.at(-1)?.content.includes("stopped") ?? false;
  for (const waiting of [queued, inLine]) {
    await waiting.until(isEnded, 5_000);
    expect(only(waiting).content).toBe(
      "⚠️ Everything is stopped in this server for now by its admins. Try again later.\n-# Nothing was charged.",
    );
  }
  expect(only(works).content).toContain("working");
  const refused = member.command("imagine", { prompt: "new" });
  await refused.until(({ messages }) => messages.length > 0);
  expect(only(refused).content).toContain("Everything is stopped in this server");
  // What never left this bot was never created, and what waited at Replicate is cancelled.
  expect(world.replicate.predictions.size).toBe(2);
  const states = [...world.replicate.predictions.values()].map(({ status }) => status);
  expect(states).toEqual(["processing", "canceled"]);

  await admin.command("quota resume").until(({ messages }) => messages.length > 0);
  const stop = works.messages[0]?.buttons.find(({ label }) => label === "Stop")?.customId ?? "";
  await member.press(only(works), stop).until(({ state }) => state === "answered");
  await world.bot.idle();
  expect(only(await press(only(inLine), "Retry")).attachments).toHaveLength(1);
});

it("what waited when the bot stopped does not run after it starts into a pause", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replicord-paused-"));
  const url = `sqlite://${join(folder, "replicord.sqlite")}`;
  await startIn({ env: { MAX_RUNS: "1", DATABASE_URL: url } });
  const { member } = world.discord.people;
  world.replicate.script({ stuck: "processing" });
  const works = member.command("imagine", { prompt: "works" });
  await works.until(({ messages }) => messages.some(({ content }) => content.includes("working")));
  const waits = member.command("imagine", { prompt: "waits" });
  await waits.until(({ messages }) => messages.some(({ content }) => content.includes("line")));
  await world.bot.stop();
  const store = await openStore({ url });
  const stopped = (settings: GuildSettings) => ({ ...settings, paused: true });
  await createGuilds(store).change(world.discord.guild.id, stopped);
  await store.close();

  await world.restart();
  const stop = works.messages[0]?.buttons.find(({ label }) => label === "Stop")?.customId ?? "";
  await member.press(only(works), stop).until(({ state }) => state === "answered");
  await world.bot.idle();
  expect(only(waits).content).toMatch(
    /^⚠️ Everything is stopped in this server.*\n-# Nothing was charged\.$/,
  );
  expect(world.replicate.predictions.size).toBe(1);
  rmSync(folder, { recursive: true });
});

it("those who run the bot stop everything everywhere, direct messages too", async () => {
  await startIn({ settings: ({ people }) => ({ OPERATOR_IDS: people.member.id }) });
  const operator = world.discord.people.member;
  expect(await said(operator, "quota pause", { everywhere: true })).toContain("wherever this bot is");
  expect(only(await ask("hi", {}, { dm: true }, world.discord.people.other)).content).toBe(
    "⚠️ Everything is stopped for now by those who run this bot. Try again later.\n-# Nothing was charged.",
  );
  await use(operator, "quota resume", { everywhere: true });
  expect(only(await ask("hi", {}, { dm: true })).content).not.toContain("stopped");
});

it("so many answers are on the way at once, and then a sentence", async () => {
  await startIn({ env: { JOBS_AT_ONCE: "2" } });
  const { member, other } = world.discord.people;
  for (let count = 0; count < 3; count++) world.replicate.script({ stuck: "processing" });
  const asked = ["one", "two"].map((prompt) => member.command("imagine", { prompt }));
  await Promise.all(
    asked.map((each) => each.until(({ messages }) => (messages[0]?.buttons.length ?? 0) > 0)),
  );
  const third = member.command("imagine", { prompt: "three" });
  await third.until(({ messages }) => messages.length > 0);
  expect(only(third).content).toBe(
    "⚠️ You have 2 answers on the way already, and more at once is not possible. Wait until one is there, or stop one with `/jobs`.\n-# Nothing was charged.",
  );
  await other.command("imagine", { prompt: "mine" }).until(({ messages }) => messages.length > 0);
  for (const exchange of asked) {
    const stop = exchange.messages[0]?.buttons.find(({ label }) => label === "Stop")?.customId ?? "";
    await member.press(only(exchange), stop).until(({ state }) => state === "answered");
    await exchange.until(({ messages }) => messages[0]?.content.includes("Stopped") ?? false);
  }
  const next = member.command("imagine", { prompt: "four" });
  await next.until(({ messages }) => messages[0]?.attachments.length === 1, 10_000);
  await world.bot.stop();
});

it("a model that is denied is neither offered nor run, and another default is what runs", async () => {
  await startIn();
  const { admin, member } = world.discord.people;
  const offered = async () => (await member.complete("imagine", "model", "flux")).map(({ value }) => value);
  expect(await offered()).toContain("flux-dev");
  await use(admin, "models deny", { model: "flux-dev" });
  expect(await offered()).not.toContain("flux-dev");
  expect(await said(member, "imagine", { prompt: "x", model: "flux-dev" })).toMatch(
    /^⚠️ FLUX dev may not be used in this server\. You can use `flux-schnell`, /,
  );
  await use(admin, "models default", { command: "imagine", model: "sdxl" });
  expect(only(await use(member, "imagine", { prompt: "x" })).content).toContain("Stable Diffusion XL");
  expect(
    only(await world.finished(member.command("imagine", { prompt: "x" }, { dm: true }))).content,
  ).toContain("FLUX schnell");
});

it("a model that is denied does not step in for another one either", async () => {
  await startIn();
  const { admin, member } = world.discord.people;
  await use(admin, "models deny", { model: "claude-sonnet-5" });
  const image = { upload: await picture() };
  expect(await said(member, "ask", { prompt: "What is this?", image })).toBe(
    "⚠️ Claude Sonnet 5 may not be used in this server.\n-# Nothing was charged.",
  );
});

it("a report has its table and its file, and the Apps menu of a person shows their quota", async () => {
  await startIn();
  const { admin, member } = world.discord.people;
  await use(member, "imagine", { prompt: "a cat" });
  const report = only(await use(admin, "quota report"));
  expect(report).toMatchObject({
    private: true,
    attachments: [{ name: expect.stringMatching(/^replicord-report-[-\d]+\.csv$/) }],
  });
  expect(report.content).toMatch(/Used in the latest 7 days: \*\*3 credits\*\* \(\$0\.003\)/);
  expect(report.content).toMatch(/\d{4}-\d\d-\d\d \| imagine \| Mia +\| 1 +\| 3 /);
  const menu = only(await world.finished(admin.useOn("Quota", member)));
  expect(menu.content).toMatch(/^\*\*Mia\*\* has 5,000 credits a day .* used 3 credits today: 4,997 left\./);
  expect(only(await world.finished(member.useOn("Quota", admin))).content).toBe(NOT_ALLOWED);
});
