import { afterEach, beforeEach, expect, it } from "vitest";
import { type DiscordStandIn, startDiscord } from "../../../sandbox/discord/index.ts";
import { slashCommands } from "./bot.ts";
import { checkDiscordJournal } from "./schema.ts";
import { wire } from "./wire.ts";

let discord: DiscordStandIn;
let rest: ReturnType<typeof wire>;
beforeEach(async () => {
  discord = await startDiscord();
  rest = wire(discord);
});
afterEach(() => discord.close());

it("catches what a bot sends wrongly", async () => {
  await rest.send({ content: "x".repeat(2001) });
  await rest.send({ embeds: [{ title: 7 }] });
  await rest.register(slashCommands);
  const asked = discord.people.member.command("imagine", { prompt: "x" });
  await rest.callback(asked, {
    type: 4,
    data: { components: [{ type: 1, components: [{ type: 2, style: 1, custom_id: "" }] }] },
  });
  const violations = checkDiscordJournal(discord.journal);
  expect(violations[0]).toContain("request content: ");
  expect(violations[1]).toContain("request embeds.0.title: ");
  expect(violations[2]).toContain("request data.components.0.components.0.custom_id: ");
});

it("catches what a stand-in would answer wrongly", async () => {
  await rest.call("GET", "/users/@me");
  const [entry] = discord.journal;
  if (entry) entry.response = { ...(entry.response as object), id: 7 };
  expect(checkDiscordJournal(discord.journal)).toEqual([expect.stringContaining("response id: ")]);
});

it("names a route that has no schema", async () => {
  await rest.call("GET", "/voice/regions");
  expect(checkDiscordJournal(discord.journal)).toEqual([
    "GET /voice/regions: there is no schema for this route",
  ]);
});
