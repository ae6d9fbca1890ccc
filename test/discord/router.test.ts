import { Client, GatewayDispatchEvents, type APIInteraction } from "discord.js";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answeringCommand,
  type Command,
  defineCommand,
  defineUserCommand,
} from "../../src/commands/command.ts";
import { channel, optional, person, role } from "../../src/commands/options.ts";
import { createAccess } from "../../src/discord/access.ts";
import { commandsByName } from "../../src/discord/commands-by-name.ts";
import { register } from "../../src/discord/register.ts";
import { createResponses } from "../../src/discord/responses.ts";
import { createRouter } from "../../src/discord/router.ts";
import { systemClock as clock } from "../../src/services/clock.ts";
import { createGuilds } from "../../src/services/guilds.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import { type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";

/** Says as text what it was given. */
const standing = answeringCommand({
  name: "standing",
  description: "Says who was meant",
  options: { whom: person("Who") },
  answer: async ({ options }) => ({ text: JSON.stringify(options.whom) }),
});
const commands: Command[] = [
  defineUserCommand({ name: "Standing of", option: "whom", manager: true, body: standing }),
  defineUserCommand({ name: "Wave at", option: "whom", manager: false, body: standing }),
  defineCommand({
    name: "place",
    description: "Says which channel and role were meant",
    options: { where: channel("Where"), whose: optional(role("Whose")) },
    answer: async ({ options }) => ({ text: JSON.stringify(options) }),
  }),
];

let discord: DiscordStandIn;
let client: Client;
let store: Store;
beforeEach(async () => {
  store = await openStore({ url: "sqlite://:memory:" });
  discord = await startDiscord();
  client = new Client({ intents: [], rest: { api: discord.apiUrl } });
  const router = createRouter({
    commands: commandsByName(commands),
    responses: createResponses({ rest: client.rest, clock }),
    // Commands that answer at once ask nothing of what brings the answers of others.
    services: {} as never,
    delivery: {} as never,
    recover: () => undefined,
    access: createAccess({
      guilds: createGuilds(store),
      models: { ask: "a", imagine: "b", transcribe: "c" },
      allowedGuilds: undefined,
      operators: [],
    }),
    confirmAbove: undefined,
    clock,
    log: pino({ level: "silent" }),
  });
  const gateway = client.ws as unknown as {
    on(event: string, listener: (data: APIInteraction) => void): void;
  };
  gateway.on(GatewayDispatchEvents.InteractionCreate, (interaction) => void router.handle(interaction));
  await client.login(discord.token);
  await register(client.rest, discord.applicationId, commands);
  await discord.connected();
});
afterEach(async () => {
  await client.destroy();
  await discord.close();
  await store.close();
  const wrong = checkDiscordJournal(discord.journal);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
});

type Asked = ReturnType<DiscordStandIn["people"]["admin"]["command"]>;

/** What the asker, and nobody else, was answered. */
async function answerTo(asked: Asked): Promise<string> {
  await asked.until(({ state }) => state === "answered");
  expect(asked.messages).toMatchObject([{ private: true }]);
  return asked.messages[0]?.content ?? "";
}
/** What was answered, without the marks that keep it from being read as Markdown. */
const given = async (asked: Asked): Promise<unknown> =>
  JSON.parse((await answerTo(asked)).replaceAll("\\", ""));

describe("a user command", () => {
  it("gets the person, with their roles here", async () => {
    const { admin, member } = discord.people;
    expect(await given(admin.useOn("Standing of", member))).toEqual({
      id: member.id,
      kind: "person",
      name: "Mia",
      roles: [discord.roles.artists.id],
    });
  });

  it("for managers is for them only, however the server shows it", async () => {
    const { member, other } = discord.people;
    expect(discord.visibleTo(member).map(({ name }) => name)).toEqual(["place", "Wave at"]);
    expect(await answerTo(member.useOn("Standing of", other))).toContain("Only those who manage this server");
    expect(await given(member.useOn("Wave at", other))).toMatchObject({ name: "Oto", roles: [] });
  });

  it("for managers is for servers only", async () => {
    const { admin, member } = discord.people;
    const asked = admin.useOn("Standing of", member, { dm: true });
    expect(await answerTo(asked)).toContain("This works in a server only");
  });

  it("that is no longer there says so", async () => {
    const { rest } = client;
    await register(rest, discord.applicationId, [
      defineUserCommand({ name: "Old", option: "whom", manager: false, body: standing }),
    ]);
    const { admin, member } = discord.people;
    expect(await answerTo(admin.useOn("Old", member))).toContain("This is too old");
  });
});

describe("options", () => {
  it("that are channels and roles come with their names", async () => {
    const { log } = discord.channels;
    const { artists } = discord.roles;
    const values = { where: { channel: log.id }, whose: { role: artists.id } };
    expect(await given(discord.people.member.command("place", values))).toEqual({
      where: { id: log.id, name: "bot-log" },
      whose: { id: artists.id, kind: "role", name: "artists", roles: [] },
    });
  });

  it("are registered once, as Discord keeps them", async () => {
    expect(await register(client.rest, discord.applicationId, commands)).toBe(false);
  });
});
