import {
  type APIApplicationCommandInteraction,
  type APIApplicationCommandInteractionDataBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  type APIUserApplicationCommandInteraction,
  ApplicationCommandOptionType,
  ChannelType,
  InteractionContextType,
  PermissionFlagsBits,
} from "discord.js";
import type { Asker, Request } from "../commands/command.ts";
import type { Channel, Option, Options, Target } from "../commands/options.ts";
import type { Press, Wanted } from "../commands/press.ts";
import { type Attachment, isAttachment } from "../services/attachment.ts";
import { Problem } from "../services/problem.ts";
import type { Asking } from "./access.ts";
import { attachmentOf } from "./message-files.ts";

type RawOption = APIApplicationCommandInteractionDataBasicOption;
type Resolved = APIChatInputApplicationCommandInteraction["data"]["resolved"];

/** The channels that a command can be given. */
export const textChannels = [ChannelType.GuildText, ChannelType.GuildAnnouncement] as const;

const MANAGER = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;

export function askerOf(interaction: APIInteraction): Asker {
  const user = interaction.member?.user ?? interaction.user;
  if (!user) throw new Error("An interaction without a user");
  const permissions = BigInt(interaction.member?.permissions ?? "0");
  return {
    id: user.id,
    name: interaction.member?.nick ?? user.global_name ?? user.username,
    roles: interaction.member?.roles ?? [],
    manager: (permissions & MANAGER) !== 0n,
  };
}

/** The guild whose rules count; null in direct messages and wherever the bot is no member. */
export const guildOf = (interaction: APIInteraction): string | null => {
  const owners: Record<string, string | undefined> = interaction.authorizing_integration_owners;
  return owners["0"] === undefined || owners["0"] === "0" ? null : (interaction.guild_id ?? null);
};

export const askingOf = (interaction: APIInteraction): Asking => ({
  asker: askerOf(interaction),
  guild: guildOf(interaction),
  at: interaction.guild_id,
});

/** Where a server does not let its members use apps from outside in public, Discord shows the answer to its asker alone. */
const isForcedPrivate = (interaction: APIInteraction): boolean =>
  interaction.guild_id !== undefined &&
  guildOf(interaction) === null &&
  (BigInt(interaction.member?.permissions ?? "0") & PermissionFlagsBits.UseExternalApps) === 0n;

/** Whether the bot sees the channel, and not only this interaction: as a member of the server, or in its direct messages. */
export const seesChannel = (interaction: APIInteraction): boolean =>
  may(interaction, PermissionFlagsBits.ViewChannel);

/** Whether it also sees what was said there, its own messages too. */
export const readsHistory = (interaction: APIInteraction): boolean =>
  may(interaction, PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory);

function may(interaction: APIInteraction, permissions: bigint): boolean {
  const isHere =
    interaction.guild_id === undefined
      ? interaction.context === InteractionContextType.BotDM
      : guildOf(interaction) !== null;
  return isHere && (BigInt(interaction.app_permissions ?? "0") & permissions) === permissions;
}

/** An interaction that can ask for a job: a command, a press, or a form that was sent. */
export type AskingInteraction =
  | APIApplicationCommandInteraction
  | APIMessageComponentInteraction
  | APIModalSubmitInteraction;

/** Discord says it of everything that can ask; its types leave it out of a form that was sent. */
export function channelOf({ channel }: AskingInteraction): string {
  if (!channel) throw new Error("An interaction without a channel");
  return channel.id;
}

/** The same chance for the same request, also after a restart: 0 ≤ n < 1,000,000. */
export const chanceOf = (id: string) =>
  Number((BigInt(id) * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 1_000_000n);

export const requestOf = (
  interaction: AskingInteraction,
  options: Record<string, unknown>,
  { models, allowed }: Pick<Request, "models" | "allowed">,
): Request => ({
  id: interaction.id,
  asker: askerOf(interaction),
  guild: guildOf(interaction),
  channel: channelOf(interaction),
  locale: interaction.locale,
  options,
  chance: chanceOf(interaction.id),
  models,
  ...(allowed ? { allowed } : {}),
  private: options["private"] === true || isForcedPrivate(interaction),
});

/** What the press of a button asks for, as a request of the one who pressed. */
export function requestFrom(
  interaction: AskingInteraction,
  { job, attachments }: Press,
  wanted: Wanted,
  place: Pick<Request, "models" | "allowed">,
): Request {
  // Discord's addresses of files expire after a day, so what was looked into is looked into again.
  const anew = (file: Attachment) => ({ ...file, checked: false, earlier: !attachments.includes(file) });
  const options = Object.entries(wanted.options).map(
    ([name, value]) => [name, isAttachment(value) ? anew(value) : value] as const,
  );
  const request = requestOf(interaction, Object.fromEntries(options), place);
  const { about } = wanted;
  const { conversation, lines } = wanted.command === undefined ? wanted : {};
  const known = {
    ...(conversation ? { conversation } : {}),
    ...(lines ? { lines } : {}),
    ...(about ? { about } : {}),
  };
  // A draft is the request itself, which may come from a press, too.
  const from = job.state === "draft" ? job.request.from : job.id;
  return { ...request, ...known, ...(from === undefined ? {} : { from }) };
}

/** The files on the message that was pressed. */
export const pressedFiles = (
  interaction: APIMessageComponentInteraction | APIModalSubmitInteraction,
): readonly Attachment[] => (interaction.message?.attachments ?? []).map(attachmentOf);

/** The subcommand's name, if there is one, and the options that were given with it. */
export function leafOf({
  data,
}: {
  data: { options?: RawOption[] | APIApplicationCommandInteractionDataOption[] };
}): {
  subcommand: string | undefined;
  given: readonly RawOption[];
} {
  const options: readonly APIApplicationCommandInteractionDataOption[] = data.options ?? [];
  for (const option of options)
    if (option.type === ApplicationCommandOptionType.Subcommand)
      return { subcommand: option.name, given: option.options ?? [] };
  const given = options.filter((option): option is RawOption => !("options" in option));
  return { subcommand: undefined, given };
}

function fileOf(id: string, resolved: Resolved): Attachment | undefined {
  const file = resolved?.attachments?.[id];
  return file && attachmentOf(file);
}

function personOf(id: string, resolved: Resolved): Target | undefined {
  const user = resolved?.users?.[id];
  const member = resolved?.members?.[id];
  if (!user) return undefined;
  const name = member?.nick ?? user.global_name ?? user.username;
  return { id, kind: "person", name, roles: member?.roles ?? [] };
}

function roleOf(id: string, resolved: Resolved): Target | undefined {
  const role = resolved?.roles?.[id];
  return role && { id, kind: "role", name: role.name, roles: [] };
}

function textChannelOf(id: string, resolved: Resolved): Channel | undefined {
  const channel = resolved?.channels?.[id];
  // Discord's client offers no other ones.
  if (!channel || !textChannels.some((type) => type === channel.type)) return undefined;
  return { id, name: channel.name ?? "" };
}

/** One option's value as its command gets it; Discord's client checks most of this, and others need not. */
function valueOf(name: string, option: Option, raw: RawOption | undefined, resolved: Resolved): unknown {
  const bad = (rule: ConstructorParameters<typeof Problem>[0] & { kind: "bad-option" }) => new Problem(rule);
  const missing = () => bad({ kind: "bad-option", option: name, rule: { kind: "required" } });
  const value = raw?.value;
  /** What the value refers to, which Discord sends along. */
  const sentAlong = <T>(find: (id: string, resolved: Resolved) => T | undefined): T => {
    const found = find(String(value), resolved);
    if (found === undefined) throw missing();
    return found;
  };
  if (value === undefined || (typeof value === "string" && value.trim() === "")) {
    if (option.required) throw missing();
    return undefined;
  }
  switch (option.type) {
    case "text": {
      const text = String(value);
      if (text.length > option.max)
        throw bad({ kind: "bad-option", option: name, rule: { kind: "text", max: option.max } });
      return text.trim();
    }
    case "integer": {
      const { min, max } = option;
      const fits = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
      if (!fits) throw bad({ kind: "bad-option", option: name, rule: { kind: "integer", min, max } });
      return value;
    }
    case "choice": {
      const choices = option.choices.map(String);
      const found = option.choices.find((choice) => choice === value);
      if (found === undefined)
        throw bad({ kind: "bad-option", option: name, rule: { kind: "choice", choices } });
      return found;
    }
    case "boolean":
      return value === true;
    case "attachment":
      return sentAlong(fileOf);
    case "person":
      return sentAlong(personOf);
    case "role":
      return sentAlong(roleOf);
    case "person-or-role":
      return sentAlong((id) => personOf(id, resolved) ?? roleOf(id, resolved));
    case "channel":
      return sentAlong(textChannelOf);
  }
}

/**
 * The values of a command's options, by their names.
 * @throws {Problem} bad-option
 */
export function readOptions(
  options: Options,
  given: readonly RawOption[],
  resolved: Resolved,
): Record<string, unknown> {
  const values = Object.entries(options).flatMap(([name, option]) => {
    const value = valueOf(
      name,
      option,
      given.find((raw) => raw.name === name),
      resolved,
    );
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

/** The person that a user command was used on, as they are here. */
export function targetPerson({ data }: APIUserApplicationCommandInteraction): Target {
  const person = personOf(data.target_id, data.resolved);
  if (!person) throw new Error("A user command without its person");
  return person;
}
