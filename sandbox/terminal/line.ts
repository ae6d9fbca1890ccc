import {
  type APIApplicationCommand,
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
} from "discord-api-types/v10";
import type { Exchange, Person, Place } from "../discord/person.ts";
import { BadInput, listed } from "./bad-input.ts";
import { readOptionText, readWords } from "./option-text.ts";
import { readUpload } from "./uploads.ts";
import { type Names, readPerson, readValue } from "./values.ts";

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

/** An entry of a message's Apps menu, or of a person's. */
export interface MenuCommand {
  name: string;
  on: "message" | "person";
}

export function menuCommands(registered: readonly APIApplicationCommand[]): MenuCommand[] {
  return registered.flatMap(({ type, name }): MenuCommand[] => {
    if (type === ApplicationCommandType.Message) return [{ name, on: "message" }];
    return type === ApplicationCommandType.User ? [{ name, on: "person" }] : [];
  });
}

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
  const known: readonly { name: string }[] = line.trim().startsWith(">")
    ? menuCommands(registered)
    : slashCommands(registered);
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
function useOnMessage(name: string, rest: string): Line {
  const uploads = readWords(rest).map(readUpload);
  const content = uploads.length > 0 ? "" : "A message without a file";
  return {
    command: name,
    send: (person, place) => person.use(name, person.post(content, uploads, place), place),
  };
}

/** Chooses the command from a person's Apps menu. */
function useOnPerson(name: string, rest: string, names: Names): Line {
  const [typed, ...more] = readWords(rest);
  if (typed === undefined || more.length > 0)
    throw new BadInput(`${name} is used on one person: > ${name} @Mia`);
  const id = readPerson(typed, names);
  return { command: name, send: (person, place) => person.useOn(name, { id }, place) };
}

const example = ({ name, on }: MenuCommand) => `> ${name} ${on === "person" ? "@Mia" : "./file"}`;

/** A message's entry and a person's may have one name: then what follows tells which is meant. */
function readMenu(text: string, menu: readonly MenuCommand[], names: Names): Line {
  const meant = /\s@\S*$/.test(text) ? "person" : "message";
  const inOrder = menu.toSorted((a, b) => Number(b.on === meant) - Number(a.on === meant));
  const found = startsWith(text, inOrder);
  if (!found) {
    const offered = menu.length > 0 ? `one can type ${listed(menu.map(example))}` : "there is none at all";
    throw new BadInput(`No entry of an Apps menu is called "${text}"; ${offered}.`);
  }
  const { name, on } = found.command;
  return on === "person" ? useOnPerson(name, found.rest, names) : useOnMessage(name, found.rest);
}

/** Sends a voice message. */
function readVoice(rest: string): Line {
  const [path = "", ...more] = readWords(rest);
  if (more.length > 0) throw new BadInput("A voice message is one file: voice ./speech.ogg");
  const upload = readUpload(path);
  return { command: "voice", send: (person, place) => person.speak(upload, place) };
}

/**
 * Understands `/name option:value …`, `> Message command ./file …` and `> User command @Person` by what the bot
 * registered, and `voice ./file`. Commands that Discord would hide from this person are understood as well: a server can show them to
 * anybody, so the bot has to refuse.
 * @throws {BadInput}
 */
export function readLine(line: string, registered: readonly APIApplicationCommand[], names: Names): Line {
  const text = tidy(line);
  if (text.startsWith("/")) return readSlash(text.slice(1), slashCommands(registered), names);
  if (/^voice\s/.test(text)) return readVoice(text.slice("voice".length));
  if (text.startsWith(">")) return readMenu(text.slice(1).trim(), menuCommands(registered), names);
  throw new BadInput(
    `"${text}" is no command; one begins with a slash, such as /usage, or is an entry of an Apps menu: > Transcribe ./voice.ogg`,
  );
}
