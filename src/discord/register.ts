import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type REST,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from "discord.js";
import type { AnsweringCommand, Command, RunningCommand } from "../commands/command.ts";
import type { Option, Options } from "../commands/options.ts";
import { textChannels } from "./request.ts";

type CommandJson = RESTPutAPIApplicationCommandsJSONBody[number];

function optionJson(name: string, option: Option): APIApplicationCommandBasicOption {
  const { description, required } = option;
  const base = { name, description, required };
  switch (option.type) {
    case "text":
      return {
        ...base,
        type: ApplicationCommandOptionType.String,
        // Discord's own bound is 6000.
        max_length: Math.min(6_000, option.max),
        ...(required ? { min_length: 1 } : {}),
        ...(option.complete ? { autocomplete: true } : {}),
      };
    case "integer":
      return {
        ...base,
        type: ApplicationCommandOptionType.Integer,
        min_value: option.min,
        max_value: option.max,
      };
    case "boolean":
      return { ...base, type: ApplicationCommandOptionType.Boolean };
    case "choice": {
      const numeric = option.choices.every((value) => typeof value === "number");
      const choices = option.choices.map((value) => ({
        name: option.labels?.[String(value)] ?? String(value),
        value,
      }));
      const type = numeric ? ApplicationCommandOptionType.Integer : ApplicationCommandOptionType.String;
      return { ...base, type, choices } as APIApplicationCommandBasicOption;
    }
    case "attachment":
      return { ...base, type: ApplicationCommandOptionType.Attachment };
    case "person":
      return { ...base, type: ApplicationCommandOptionType.User };
    case "role":
      return { ...base, type: ApplicationCommandOptionType.Role };
    case "person-or-role":
      return { ...base, type: ApplicationCommandOptionType.Mentionable };
    case "channel":
      return { ...base, type: ApplicationCommandOptionType.Channel, channel_types: [...textChannels] };
  }
}

/** Discord wants the required options first. */
const optionsJson = (options: Options) =>
  Object.entries(options)
    .map(([name, option]) => optionJson(name, option))
    .toSorted((a, b) => Number(b.required) - Number(a.required));

const bodyJson = ({ name, description, options }: RunningCommand | AnsweringCommand) => ({
  name,
  description,
  options: optionsJson(options),
});

const everywhere = [InteractionContextType.Guild, InteractionContextType.BotDM];
const inServers = [InteractionContextType.Guild];

/** Whom Discord offers a command, as long as a server says nothing else. */
const offeredTo = (manager: boolean) =>
  manager ? { default_member_permissions: PermissionFlagsBits.ManageGuild.toString() } : {};

/** A declared command as Discord's JSON. */
export function commandJson(command: Command): CommandJson {
  const where = { integration_types: [ApplicationIntegrationType.GuildInstall], contexts: everywhere };
  switch (command.kind) {
    case "slash":
      return { type: ApplicationCommandType.ChatInput, ...bodyJson(command.body), ...where };
    case "group":
      return {
        type: ApplicationCommandType.ChatInput,
        name: command.name,
        description: command.description,
        options: command.commands.map((each) => ({
          type: ApplicationCommandOptionType.Subcommand as const,
          ...bodyJson(each),
        })),
        ...where,
        ...offeredTo(command.manager),
        ...(command.manager ? { contexts: inServers } : {}),
      };
    case "message":
      return { type: ApplicationCommandType.Message, name: command.name, ...where };
    case "user":
      return {
        type: ApplicationCommandType.User,
        name: command.name,
        ...where,
        ...offeredTo(command.manager),
        contexts: inServers,
      };
  }
}

/** Fields that say something by being there; Discord keeps them until they are sent without. */
const telling = [
  "options",
  "choices",
  "autocomplete",
  "min_length",
  "max_length",
  "min_value",
  "max_value",
  "default_member_permissions",
];

/** Discord leaves out what says nothing, or names it as null. */
const saysNothing = (value: unknown) =>
  value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0);

/** Whether what we declare is there already, and nothing that we no longer declare; Discord adds fields of its own. */
function covers(there: unknown, ours: unknown): boolean {
  if (saysNothing(ours)) return saysNothing(there);
  if (Array.isArray(ours))
    return (
      Array.isArray(there) &&
      there.length === ours.length &&
      ours.every((item, index) => covers(there[index], item))
    );
  if (typeof ours !== "object" || ours === null) return there === ours;
  if (typeof there !== "object" || there === null) return false;
  const [theirs, own] = [there as Record<string, unknown>, ours as Record<string, unknown>];
  return [...Object.keys(own), ...telling].every((key) => covers(theirs[key], own[key]));
}

const byName = <T extends { name: string; type?: number | undefined }>(commands: readonly T[]) =>
  commands.toSorted((a, b) => (a.type ?? 1) - (b.type ?? 1) || (a.name < b.name ? -1 : 1));

/** Registers the commands, if they are not what Discord has already. Resolves with whether anything was sent. */
export async function register(
  rest: REST,
  application: string,
  commands: readonly Command[],
  guild?: string,
): Promise<boolean> {
  const route = guild
    ? Routes.applicationGuildCommands(application, guild)
    : Routes.applicationCommands(application);
  const ours = byName(commands.map(commandJson));
  const there = byName((await rest.get(route)) as { name: string; type?: number }[]);
  if (covers(there, ours)) return false;
  await rest.put(route, { body: ours });
  return true;
}
