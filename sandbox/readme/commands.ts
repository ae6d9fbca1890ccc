import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type APIApplicationCommandOption, ApplicationCommandOptionType } from "discord-api-types/v10";
import type { Command } from "../../src/commands/command.ts";
import { exampleLine } from "../../src/commands/examples.ts";
import { commands } from "../../src/commands/index.ts";
import { commandJson } from "../../src/discord/register.ts";
import { table } from "../markdown-table.ts";

export const readme = join(import.meta.dirname, "../../README.md");

const BEGIN = "<!-- Written by `npm run readme:commands` from what the bot registers; change it there. -->";
const END = "<!-- The end of the table of commands. -->";

/** A line that the sandbox can play, and who types it. */
export interface ExampleLine {
  line: string;
  as: "admin" | "member";
}

const isForManagers = (command: Command) => "manager" in command && command.manager;

/** The example of each command that has one. */
export const examples = (): ExampleLine[] =>
  commands.flatMap((command): ExampleLine[] => {
    const line = exampleLine(command, (sample) => `./sandbox/samples/${sample}`);
    return line === undefined ? [] : [{ line, as: isForManagers(command) ? "admin" : "member" }];
  });

/** What can be given for an option, in brackets: its choices, or its bounds. */
function bounds(option: APIApplicationCommandOption): string {
  if ("choices" in option && option.choices && option.choices.length > 0)
    return ` (${option.choices.map(({ value }) => value).join(", ")})`;
  const isNumber = option.type === ApplicationCommandOptionType.Integer;
  if (isNumber && (option.max_value ?? 0) <= 100 && option.min_value !== undefined)
    return ` (${option.min_value} to ${option.max_value})`;
  return "";
}

const optionText = (option: APIApplicationCommandOption) => `\`${option.name}\`${bounds(option)}`;

const nameOf = (command: Command) => (command.kind === "slash" ? command.body.name : command.name);

function aboutOf(command: Command): string {
  switch (command.kind) {
    case "slash":
      return command.body.description;
    case "group":
      return command.description;
    case "message":
      return "In the _Apps_ menu of a message: long-press or right-click it";
    case "user":
      return "In the _Apps_ menu of a person: long-press or right-click them";
  }
}

function row(command: Command): string[] {
  const json = commandJson(command);
  const options = "options" in json ? (json.options ?? []) : [];
  const example = exampleLine(command, (sample) => `./sandbox/samples/${sample}`);
  return [
    command.kind === "slash" || command.kind === "group" ? `\`/${nameOf(command)}\`` : nameOf(command),
    isForManagers(command) ? `${aboutOf(command)} (for admins)` : aboutOf(command),
    options.map(optionText).join(", "),
    example === undefined ? "" : `\`${example}\``,
  ];
}

/** The README with its table of commands written anew. */
export function withCommands(page: string): string {
  const [before = "", after = ""] = [page.split(BEGIN)[0], page.split(END)[1]];
  const rows = table([["Command", "What it does", "Options", "In the sandbox"], ...commands.map(row)]);
  return `${before}${BEGIN}\n\n${rows}\n\n${END}${after}`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(readme, withCommands(readFileSync(readme, "utf8")));
