import {
  type APIDMChannel,
  type APIGuild,
  type APIGuildMember,
  type APIRole,
  type APITextChannel,
  type APIUser,
  type ChannelFlags,
  ChannelType,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  type GuildMemberFlags,
  GuildNSFWLevel,
  GuildPremiumTier,
  type GuildSystemChannelFlags,
  GuildVerificationLevel,
  Locale,
  PermissionFlagsBits as Permission,
  type RoleFlags,
  type UserFlags,
} from "discord-api-types/v10";
import type { Clock } from "../../src/services/clock.ts";
import { createIds } from "./snowflake.ts";

/** Somebody with an account: a member of the guild, and a direct message channel with the bot. */
export interface Account {
  user: APIUser;
  member: APIGuildMember;
  dmChannelId: string;
  /** Instead of what the roles give. */
  permissions?: bigint;
  /** The error with which a direct message is refused, if it is. */
  refusesDirectMessages?: 50007 | 50278;
}

/** gone: deleted (10003). hidden: the bot can't see it (50001). read-only: it can't write there (50013). */
export type ChannelState = "open" | "gone" | "hidden" | "read-only";

export interface Channel {
  data: APITextChannel | APIDMChannel;
  state: ChannelState;
  /** Whose direct messages these are. */
  recipient?: Account;
}

const everyonePermissions =
  Permission.ViewChannel |
  Permission.SendMessages |
  Permission.EmbedLinks |
  Permission.AttachFiles |
  Permission.ReadMessageHistory |
  Permission.UseApplicationCommands |
  Permission.UseExternalApps;

/** What a channel's state takes from the bot. */
const withheld: Record<ChannelState, bigint> = {
  open: 0n,
  gone: 0n,
  hidden: Permission.ViewChannel,
  "read-only": Permission.SendMessages,
};

/** A bit field without a bit. */
export const none: unknown = 0;

export type World = ReturnType<typeof createWorld>;

/** Everything that exists before anybody does anything: one guild, its channels and roles, and the accounts. */
export function createWorld(clock: Clock) {
  const nextId = createIds(clock);
  const now = () => new Date(clock.now()).toISOString();
  const accounts = new Map<string, Account>();
  const channels = new Map<string, Channel>();
  const guildId = nextId();
  const channelId = nextId();
  const logChannelId = nextId();

  const user = (name: string, bot = false): APIUser => ({
    id: nextId(),
    username: name.toLowerCase(),
    discriminator: bot ? "4242" : "0",
    global_name: bot ? null : name,
    avatar: null,
    public_flags: none as UserFlags,
    flags: none as UserFlags,
    primary_guild: null,
    ...(bot && { bot }),
  });
  const role = (
    id: string,
    name: string,
    position: number,
    permissions: bigint,
    managed = false,
  ): APIRole => ({
    id,
    name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: permissions.toString(),
    managed,
    mentionable: false,
    flags: none as RoleFlags,
  });
  const roles = {
    everyone: role(guildId, "@everyone", 0, everyonePermissions), // its id is the guild's
    artists: role(nextId(), "artists", 1, 0n),
    admins: role(nextId(), "admins", 2, Permission.ManageGuild | Permission.ManageMessages),
    bot: role(nextId(), "Replicord", 3, Permission.ManageMessages | Permission.SendMessages, true),
  };
  const memberOf = (user: APIUser, roleIds: string[]): APIGuildMember => ({
    user,
    nick: null,
    avatar: null,
    banner: null,
    roles: roleIds,
    joined_at: now(),
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: none as GuildMemberFlags,
  });

  const bot = user("Replicord", true);
  const owner = user("Root");
  const applicationId = bot.id;

  const guildChannel = (id: string, name: string, position: number): APITextChannel => ({
    id,
    type: ChannelType.GuildText,
    guild_id: guildId,
    name,
    position,
    permission_overwrites: [],
    parent_id: null,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    last_message_id: null,
    flags: none as ChannelFlags,
  });
  channels.set(channelId, { data: guildChannel(channelId, "general", 0), state: "open" });
  channels.set(logChannelId, { data: guildChannel(logChannelId, "bot-log", 1), state: "open" });
  const botMember = memberOf(bot, [roles.bot.id]);

  const guild: APIGuild = {
    id: guildId,
    name: "Sandbox",
    icon: null,
    description: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: owner.id,
    application_id: null,
    region: "deprecated",
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: none as GuildSystemChannelFlags,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: GuildVerificationLevel.None,
    roles: Object.values(roles),
    default_message_notifications: GuildDefaultMessageNotifications.AllMessages,
    mfa_level: GuildMFALevel.None,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: GuildPremiumTier.None,
    premium_subscription_count: 0,
    preferred_locale: Locale.EnglishUS,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    hub_type: null,
    nsfw_level: GuildNSFWLevel.Default,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
  Object.assign(guild, { nsfw: false, home_header: null }); // sent by Discord, unknown to the types

  return {
    nextId,
    now,
    bot,
    owner,
    botMember,
    applicationId,
    guild,
    roles,
    accounts,
    channels,
    /** `#general`, where people are if nothing else is said. */
    channelId,
    /** `#bot-log`, where nobody writes but the bot. */
    logChannelId,

    /** A channel of the guild, as it is now; undefined where it is none, or was deleted. */
    textChannel(id: string): (Channel & { data: APITextChannel }) | undefined {
      const channel = channels.get(id);
      if (!channel || channel.state === "gone" || channel.data.type !== ChannelType.GuildText)
        return undefined;
      return { ...channel, data: channel.data };
    },

    /** A new account, in the guild, with these roles. */
    join(name: string, roleIds: string[] = [], permissions?: bigint): Account {
      const newcomer = user(name);
      const dmChannelId = nextId();
      const account: Account = {
        user: newcomer,
        member: memberOf(newcomer, roleIds),
        dmChannelId,
        ...(permissions !== undefined && { permissions }),
      };
      accounts.set(newcomer.id, account);
      const data = {
        id: dmChannelId,
        type: ChannelType.DM,
        recipients: [newcomer],
        last_message_id: null,
        flags: 0,
      } as unknown as APIDMChannel; // the type wants a `name`, which Discord does not send
      channels.set(dmChannelId, { data, state: "open", recipient: account });
      return account;
    },

    /** The author of a message as events have them: a member without the account. */
    memberOf(id: string): Omit<APIGuildMember, "user"> {
      const { user: _account, ...member } = accounts.get(id)?.member ?? botMember;
      return member;
    },

    /** What an account may do in the guild. */
    permissionsOf(account: Account): bigint {
      if (account.permissions !== undefined) return account.permissions;
      return guild.roles
        .filter((each) => each.id === guildId || account.member.roles.includes(each.id))
        .reduce((all, each) => all | BigInt(each.permissions), 0n);
    },

    /** What the bot may do in a place. */
    botPermissions: (state: ChannelState = "open") =>
      (everyonePermissions | BigInt(roles.bot.permissions)) & ~withheld[state],
  };
}

/** The guild as GUILD_CREATE has it. */
export function guildCreate({ guild, botMember, accounts, channels }: World) {
  return {
    ...guild,
    joined_at: botMember.joined_at,
    large: false,
    unavailable: false,
    member_count: accounts.size + 1,
    members: [botMember],
    channels: [...channels.values()].filter(({ recipient }) => !recipient).map(({ data }) => data),
    threads: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
