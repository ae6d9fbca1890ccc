import {
  type APIApplicationCommand,
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType as OptionType,
} from "discord-api-types/v10";
import { roles } from "./arguments.ts";
import { menuCommands, type Slash, slashCommands, startsWith } from "./line.ts";
import { nextOption, quote, readQuoted } from "./option-text.ts";
import { mentions, type Names } from "./values.ts";

/** Something that can stand in place of what was typed, and what it is. */
export interface Hit {
  text: string;
  about?: string;
}

export interface Completion {
  hits: Hit[];
  /** The end of the line, which a hit replaces. */
  typed: string;
}

export interface Knowledge {
  /** What Discord offers this person here. */
  offered: readonly APIApplicationCommand[];
  names: Names;
  /** The bot's own autocomplete. */
  ask: (
    command: string,
    option: string,
    typed: string,
  ) => Promise<{ name: string; value: string | number }[]>;
  paths: (typed: string) => string[];
}

const begins = (typed: string) => (text: string) => text.toLowerCase().startsWith(typed.toLowerCase());

/** The option that is being typed: its name is not finished yet, or its value is not. */
function openOption(text: string, known: readonly string[]) {
  const used: string[] = [];
  for (let rest = text.trimStart(); ; rest = rest.trimStart()) {
    const [head, name = ""] = /^([-\w]+):/.exec(rest) ?? [];
    if (!head || !known.includes(name)) return { used, typed: rest };
    used.push(name);
    rest = rest.slice(head.length);
    if (/^["']/.test(rest)) {
      const closed = closingOf(rest);
      if (closed === undefined) return { used, name, typed: rest };
      rest = rest.slice(closed);
      if (!rest) return { used, name, typed: "" };
      continue;
    }
    const end = nextOption(rest, known);
    if (end === rest.length) {
      // After a space the next option may begin.
      const lastWord = /\s(\S*)$/.exec(rest)?.[1];
      return lastWord === undefined ? { used, name, typed: rest } : { used, typed: lastWord };
    }
    rest = rest.slice(end);
  }
}

function closingOf(text: string): number | undefined {
  try {
    return readQuoted(text).length;
  } catch {
    return undefined;
  }
}

type Value = { value: string; about?: string; open?: boolean };

async function valuesFor(
  command: Slash,
  option: APIApplicationCommandBasicOption,
  typed: string,
  { names, ask, paths }: Knowledge,
): Promise<Value[]> {
  const people = mentions(names.people);
  const groups = mentions(names.roles, typed.startsWith("@&") ? "@&" : "@");
  const fitting = (values: string[]): Value[] => values.filter(begins(typed)).map((value) => ({ value }));
  switch (option.type) {
    case OptionType.Boolean:
      return fitting(["true", "false"]);
    case OptionType.User:
      return fitting(people);
    case OptionType.Role:
      return fitting(groups);
    case OptionType.Mentionable:
      return fitting([...people, ...groups]);
    case OptionType.Channel:
      return fitting(mentions(names.channels, "#"));
    case OptionType.Attachment:
      return paths(typed).map((value) => ({ value, open: value.endsWith("/") }));
    case OptionType.String:
    case OptionType.Integer:
    case OptionType.Number: {
      const choices = option.autocomplete
        ? await ask(command.name, option.name, typed)
        : (option.choices ?? []).filter(
            ({ name, value }) => begins(typed)(name) || begins(typed)(String(value)),
          );
      return choices.map(({ name, value }) => ({
        value: String(value),
        ...(name === String(value) ? {} : { about: name }),
      }));
    }
    default:
      return [];
  }
}

/** A value as it goes into the line: in the quotes that were opened, or in those that it needs. */
function insertable({ value, about, open = false }: Value, typed: string): Hit {
  const mark = /^["']/.exec(typed)?.[0];
  const closed = mark ? `${mark}${value}${mark}` : quote(value);
  // A folder goes on.
  const text = open ? closed.replace(/["']$/, "") : `${closed} `;
  return { text, ...(about === undefined ? {} : { about }) };
}

async function completeOptions(command: Slash, rest: string, knowledge: Knowledge): Promise<Completion> {
  const known = command.options.map(({ name }) => name);
  const { used, name, typed } = openOption(rest, known);
  const option = command.options.find((each) => each.name === name);
  if (option) {
    const values = await valuesFor(command, option, typed.replace(/^["']/, ""), knowledge);
    return { typed, hits: values.map((value) => insertable(value, typed)) };
  }
  const hits = command.options
    .filter((each) => !used.includes(each.name) && begins(typed)(each.name))
    .map((each) => ({
      text: `${each.name}:`,
      about: `${each.description}${each.required ? " (required)" : ""}`,
    }));
  return { typed, hits };
}

/** Commands by their first word; a group's subcommands once the group is typed. */
function completeCommand(
  typed: string,
  slashes: readonly Slash[],
  offered: readonly APIApplicationCommand[],
) {
  const deep = typed.includes(" ");
  const names = deep
    ? slashes
    : offered.filter(({ name }) => slashes.some((each) => startsWith(each.name, [{ name }])));
  return names
    .filter(({ name }) => begins(typed.slice(1))(name))
    .map(({ name, description }) => ({ text: `/${name} `, about: description }));
}

/** Entries of Apps menus; then the files of a message, or a person. */
function completeMenuCommand(line: string, { offered, names, paths }: Knowledge): Completion {
  const menu = menuCommands(offered);
  const text = line.replace(/^>\s*/, "");
  const entries = menu.filter(({ name }) => startsWith(text, [{ name }])?.rest);
  if (entries.length === 0) {
    const hits = menu
      .filter(({ name }) => begins(text)(name))
      .map(({ name, on }) => ({ text: `${name} `, about: `on a ${on}` }));
    return { typed: text, hits };
  }
  const typed = /\S*$/.exec(text)?.[0] ?? "";
  const targets = { person: () => mentions(names.people).filter(begins(typed)), message: () => paths(typed) };
  const values = entries.flatMap(({ on }) => targets[on]());
  return { typed, hits: values.map((value) => insertable({ value, open: value.endsWith("/") }, typed)) };
}

const words: Record<string, readonly string[]> = { as: roles, dm: ["on", "off"] };

/** What Tab offers at the end of `line`. */
export async function complete(line: string, knowledge: Knowledge): Promise<Completion> {
  const { offered } = knowledge;
  if (line.startsWith(">")) return completeMenuCommand(line, knowledge);
  const slashes = slashCommands(offered);
  const found = line.startsWith("/") ? startsWith(line.slice(1), slashes) : undefined;
  if (found?.rest) return completeOptions(found.command, found.rest, knowledge);
  if (line.startsWith("/") || line === "")
    return { typed: line, hits: completeCommand(line || "/", slashes, offered) };
  const [, path] = /^voice (\S*)$/.exec(line) ?? [];
  if (path !== undefined) {
    const values = knowledge.paths(path).map((value) => ({ value, open: value.endsWith("/") }));
    return { typed: path, hits: values.map((value) => insertable(value, path)) };
  }
  const [, word = "", typed = ""] = /^(as|dm) (\S*)$/.exec(line) ?? [];
  if (word) return { typed, hits: (words[word] ?? []).filter(begins(typed)).map((text) => ({ text })) };
  return {
    typed: line,
    hits: ["as ", "dm ", "voice ", "help", "quit"].filter(begins(line)).map((text) => ({ text })),
  };
}

/** What all hits have in common, if that is more than what was typed; one hit entirely. */
export function agreed({ hits, typed }: Completion): string | undefined {
  const [first, ...others] = hits.map(({ text }) => text);
  if (first === undefined) return undefined;
  if (others.length === 0) return first === typed ? undefined : first;
  let length = 0;
  while (first[length] !== undefined && others.every((text) => text[length] === first[length])) length += 1;
  return length > typed.length && first.startsWith(typed) ? first.slice(0, length) : undefined;
}
