import {
  type APIApplicationCommand,
  type APIMessage,
  type APIRole,
  GatewayDispatchEvents,
  GatewayIntentBits,
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
import { createGateway, type GatewayControls } from "./gateway.ts";
import { createInteractions } from "./interactions.ts";
import { createMessages } from "./messages.ts";
import { createPeople } from "./people.ts";
import type { Person, Place } from "./person.ts";
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
  channelId: string;
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
  /** Deletes the guild's channel, hides it from the bot, or lets it only read there. */
  setChannel(state: ChannelState): void;
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
  });
  const guildOf = (channelId: string) => (channelId === world.channelId ? world.guild.id : undefined);
  const messages = createMessages({
    world,
    cdn,
    changes,
    attachmentSizeLimit,
    tell: (event, message) => {
      const guildId = guildOf(message.channel_id);
      const inGuild = guildId && { guild_id: guildId };
      const gone = { id: message.id, channel_id: message.channel_id, ...inGuild };
      const shown = isReadable(message, guildId, world.bot.id)
        ? message
        : { ...message, content: "", embeds: [], attachments: [], components: [] };
      const data = event === "MESSAGE_DELETE" ? gone : { ...shown, ...inGuild };
      gateway.dispatch(event, data, { intent: messageIntent(guildId), guildId });
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
    setChannel: (state) => {
      const channel = world.channels.get(world.channelId);
      if (channel) channel.state = state;
    },
    gateway: gateway.controls,
    close: async () => {
      stopping.abort(new Error("The stand-in is closing"));
      gateway.close();
      await base.close();
    },
  };
}

/** Without the privileged intent a guild's messages come empty, unless they are the bot's or mention it. */
const isReadable = ({ author, mentions }: APIMessage, guildId: string | undefined, botId: string) =>
  guildId === undefined || author.id === botId || mentions.some(({ id }) => id === botId);

const messageIntent = (guildId: string | undefined) =>
  guildId ? GatewayIntentBits.GuildMessages : GatewayIntentBits.DirectMessages;
