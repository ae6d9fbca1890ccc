import {
  type AnyInteractionGateway,
  ApplicationCommandTypes,
  ButtonStyles,
  Client,
  ComponentTypes,
  type MessageActionRow,
  MessageFlags,
} from "oceanic.js";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiscordStandIn, startDiscord } from "../../../sandbox/discord/index.ts";
import { checkDiscordJournal } from "./schema.ts";

/*
 * Another library than the bot's. It was written by others against the real Discord and takes less for granted, so it
 * finds what the stand-in gets wrong and discord.js forgives.
 */

let discord: DiscordStandIn;
let client: Client;
let answer: (interaction: AnyInteractionGateway) => Promise<unknown>;
const errors: string[] = [];
const answering: Promise<unknown>[] = [];

const paint = { type: ApplicationCommandTypes.CHAT_INPUT, name: "paint", description: "Draws" } as const;

beforeEach(async () => {
  discord = await startDiscord();
  client = new Client({
    auth: `Bot ${discord.token}`,
    rest: { baseURL: `${discord.apiUrl}/v10` },
    gateway: { intents: ["GUILDS", "GUILD_MESSAGES"] },
  });
  client.on("error", (error) => errors.push(String(error)));
  client.on("interactionCreate", (interaction) => {
    answering.push(answer(interaction).catch((error: unknown) => errors.push(String(error))));
  });
  const ready = new Promise<void>((resolve) => void client.once("ready", resolve));
  await client.connect();
  await ready;
  await client.application.bulkEditGlobalCommands([paint]);
  await discord.connected();
});

afterEach(async () => {
  await Promise.all(answering.splice(0));
  client.disconnect(false);
  await discord.close();
  const wrong = [...errors.splice(0), ...checkDiscordJournal(discord.journal)];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
});

const png = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: "teal" } })
    .png()
    .toBuffer();

const stop: MessageActionRow = {
  type: ComponentTypes.ACTION_ROW,
  components: [{ type: ComponentTypes.BUTTON, style: ButtonStyles.DANGER, label: "Stop", customID: "stop" }],
};

describe("a client that is no discord.js", () => {
  it("logs in and sees the server", async () => {
    expect(discord.gateway).toMatchObject({ identifies: 1, sessions: [{ connected: true }] });
    expect(client.user.username).toBe("replicord");
    expect(await client.rest.oauth.getApplication()).toMatchObject({ id: discord.applicationId });
    const guild = client.guilds.get(discord.guild.id);
    expect(guild?.roles.map(({ name }) => name)).toEqual(["@everyone", "artists", "admins", "Replicord"]);
  });

  it("defers, shows a file in the same message, and follows up in private", async () => {
    const image = await png();
    answer = async (interaction) => {
      if (!interaction.isCommandInteraction()) return;
      await interaction.defer();
      await interaction.editOriginal({ content: "A cat", files: [{ name: "cat.png", contents: image }] });
      await interaction.createFollowup({ content: "Only for you", flags: MessageFlags.EPHEMERAL });
    };
    const { member, other } = discord.people;
    const asked = member.command("paint");
    await asked.until(({ messages }) => messages.length === 2);
    expect(asked.messages).toMatchObject([
      {
        content: "A cat",
        private: false,
        attachments: [{ name: "cat.png", contentType: "image/png", bytes: image.length }],
      },
      { content: "Only for you", private: true },
    ]);
    expect(other.sees().map(({ content }) => content)).toEqual(["A cat"]);
  });

  it("hears of a button and changes the message", async () => {
    answer = async (interaction) => {
      if (interaction.isCommandInteraction())
        await interaction.createMessage({ content: "Working", components: [stop] });
      if (interaction.isComponentInteraction()) {
        await interaction.deferUpdate();
        await interaction.editOriginal({ content: `Stopped ${interaction.data.customID}`, components: [] });
      }
    };
    const { member } = discord.people;
    const asked = member.command("paint");
    await asked.until(({ messages }) => messages.length === 1);
    const [message] = asked.messages;
    if (!message) throw new Error("nothing is shown");
    await member.press(message, "stop").until(({ state }) => state === "answered");
    await asked.until(({ messages }) => messages[0]?.content === "Stopped stop");
    expect(asked.messages[0]?.buttons).toEqual([]);
  });
});
