import type { APIApplicationCommand } from "discord-api-types/v10";
import { answeringCommand, defineCommand, defineUserCommand } from "../../../src/commands/command.ts";
import { channel, person, role } from "../../../src/commands/options.ts";
import { commands } from "../../../src/commands/index.ts";
import { commandJson } from "../../../src/discord/register.ts";

const answer = async () => ({ text: "" });
const standing = answeringCommand({ name: "", description: "", options: { user: person("Who") }, answer });

/** Of what the bot's own commands have none, or too few. */
const more = [
  defineCommand({
    name: "post",
    description: "Posts",
    options: { where: channel("Where"), whom: role("For whom") },
    answer,
  }),
  ...["Standing of", "Transcribe"].map((name) =>
    defineUserCommand({ name, option: "user", manager: false, body: standing }),
  ),
];

/** The bot's commands, and a few more, as Discord would list them. */
export const registered = [...commands, ...more].map(
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
  channels: new Map([
    ["general", "20"],
    ["bot-log", "21"],
  ]),
};
