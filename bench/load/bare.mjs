// The least that acknowledges: a discord.js client that defers every command as soon as it sees it.
import { once } from "node:events";
import { Client } from "discord.js";
import "./watch.mjs";

const client = new Client({ intents: [], rest: { api: process.env.DISCORD_API_URL } });
client.on("interactionCreate", (interaction) => interaction.deferReply());
await client.login(process.env.DISCORD_TOKEN);
if (!client.isReady()) await once(client, "clientReady");
await client.application.commands.set([{ name: "usage", description: "Nothing" }]);
process.send({ ready: true });
