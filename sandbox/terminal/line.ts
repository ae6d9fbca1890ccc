import {
  type APIApplicationCommand,
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
} from "discord-api-types/v10";
import type { Exchange, Person, Place } from "../discord/person.ts";
import { BadInput, listed } from "./bad-input.ts";
import { quote, readOptionText, readWords } from "./option-text.ts";
import { readUpload } from "./uploads.ts";
import { type Names, readValue } from "./values.ts";

/** A line that was understood: the command's name, and how a person uses it. */
export interface Line {
  command: string;
  send: (person: Person, place: Place) => Exchange;
}

/** A slash command as it can be typed. A group's subcommands are several: `quota view`, `quota set`. */
export interface Slash {
  name: string;
  description: string;
  options: readonly APIApplicationCommandBasicOption[];
}

export function slashCommands(registered: readonly APIApplicationCommand[]): Slash[] {
  return registered
    .filter(({ type }) => type === ApplicationCommandType.ChatInput)
    .flatMap(({ name, description, options = [] }) => {
      const subcommands = options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand);
      if (subcommands.length === 0)
        return [{ name, description, options: options as APIApplicationCommandBasicOption[] }];
      return subcommands.map((each) => ({
        name: `${name} ${each.name}`,
        description: each.description,
        options: ("options" in each ? (each.options ?? []) : []) as APIApplicationCommandBasicOption[],
      }));
    });
}

export const messageCommands = (registered: readonly APIApplicationCommand[]) =>
  registered.filter(({ type }) => type === ApplicationCommandType.Message).map(({ name }) => name);

/** The command that `text` begins with, and what follows its name. */
export function startsWith<T extends { name: string }>(text: string, commands: readonly T[]) {
  const command = commands.find(({ name }) => text === name || text.startsWith(`${name} `));
  return command && { command, rest: text.slice(command.name.length) };
}

/** One space between the first two words, which may be a command and its subcommand. */
const tidy = (line: string) => line.trim().replace(/^(\S+)\s+/, "$1 ");

/** The command's name as far as a line shows it, also where the line can't be understood: `quota view`. */
export function nameIn(line: string, registered: readonly APIApplicationCommand[]): string {
  const text = tidy(line).replace(/^[/>]\s*/, "");
  const known = [...slashCommands(registered), ...messageCommands(registered).map((name) => ({ name }))];
  return startsWith(text, known)?.command.name ?? text.split(/\s/, 1)[0] ?? "";
}

function readSlash(text: string, slashes: readonly Slash[], names: Names): Line {
  const found = startsWith(text, slashes);
  if (!found) {
    const top = text.split(/\s/, 1)[0] ?? "";
    const below = slashes.filter(({ name }) => name.startsWith(`${top} `)).map(({ name }) => `/${name}`);
    if (below.length > 0) throw new BadInput(`/${top} goes on: there are ${listed(below)}.`);
    throw new BadInput(
      `There is no command /${top}; there are ${listed(slashes.map(({ name }) => `/${name}`))}.`,
    );
  }
  const { name, options } = found.command;
  const given = readOptionText(
    found.rest,
    `/${name}`,
    options.map((option) => option.name),
  );
  const values = options.flatMap((option) => {
    const typed = given.get(option.name);
    return typed === undefined ? [] : [[option.name, readValue(option, typed, names)] as const];
  });
  return { command: name, send: (person, place) => person.command(name, Object.fromEntries(values), place) };
}

/** Posts a message with the files, and chooses the command from its Apps menu. */
function readMessageCommand(text: string, known: readonly string[]): Line {
  const found = startsWith(
    text,
    known.map((name) => ({ name })),
  );
  if (!found) {
    const example = `${known[0] ?? "NAME"} ./voice.ogg`;
    throw new BadInput(
      `There is no message command "${text}"; there ${known.length === 1 ? "is" : "are"} ${listed(known.map(quote))}, used as: > ${example}`,
    );
  }
  const { name } = found.command;
  const uploads = readWords(found.rest).map(readUpload);
  const content = uploads.length > 0 ? "" : "A message without a file";
  return {
    command: name,
    send: (person, place) => person.use(name, person.post(content, uploads, place), place),
  };
}

/**
 * Understands `/name option:value …` and `> Message command ./file …` by what the bot registered. Commands that Discord
 * would hide from this person are understood as well: a server can show them to anybody, so the bot has to refuse.
 * @throws {BadInput}
 */
export function readLine(line: string, registered: readonly APIApplicationCommand[], names: Names): Line {
  const text = tidy(line);
  if (text.startsWith("/")) return readSlash(text.slice(1), slashCommands(registered), names);
  if (text.startsWith(">")) return readMessageCommand(text.slice(1).trim(), messageCommands(registered));
  throw new BadInput(
    `"${text}" is no command; one begins with a slash, such as /usage, or is used on a message: > Transcribe ./voice.ogg`,
  );
}
