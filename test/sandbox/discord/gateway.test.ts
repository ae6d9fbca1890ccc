import { Client, Events, GatewayIntentBits } from "discord.js";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type DiscordStandIn, startDiscord } from "../../../sandbox/discord/index.ts";
import { startBot } from "./bot.ts";

let discord: DiscordStandIn;
beforeEach(async () => {
  discord = await startDiscord();
});
afterEach(() => discord.close());

interface Frame {
  op: number;
  t?: string;
  s?: number;
  d?: Record<string, unknown> | boolean;
}

/** A client that does only what it is told. */
async function connect({ origin }: DiscordStandIn = discord) {
  const socket = new WebSocket(`${origin.replace("http", "ws")}/?v=10&encoding=json`);
  const frames: Frame[] = [];
  const waiting: (() => void)[] = [];
  socket.on("message", (raw: Buffer) => {
    frames.push(JSON.parse(raw.toString()) as Frame);
    waiting.splice(0).forEach((wake) => wake());
  });
  const next = async (test: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const found = frames.find(test);
      if (found) return found;
      await new Promise<void>((resolve) => void waiting.push(resolve));
    }
  };
  const closed = once(socket, "close").then(([code]) => Number(code));
  await next(({ op }) => op === 10);
  return {
    socket,
    frames,
    next,
    closed,
    send: (op: number, d: unknown) => socket.send(JSON.stringify({ op, d })),
  };
}
const identity = (token: string, intents = 0) => ({ token, intents, properties: { os: "linux" } });

describe("the gateway", () => {
  it("acknowledges heartbeats before anybody has said who they are, unless it is silent", async () => {
    const { send, next, socket, frames } = await connect();
    send(1, null);
    await next(({ op }) => op === 11);
    discord.gateway.silent(true);
    send(1, null);
    send(2, identity(`Bot ${discord.token}`));
    const ready = await next(({ t }) => t === "READY");
    expect(ready.d).toMatchObject({
      v: 10,
      user: { bot: true },
      resume_gateway_url: expect.stringMatching(/^ws:/),
    });
    expect(frames.filter(({ op }) => op === 11)).toHaveLength(1);
    socket.close(1000);
  });

  it.each([
    [4004, "a wrong token", (send: Send) => send(2, identity("wrong"))],
    [
      4014,
      "a privileged intent",
      (send: Send) => send(2, identity(discord.token, GatewayIntentBits.MessageContent)),
    ],
    [4013, "an unknown intent", (send: Send) => send(2, identity(discord.token, 1 << 30))],
    [4003, "anything before IDENTIFY", (send: Send) => send(3, {})],
    [4001, "an unknown opcode", (send: Send) => send(99, {})],
    [4002, "a frame above 4096 bytes", (send: Send) => send(2, "x".repeat(4096))],
  ])("closes with %i after %s", async (code, _, act) => {
    const { send, closed } = await connect();
    act(send);
    expect(await closed).toBe(code);
  });

  it("invalidates a session that it does not know", async () => {
    const { send, next, socket } = await connect();
    send(6, { token: discord.token, session_id: "unknown", seq: 1 });
    expect((await next(({ op }) => op === 9)).d).toBe(false);
    socket.close();
  });

  it("brings nothing over a dead line, and what was missed to who comes back by another", async () => {
    const { send, next, frames, socket } = await connect();
    send(2, identity(discord.token, GatewayIntentBits.GuildMessages));
    const { d, s: seq } = await next(({ t }) => t === "READY");
    discord.gateway.stall();
    discord.people.member.post("hello?");
    send(1, null);
    const again = await connect();
    again.send(6, { token: discord.token, session_id: (d as { session_id: string }).session_id, seq });
    await again.next(({ t }) => t === "RESUMED");
    expect(again.frames.filter(({ t }) => t === "MESSAGE_CREATE")).toHaveLength(1);
    expect(frames.filter(({ op, t }) => op === 11 || t === "MESSAGE_CREATE")).toEqual([]);
    socket.close();
    again.socket.close();
  });

  it("knows who it hung up on, whatever the code was", async () => {
    const { send, next, closed } = await connect();
    send(2, identity(discord.token));
    const { d, s: seq } = await next(({ t }) => t === "READY");
    discord.gateway.drop(1001);
    expect(await closed).toBe(1001);
    const again = await connect();
    again.send(6, { token: discord.token, session_id: (d as { session_id: string }).session_id, seq });
    await again.next(({ t }) => t === "RESUMED");
    again.socket.close();
  });

  it("tells a guild and its messages to who asks for them", async () => {
    const { send, next, socket } = await connect();
    send(2, identity(discord.token, GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages));
    expect((await next(({ t }) => t === "GUILD_CREATE")).d).toMatchObject({
      id: discord.guild.id,
      channels: [{ name: "general" }, { name: "bot-log" }],
    });
    discord.people.member.post("hello", [], { channel: discord.channels.log.id });
    expect((await next(({ t }) => t === "MESSAGE_CREATE")).d).toMatchObject({
      guild_id: discord.guild.id,
      channel_id: discord.channels.log.id,
    });
    socket.close();
  });

  it("shows what is in a message to those alone who may read messages, with its author's roles", async () => {
    const standIn = await startDiscord({ messageContent: true });
    const reading = GatewayIntentBits.GuildMessages | GatewayIntentBits.MessageContent;
    const [blind, reader] = await Promise.all([connect(standIn), connect(standIn)]);
    blind.send(2, identity(standIn.token, GatewayIntentBits.GuildMessages));
    reader.send(2, identity(standIn.token, reading));
    await Promise.all([blind, reader].map(({ next }) => next(({ t }) => t === "READY")));
    const voice = { name: "voice.ogg", data: Buffer.from("OggS"), durationSecs: 2 };
    standIn.people.member.post("", [voice]);
    const [hidden, shown] = await Promise.all(
      [blind, reader].map(({ next }) => next(({ t }) => t === "MESSAGE_CREATE")),
    );
    const common = { flags: 1 << 13, member: { roles: [standIn.roles.artists.id] } };
    expect(hidden?.d).toMatchObject({ ...common, attachments: [] });
    expect(shown?.d).toMatchObject({ ...common, attachments: [{ filename: "voice.ogg", duration_secs: 2 }] });
    await standIn.close();
  });
});

type Send = (op: number, d: unknown) => void;

describe("a discord.js client", () => {
  const bots: Client[] = [];
  const start = async () => {
    const { client } = await startBot(discord, async (interaction) => {
      if (interaction.isRepliable()) await interaction.reply("ok");
    });
    bots.push(client);
    return client;
  };
  const answered = async () => {
    const asked = discord.people.member.command("imagine", { prompt: "x" });
    await asked.until(({ state }) => state === "answered");
  };
  afterEach(() => Promise.all(bots.splice(0).map((client) => client.destroy())));

  it("is refused with a wrong token", async () => {
    const client = new Client({ intents: [], rest: { api: discord.apiUrl } });
    await expect(client.login("wrong")).rejects.toThrow("An invalid token was provided.");
  });

  it("resumes after a cut and after op 7, and gets what it missed", async () => {
    const client = await start();
    const resumed = once(client, Events.ShardResume);
    discord.gateway.drop(4000);
    await answered(); // asked while nobody was connected
    await resumed;
    const again = once(client, Events.ShardResume);
    discord.gateway.reconnect();
    await again;
    await answered();
    expect(discord.gateway).toMatchObject({ identifies: 1, resumes: 2 });
  });

  it("comes back after op 9, resumed or anew", async () => {
    const { send, next, socket, frames } = await connect();
    send(2, identity(discord.token));
    const { d } = await next(({ t }) => t === "READY");
    discord.gateway.invalidate(true);
    await next(({ op }) => op === 9);
    send(6, { token: discord.token, session_id: (d as { session_id: string }).session_id, seq: 1 });
    await next(({ t }) => t === "RESUMED");
    discord.gateway.invalidate(false);
    send(2, identity(discord.token));
    await expect.poll(() => frames.filter(({ t }) => t === "READY").length).toBe(2);
    expect(discord.gateway).toMatchObject({ identifies: 2, resumes: 1 });
    socket.close(1000);
  });

  it("ends its session when it leaves", async () => {
    const client = await start();
    expect(discord.gateway.sessions).toMatchObject([{ connected: true, intents: 0, shard: [0, 1] }]);
    await client.destroy();
    await expect.poll(() => discord.gateway.sessions).toEqual([]);
  });

  it("shares a shard with another process: both get the interaction, one is first", async () => {
    await start();
    const second = new Client({ intents: [], rest: { api: discord.apiUrl } });
    bots.push(second);
    second.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isRepliable()) interaction.reply("me too").catch(() => undefined);
    });
    await second.login(discord.token);
    await answered();
    const statuses = () =>
      discord.journal.filter(({ path }) => path.endsWith("/callback")).map(({ status }) => status);
    await expect.poll(() => statuses().toSorted((a, b) => a - b)).toEqual([204, 400]);
  });
});
