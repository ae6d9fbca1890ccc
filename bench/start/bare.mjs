// The least that a Discord bot can be: it logs in, with no intents, and does nothing.
import { Client } from "discord.js";

const client = new Client({ intents: [], rest: { api: process.env.DISCORD_API_URL } });
await client.login(process.env.DISCORD_TOKEN);
