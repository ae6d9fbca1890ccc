import {
  type APIApplicationCommand,
  type APIMessage,
  type APIRole,
  GatewayDispatchEvents,
  GatewayIntentBits,
  type GatewayMessageCreateDispatchData,
} from "discord-api-types/v10";
import { setMaxListeners } from "node:events";
import { type Clock, systemClock } from "../../src/services/clock.ts";
import type { Faults } from "../faults.ts";
import { type JournalEntry, type StandInServer, startServer } from "../server.ts";
import { addAccountRoutes } from "./account-routes.ts";
import { refuse } from "./api-error.ts";
import { createBuckets, type Profile } from "./buckets.ts";
import { addCallbackRoutes } from "./callback-routes.ts";
import { createCdn } from "./cdn.ts";
import { createChanges, until } from "./changes.ts";
import { addChannelRoutes } from "./channel-routes.ts";
import { addCommandRoutes } from "./command-routes.ts";
import { createCommands } from "./commands.ts";
import { see } from "./exchange.ts";
import { createGateway, type GatewayControls } from "./gateway.ts";
import { createInteractions } from "./interactions.ts";
import { createMessages } from "./messages.ts";
import { createPeople } from "./people.ts";
import type { Person, Place, SeenMessage } from "./person.ts";
import { createApi } from "./api.ts";
import { addWebhookRoutes } from "./webhook-routes.ts";
import { type ChannelState, createWorld } from "./world.ts";

export interface DiscordOptions {
  clock?: Clock;
  port?: number;
  token?: string;
  /** Requests a window of a rate-limit bucket; 5 in 5 s by default. */
  profile?: Profile;
  /** Bytes a file; 10 MiB by default. */
  attachmentSizeLimit?: number;
  /** How long every request takes. */
  latencyMs?: number;
  heartbeatIntervalMs?: number;
  /** The privileged intent Message Content is switched on for the application; off, if left out. */
  messageContent?: boolean;
}

export interface DiscordStandIn {
  /** `http://127.0.0.1:PORT`; files are served from here too. */
  origin: string;
  /** For `rest: { api }` of discord.js. */
  apiUrl: string;
  token: string;
  applicationId: string;
  journal: JournalEntry[];
  faults: Faults;
  watch: StandInServer["watch"];
  guild: { id: string; name: string };
  /** `#general`, where people are if nothing else is said. */
  channelId: string;
  channels: Record<"general" | "log", { id: string; name: string }>;
  roles: Record<"everyone" | "artists" | "admins" | "bot", APIRole>;
  /** Ada may manage the server; Mia and Oto are members. */
  people: { admin: Person; member: Person; other: Person };
  /** One more person in the guild; `permissions` instead of what the roles give. */
  join(name: string, options?: { permissions?: bigint; roles?: string[] }): Person;
  /** Resolves when a bot has identified and its commands are registered. */
  connected(timeoutMs?: number): Promise<void>;
  /** The commands registered for a place. */
  commands(place?: Place): APIApplicationCommand[];
  /** The commands that a person is offered there. */
  visibleTo(person: Person, place?: Place): APIApplicationCommand[];
  /** Deletes a channel of the guild, hides it from the bot, or lets it only read there; `#general` if left out. */
  setChannel(state: ChannelState, channelId?: string): void;
  /** Calls back with every message that the bot posts without an interaction, wherever that is. Returns how to stop. */
  posted(listener: (message: SeenMessage) => void): () => void;
  gateway: GatewayControls;
  close(): Promise<void>;
}

/** A Discord on loopback: REST v10, gateway and CDN on one port. It keeps everything in memory. */
export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordStandIn> {
  const {
    clock = systemClock,
    token = "sandbox.discord.token",
    attachmentSizeLimit = 10 * 2 ** 20,
  } = options;
  const base = await startServer(clock, options.port);
  const { app, server, origin, journal, faults } = base;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every open interaction waits for its deadline
  const changes = createChanges();
  const world = createWorld(clock);
  const buckets = createBuckets(clock, options.profile ?? "5/5");
  const cdn = createCdn(app, origin, world.nextId);
  const commands = createCommands(clock, world.applicationId, world.nextId, changes);
  const gateway = createGateway({
    server,
    origin,
    token,
    world,
    clock,
    changes,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    allowedIntents: options.messageContent ? GatewayIntentBits.MessageContent : 0,
  });
  const guildOf = (channelId: string) => {
    const channel = world.channels.get(channelId)?.data;
    return channel && "guild_id" in channel ? channel.guild_id : undefined;
  };
  const postListeners = new Set<(message: SeenMessage) => void>();
  const messages = createMessages({
    world,
    cdn,
    changes,
    attachmentSizeLimit,
    tell: (event, message) => {
      if (event === "MESSAGE_CREATE" && isPost(message, world.bot.id))
        for (const listener of postListeners) listener(see({ data: message }));
      const guildId = guildOf(message.channel_id);
      const to = { intent: messageIntent(guildId), guildId };
      const inGuild = guildId && { guild_id: guildId };
      if (event === "MESSAGE_DELETE")
        return gateway.dispatch(event, { id: message.id, channel_id: message.channel_id, ...inGuild }, to);
      const data = { ...message, ...inGuild, ...(guildId && { member: world.memberOf(message.author.id) }) };
      const unread = isReadable(message, guildId, world.bot.id) ? data : { ...data, ...blank };
      gateway.dispatch(event, data satisfies GatewayMessageCreateDispatchData, { ...to, unread });
    },
  });
  const interactions = createInteractions({
    world,
    clock,
    messages,
    changes,
    signal: stopping.signal,
    send: (interaction) =>
      gateway.dispatch(GatewayDispatchEvents.InteractionCreate, interaction, {
        guildId: interaction.guild_id,
      }),
  });
  const people = createPeople({
    world,
    clock,
    cdn,
    changes,
    commands,
    messages,
    interactions,
    attachmentSizeLimit,
  });

  const api = createApi({ clock, token, buckets, latencyMs: options.latencyMs ?? 0 });
  addAccountRoutes(api, { world, gateway });
  addCommandRoutes(api, { world, commands });
  addCallbackRoutes(api, { interactions, messages });
  addWebhookRoutes(api, { interactions, messages });
  const countOldEdit = (channelId: string) => {
    const { allowed, retryAfterSeconds } = buckets.takeOldEdit(channelId);
    if (!allowed) throw refuse.oldMessageEdits(retryAfterSeconds);
  };
  addChannelRoutes(api, { world, messages, clock, countOldEdit });
  api.all("*", () => {
    throw refuse.notFound();
  });
  app.route("/api/v10", api);

  const { admins, artists } = world.roles;
  return {
    origin,
    apiUrl: `${origin}/api`,
    token,
    applicationId: world.applicationId,
    journal,
    faults,
    watch: base.watch,
    guild: { id: world.guild.id, name: world.guild.name },
    channelId: world.channelId,
    channels: {
      general: { id: world.channelId, name: "general" },
      log: { id: world.logChannelId, name: "bot-log" },
    },
    roles: world.roles,
    people: {
      admin: people.join("Ada", { roles: [admins.id] }),
      member: people.join("Mia", { roles: [artists.id] }),
      other: people.join("Oto"),
    },
    join: people.join,
    connected: (timeoutMs = 10_000) => {
      const ready = () =>
        gateway.controls.sessions.some(({ connected }) => connected) && people.registered().length > 0;
      return until(changes, ready, timeoutMs, "a bot that has identified and registered its commands");
    },
    commands: people.registered,
    visibleTo: people.visibleTo,
    setChannel: (state, channelId = world.channelId) => {
      const channel = world.channels.get(channelId);
      if (channel) channel.state = state;
    },
    posted: (listener) => {
      postListeners.add(listener);
      return () => void postListeners.delete(listener);
    },
    gateway: gateway.controls,
    close: async () => {
      stopping.abort(new Error("The stand-in is closing"));
      gateway.close();
      await base.close();
    },
  };
}

const blank = { content: "", embeds: [], attachments: [], components: [] };

/** Without the privileged intent a guild's messages come empty, unless they are the bot's or mention it. */
const isReadable = ({ author, mentions }: APIMessage, guildId: string | undefined, botId: string) =>
  guildId === undefined || author.id === botId || mentions.some(({ id }) => id === botId);

/** The bot's, and not by an interaction's webhook, as answers come in their first 15 minutes, nor a reply to a person. */
const isPost = ({ author, webhook_id, referenced_message: repliesTo }: APIMessage, botId: string) =>
  author.id === botId && webhook_id === undefined && (!repliesTo || repliesTo.author.id === botId);

const messageIntent = (guildId: string | undefined) =>
  guildId ? GatewayIntentBits.GuildMessages : GatewayIntentBits.DirectMessages;
