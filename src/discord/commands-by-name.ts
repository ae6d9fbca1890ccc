import type { AnsweringCommand, Command, RunningCommand } from "../commands/command.ts";

/** A command's body as an interaction finds it. */
export interface Found {
  body: RunningCommand | AnsweringCommand;
  /** Only for those who manage the server. */
  manager: boolean;
  /** Of an entry of an Apps menu: the option that gets the message's file, or the person. */
  menuOption?: string;
  /** Of an entry of a message's Apps menu: the options that are given beside the file. */
  preset?: Readonly<Record<string, unknown>>;
}

export interface CommandsByName {
  slash(name: string, subcommand?: string): Found | undefined;
  message(name: string): Found | undefined;
  user(name: string): Found | undefined;
  /** The command that a stored job belongs to. */
  running(name: string): RunningCommand | undefined;
}

export function commandsByName(commands: readonly Command[]): CommandsByName {
  const slash = new Map<string, Found>();
  const message = new Map<string, Found>();
  const user = new Map<string, Found>();
  for (const command of commands) {
    if (command.kind === "slash") slash.set(command.body.name, { body: command.body, manager: false });
    else if (command.kind === "message") {
      const { body, option, preset } = command;
      message.set(command.name, { body, manager: false, menuOption: option, preset });
    } else if (command.kind === "user") {
      const { body, manager, option } = command;
      user.set(command.name, { body, manager, menuOption: option });
    } else
      for (const body of command.commands)
        slash.set(`${command.name} ${body.name}`, { body, manager: command.manager });
  }
  return {
    slash: (name, subcommand) => slash.get(subcommand ? `${name} ${subcommand}` : name),
    message: (name) => message.get(name),
    user: (name) => user.get(name),
    running(name) {
      const body = slash.get(name)?.body;
      return body && "runs" in body ? body : undefined;
    },
  };
}
