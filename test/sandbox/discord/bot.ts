import { Client, type ClientOptions, Events, type Interaction } from "discord.js";
import type { DiscordStandIn } from "../../../sandbox/discord/index.ts";

export const slashCommands = [
  {
    name: "imagine",
    description: "Draws",
    options: [
      { type: 3, name: "prompt", description: "What to draw", required: true },
      { type: 3, name: "model", description: "Which model", autocomplete: true },
      { type: 4, name: "count", description: "How many" },
      { type: 11, name: "reference", description: "An image" },
    ],
  },
  {
    name: "quota",
    description: "Quotas",
    default_member_permissions: "32",
    options: [
      {
        type: 1,
        name: "view",
        description: "Shows a quota",
        options: [
          { type: 6, name: "who", description: "Whose" },
          { type: 8, name: "role", description: "Which role's" },
          { type: 7, name: "where", description: "Where to say it", channel_types: [0, 5] },
        ],
      },
    ],
  },
  { type: 3, name: "Transcribe" },
  { type: 2, name: "Usage of" },
];

export interface TestBot {
  client: Client;
  errors: Error[];
}

/** An unmodified discord.js client with commands, that answers as told. */
export async function startBot(
  discord: DiscordStandIn,
  answer: (interaction: Interaction) => unknown,
  options: Partial<ClientOptions> = {},
): Promise<TestBot> {
  const client = new Client({ intents: [], rest: { api: discord.apiUrl }, ...options });
  const errors: Error[] = [];
  client.on(Events.Error, (error) => errors.push(error));
  const run = async (interaction: Interaction) => answer(interaction);
  client.on(Events.InteractionCreate, (interaction) => {
    run(interaction).catch((error: unknown) => errors.push(error as Error));
  });
  const ready = new Promise((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  await client.login(discord.token);
  await ready;
  await client.application?.commands.set(slashCommands);
  await discord.connected();
  return { client, errors };
}
