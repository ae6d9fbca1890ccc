import type { APIApplicationCommand } from "discord-api-types/v10";
import { commandJson } from "../../../src/discord/register.ts";
import { commands } from "../../../src/commands/index.ts";

/** The bot's commands as Discord would list them. */
export const registered = commands.map(
  (command, index) =>
    ({ description: "", ...commandJson(command), id: String(index) }) as APIApplicationCommand,
);

export const names = {
  people: new Map([
    ["Ada", "1"],
    ["Mia", "2"],
    ["Oto", "3"],
  ]),
  roles: new Map([
    ["@everyone", "10"],
    ["artists", "11"],
    ["admins", "12"],
  ]),
};
