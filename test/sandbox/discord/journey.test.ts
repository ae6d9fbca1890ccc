import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  PermissionsBitField,
  Routes,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiscordStandIn, startDiscord } from "../../../sandbox/discord/index.ts";
import { startBot } from "./bot.ts";
import { checkDiscordJournal } from "./schema.ts";

let discord: DiscordStandIn;
let client: Client;
let errors: Error[];
let answer: (interaction: Interaction) => unknown;

beforeEach(async () => {
  discord = await startDiscord();
  answer = () => undefined;
  ({ client, errors } = await startBot(discord, (interaction) => answer(interaction)));
});
afterEach(async () => {
  await client.destroy();
  await discord.close();
  const wrong = [...errors.map(String), ...checkDiscordJournal(discord.journal)];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
});

const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
const stop = () =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId("stop").setLabel("Stop").setStyle(ButtonStyle.Danger),
  );

describe("a discord.js bot on the stand-in", () => {
  it("defers, shows a file in the same message, and follows up", async () => {
    const image = await png(40, 30);
    answer = async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      await interaction.editReply({
        content: `A ${interaction.options.getString("prompt")}`,
        files: [{ attachment: image, name: "cat.png", description: "A cat" }],
        components: [stop()],
      });
      await interaction.followUp({
        content: `Done <@${interaction.user.id}>`,
        allowedMentions: { parse: [] },
      });
    };
    const { member, other } = discord.people;
    const asked = member.command("imagine", { prompt: "cat", count: 2 });
    expect(asked.state).toBe("waiting");
    await asked.until(({ messages }) => messages.length === 2);

    const [shown, followUp] = asked.messages;
    expect(shown).toMatchObject({ content: "A cat", private: false, thinking: false });
    expect(shown?.buttons).toEqual([{ label: "Stop", customId: "stop", disabled: false }]);
    expect(shown?.attachments).toMatchObject([
      { name: "cat.png", contentType: "image/png", bytes: image.length, description: "A cat" },
    ]);
    expect(shown?.raw.attachments[0]).toMatchObject({ width: 40, height: 30 });
    expect(followUp?.raw.mentions).toEqual([]);
    expect(other.sees().map(({ content }) => content)).toEqual(["A cat", followUp?.content]);
  });

  it("serves files whole, in part, and not at all", async () => {
    answer = (interaction) =>
      interaction.isRepliable() &&
      interaction.reply({ files: [{ attachment: Buffer.from("0123456789"), name: "a.txt" }] });
    const asked = discord.people.member.command("imagine", { prompt: "x" });
    await asked.until(({ messages }) => messages.length === 1);
    const url = asked.messages[0]?.attachments[0]?.url ?? "";

    const whole = await fetch(url);
    expect(await whole.text()).toBe("0123456789");
    expect(whole.headers.get("content-length")).toBe("10");
    const part = await fetch(url, { headers: { range: "bytes=2-4" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
      206,
      "bytes 2-4/10",
      "234",
    ]);
    const ranged = async (range: string) => {
      const answer = await fetch(url, { headers: { range } });
      return [answer.status, answer.headers.get("content-range"), await answer.text()];
    };
    expect(await ranged("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await ranged("bytes=8-99")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await ranged("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await ranged("bytes=10-")).toEqual([416, "bytes */10", ""]);
    expect(await ranged("bytes=0-1,4-5")).toEqual([200, null, "0123456789"]);
    expect((await fetch(`${url}x`)).status).toBe(404);
  });

  it("keeps a private answer to who asked", async () => {
    answer = (interaction) =>
      interaction.isRepliable() && interaction.reply({ content: "psst", flags: MessageFlags.Ephemeral });
    const asked = discord.people.member.command("imagine", { prompt: "x" });
    await asked.until(({ state }) => state === "answered");
    expect(asked.messages).toMatchObject([{ content: "psst", private: true }]);
    expect(discord.people.member.sees()).toHaveLength(1);
    expect(discord.people.other.sees()).toHaveLength(0);
  });

  it("makes the first follow-up after a deferral the answer, as private as the deferral was", async () => {
    answer = async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      await client.rest.post(`/webhooks/${interaction.applicationId}/${interaction.token}`, {
        body: { content: "refused", flags: 64 },
        auth: false,
      });
      await interaction.followUp({ content: "private", flags: MessageFlags.Ephemeral });
    };
    const asked = discord.people.member.command("imagine", { prompt: "x" });
    await asked.until(({ messages }) => messages.length === 2);
    expect(asked.messages).toMatchObject([
      { content: "refused", private: false, thinking: false },
      { content: "private", private: true },
    ]);
  });

  it("opens a form, and takes what was entered", async () => {
    answer = async (interaction) => {
      if (interaction.isChatInputCommand()) {
        const input = new TextInputBuilder()
          .setCustomId("prompt")
          .setStyle(TextInputStyle.Paragraph)
          .setValue("old");
        const label = new LabelBuilder().setLabel("Prompt").setTextInputComponent(input);
        await interaction.showModal(
          new ModalBuilder().setCustomId("vary").setTitle("Vary").addLabelComponents(label),
        );
      }
      if (!interaction.isModalSubmit()) return;
      channels.push(interaction.channelId);
      await interaction.reply(interaction.fields.getTextInputValue("prompt"));
    };
    const channels: unknown[] = [];
    const { log } = discord.channels;
    const asked = discord.people.member.command("imagine", { prompt: "x" }, { channel: log.id });
    await asked.until(({ modal }) => modal !== undefined);
    expect(asked.modal?.title).toBe("Vary");
    const kept = discord.people.member.submit(asked, {});
    const changed = discord.people.member.submit(asked, { prompt: "new" });
    await kept.until(({ messages }) => messages.length === 1);
    await changed.until(({ messages }) => messages.length === 1);
    expect([kept, changed].map(({ messages }) => messages[0]?.content)).toEqual(["old", "new"]);
    expect(channels).toEqual([log.id, log.id]);
  });

  it("updates the message whose button was pressed, at once or after a deferral", async () => {
    answer = async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply({ content: "0", components: [stop()] });
      if (!interaction.isButton()) return;
      if (interaction.message.content === "0") await interaction.update({ content: "1" });
      else {
        await interaction.deferUpdate();
        await interaction.editReply({ content: "2", components: [] });
      }
    };
    const asked = discord.people.member.command("imagine", { prompt: "x" });
    const shows = (content: string) => asked.until(({ messages }) => messages[0]?.content === content);
    const press = () => {
      const [message] = asked.messages;
      return message && discord.people.other.press(message, "stop");
    };
    await shows("0");
    press();
    await shows("1");
    press();
    await shows("2");
    expect(press).toThrow('Nothing to press as "stop"');
  });

  it("offers choices while somebody types", async () => {
    answer = (interaction) =>
      interaction.isAutocomplete() &&
      interaction.respond([{ name: `${interaction.options.getFocused()}!`, value: "flux" }]);
    const choices = await discord.people.member.complete("imagine", "model", "fl", { prompt: "x" });
    expect(choices).toEqual([{ name: "fl!", value: "flux" }]);
  });

  it("resolves users, roles and attachments of options", async () => {
    const seen: unknown[] = [];
    answer = async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      if (interaction.commandName === "quota") {
        seen.push(interaction.options.getSubcommand(), interaction.options.getUser("who")?.id);
        seen.push(
          interaction.options.getRole("role")?.name,
          interaction.memberPermissions?.has("ManageGuild"),
        );
      } else {
        const { name, width, contentType, size } = interaction.options.getAttachment("reference", true);
        seen.push({ name, width, contentType, size }, interaction.attachmentSizeLimit);
      }
      await interaction.reply("ok");
    };
    const { admin, member } = discord.people;
    const viewed = admin.command("quota view", {
      who: { user: member.id },
      role: { role: discord.roles.artists.id },
    });
    await viewed.until(({ state }) => state === "answered");
    expect(seen.splice(0)).toEqual(["view", member.id, "artists", true]);

    const data = await png(8, 8);
    const drawn = member.command("imagine", { prompt: "x", reference: { upload: { name: "r.png", data } } });
    await drawn.until(({ state }) => state === "answered");
    const reference = { name: "r.png", width: 8, contentType: "image/png", size: data.length };
    expect(seen).toEqual([reference, 10 * 2 ** 20]);
    expect(() => member.command("imagne", {})).toThrow('No command "imagne" is registered');
    expect(() => member.command("imagine", { promt: "x" })).toThrow('No option "promt" is registered');
  });

  it("resolves the channels of options, with what the asker and the bot may do there", async () => {
    const seen: unknown[] = [];
    answer = async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      seen.push((interaction.options.getChannel("where") as { name?: string } | null)?.name);
      await interaction.reply("ok");
    };
    const payloads: { data: { resolved: { channels: Record<string, Record<string, string>> } } }[] = [];
    const gateway = client.ws as unknown as { on(event: string, listener: (data: never) => void): void };
    gateway.on("INTERACTION_CREATE", (data) => void payloads.push(data));
    const { member, admin } = discord.people;
    const { log } = discord.channels;
    const where = { where: { channel: log.id } };
    await member.command("quota view", where).until(({ state }) => state === "answered");
    discord.setChannel("hidden", log.id);
    await admin.command("quota view", where).until(({ state }) => state === "answered");

    expect(seen).toEqual(["bot-log", "bot-log"]);
    const [open, hidden] = payloads.map(({ data }) => data.resolved.channels[log.id]);
    expect(open).toMatchObject({ id: log.id, type: 0, guild_id: discord.guild.id, parent_id: null });
    expect(open).not.toHaveProperty("permission_overwrites");
    const may = (permissions: string | undefined, name: "ViewChannel" | "ManageGuild") =>
      new PermissionsBitField(BigInt(permissions ?? 0)).has(name);
    expect([may(open?.["permissions"], "ManageGuild"), may(hidden?.["permissions"], "ManageGuild")]).toEqual([
      false,
      true,
    ]);
    expect([
      may(open?.["app_permissions"], "ViewChannel"),
      may(hidden?.["app_permissions"], "ViewChannel"),
    ]).toEqual([true, false]);
    expect(() => member.command("quota view", { where: { channel: "1" } })).toThrow("There is no channel 1");
    discord.setChannel("gone", log.id);
    expect(() => member.command("quota view", where)).toThrow("There is no channel");
  });

  it("posts into another channel, where people see it, ask and press", async () => {
    answer = async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply({ content: `asked in ${interaction.channelId}` });
      if (interaction.isButton())
        await interaction.update({ content: `stopped in ${interaction.channelId}`, components: [] });
    };
    const { member } = discord.people;
    const { log, general } = discord.channels;
    const heard: string[] = [];
    const stopListening = discord.posted(({ raw, content }) => heard.push(`${raw.channel_id} ${content}`));
    const post = (content: string) =>
      client.rest.post(Routes.channelMessages(log.id), {
        body: { content, components: [stop().toJSON()] },
      });
    await post("almost spent");
    const there = () => member.sees({ channel: log.id });
    expect(there().map(({ content }) => content)).toEqual(["almost spent"]);
    expect(member.sees()).toEqual([]);
    expect(await client.rest.get(Routes.channelMessages(log.id))).toMatchObject([{ channel_id: log.id }]);

    const [alert] = there();
    if (!alert) throw new Error("nothing was posted");
    member.press(alert, "stop");
    await expect.poll(() => there()[0]?.content).toBe(`stopped in ${log.id}`);
    const asked = member.command("imagine", { prompt: "x" }, { channel: log.id });
    await asked.until(({ messages }) => messages.length === 1);
    expect(asked.messages[0]?.content).toBe(`asked in ${log.id}`);
    await member.command("imagine", { prompt: "x" }).until(({ messages }) => messages.length === 1);
    expect(member.sees().map(({ content }) => content)).toEqual([`asked in ${general.id}`]);

    stopListening();
    await post("unheard");
    expect(heard).toEqual([`${log.id} almost spent`]); // not what answered somebody
  });

  it("runs message and user commands, also in direct messages", async () => {
    const seen: unknown[] = [];
    answer = async (interaction) => {
      if (interaction.isMessageContextMenuCommand()) {
        const { attachments, flags } = interaction.targetMessage;
        seen.push(
          attachments.first()?.duration,
          flags.has(MessageFlags.IsVoiceMessage),
          interaction.inGuild(),
        );
      }
      if (interaction.isUserContextMenuCommand()) seen.push(interaction.targetUser.username);
      if (interaction.isRepliable()) await interaction.reply({ content: "ok" });
    };
    const { member, other } = discord.people;
    const voice = { name: "voice-message.ogg", data: Buffer.from("OggS"), durationSecs: 3 };
    const used = member.use("Transcribe", member.post("", [voice], { dm: true }));
    await used.until(({ state }) => state === "answered");
    const usedOn = member.useOn("Usage of", other);
    await usedOn.until(({ state }) => state === "answered");
    expect(seen).toEqual([3, true, false, "oto"]);
    expect(member.sees({ dm: true })).toHaveLength(2);
    expect(other.sees({ dm: true })).toHaveLength(0);
  });

  it("knows who is offered which command", () => {
    const names = (person: typeof discord.people.admin) => discord.visibleTo(person).map(({ name }) => name);
    expect(names(discord.people.admin)).toContain("quota");
    expect(names(discord.people.member)).not.toContain("quota");
    expect(discord.commands().map(({ name }) => name)).toEqual([
      "imagine",
      "quota",
      "Transcribe",
      "Usage of",
    ]);
  });
});
