import {
  type APIApplicationCommand,
  type APIApplicationCommandInteractionDataOption,
  type APIApplicationCommandOption,
  type APIBaseInteraction,
  type APIInteractionDataResolved,
  ApplicationCommandOptionType as OptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type InteractionType,
  Locale,
} from "discord-api-types/v10";
import type { Cdn } from "./cdn.ts";
import type { OptionValue, Place, Upload } from "./person.ts";
import type { Account, World } from "./world.ts";

/** What every interaction carries, whatever its kind. */
export function baseOf(
  world: World,
  asker: Account,
  { id, token }: { id: string; token: string },
  place: Place,
  attachmentSizeLimit: number,
) {
  const { guild, applicationId } = world;
  const channelId = channelOf(world, asker, place);
  const permissions = world.permissionsOf(asker).toString();
  const user = asker.user;
  // "0" stands for the bot's own direct messages.
  const installed = place.dm ? "0" : guild.id;
  const base = {
    id,
    application_id: applicationId,
    token,
    version: 1,
    channel_id: channelId,
    app_permissions: world.botPermissions().toString(),
    locale: Locale.EnglishUS,
    entitlements: [],
    authorizing_integration_owners: place.userInstalled
      ? { [ApplicationIntegrationType.UserInstall]: user.id }
      : { [ApplicationIntegrationType.GuildInstall]: installed },
    attachment_size_limit: attachmentSizeLimit,
  } satisfies Partial<APIBaseInteraction<InteractionType, unknown>>;
  const channel = world.channels.get(channelId)?.data;
  if (!channel) throw new Error(`There is no channel ${channelId}`);
  if (place.dm) return { ...base, channel, user, context: InteractionContextType.BotDM };
  return {
    ...base,
    channel: { ...channel, permissions },
    guild: { id: guild.id, locale: Locale.EnglishUS, features: [] },
    guild_id: guild.id,
    guild_locale: Locale.EnglishUS,
    member: { ...asker.member, user, permissions },
    context: InteractionContextType.Guild,
  };
}

export const channelOf = (world: World, account: Account, place: Place) =>
  place.dm ? account.dmChannelId : (place.channel ?? world.channelId);

/** Finds a command by its name, which may go on with a group and a subcommand: `quota view`. */
export function findCommand(commands: APIApplicationCommand[], name: string, type: ApplicationCommandType) {
  const [top = "", ...path] = type === ApplicationCommandType.ChatInput ? name.split(" ") : [name];
  const command = commands.find((each) => each.name === top && each.type === type);
  if (!command) {
    throw new Error(
      `No command "${top}" is registered; there are: ${commands.map((each) => each.name).join(", ") || "none"}`,
    );
  }
  let options = command.options ?? [];
  const steps = path.map((step) => {
    const found = options.find((each) => each.name === step);
    if (!found) throw new Error(`"${command.name}" has no subcommand "${path.join(" ")}"`);
    options = "options" in found ? (found.options ?? []) : [];
    return { name: found.name, type: found.type as OptionType.Subcommand };
  });
  return { command, steps, options };
}

type Given = APIApplicationCommandInteractionDataOption<InteractionType.ApplicationCommand>;

/** Options as the wire carries them; what they refer to goes into `resolved`. */
export function createResolver(world: World, cdn: Cdn, asker: Account, channelId: string) {
  const resolved: Required<APIInteractionDataResolved> = {
    users: {},
    members: {},
    roles: {},
    channels: {},
    attachments: {},
  };

  const addUser = (id: string): string => {
    const account = world.accounts.get(id);
    if (!account) throw new Error(`There is no user ${id}`);
    resolved.users[id] = account.user;
    const { user: _, deaf: _deaf, mute: _mute, ...member } = account.member;
    resolved.members[id] = { ...member, permissions: world.permissionsOf(account).toString() };
    return id;
  };
  const addRole = (id: string): string => {
    const role = world.guild.roles.find((each) => each.id === id);
    if (!role) throw new Error(`There is no role ${id}`);
    resolved.roles[id] = role;
    return id;
  };
  const addChannel = (id: string): string => {
    const channel = world.textChannel(id);
    if (!channel) throw new Error(`There is no channel ${id} in the guild`);
    const { permission_overwrites: _, ...data } = channel.data;
    resolved.channels[id] = {
      ...data,
      permissions: world.permissionsOf(asker).toString(),
      app_permissions: world.botPermissions(channel.state).toString(),
    };
    return id;
  };
  const addUpload = (upload: Upload): string => {
    const attachment = cdn.store(channelId, upload);
    Object.assign(attachment, { ephemeral: true });
    resolved.attachments[attachment.id] = attachment;
    return attachment.id;
  };

  const valueOf = (value: OptionValue): string | number | boolean => {
    if (typeof value !== "object") return value;
    if ("upload" in value) return addUpload(value.upload);
    if ("channel" in value) return addChannel(value.channel);
    return "user" in value ? addUser(value.user) : addRole(value.role);
  };

  return {
    addUser,
    addUpload,
    options: (known: APIApplicationCommandOption[], values: Record<string, OptionValue>): Given[] =>
      Object.entries(values).map(([name, value]) => {
        const option = known.find((each) => each.name === name);
        if (!option)
          throw new Error(
            `No option "${name}" is registered; there are: ${known.map((each) => each.name).join(", ")}`,
          );
        return { name, type: option.type, value: valueOf(value) } as Given;
      }),
    /** Only what is referred to; undefined if nothing is. */
    get resolved(): APIInteractionDataResolved | undefined {
      const used = Object.entries(resolved).filter(([, each]) => Object.keys(each).length > 0);
      return used.length === 0 ? undefined : Object.fromEntries(used);
    },
  };
}

/** Wraps options into the subcommands that they belong to. */
export function nest(steps: { name: string; type: OptionType.Subcommand }[], options: Given[]): Given[] {
  return steps.reduceRight<Given[]>((inner, step) => [{ ...step, options: inner } as Given], options);
}
