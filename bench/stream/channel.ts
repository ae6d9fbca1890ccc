import {
  ApplicationCommandType,
  InteractionResponseType,
  MessageFlags,
  type RESTPostAPIInteractionCallbackWithResponseResult,
} from "discord-api-types/v10";
import { REST, Routes } from "discord.js";
import type { Profile } from "../../sandbox/discord/buckets.ts";
import { type DiscordStandIn, startDiscord } from "../../sandbox/discord/index.ts";
import type { Exchange } from "../../sandbox/discord/person.ts";
import { type Address, newAddress, TOKEN_LIFE_MS } from "../../src/discord/address.ts";
import type { Shown } from "./figures.ts";
import { RTT_MS } from "./pace.ts";
import type { NewRest } from "./policy.ts";
import { read } from "./text.ts";

/** What stands in a channel of one answer, and what stood there. */
export interface Place {
  address: Address;
  /** Every change since it was deferred, as Discord applied it. */
  shown: Shown[];
}

/** A channel of its own, on a Discord of its own, in which somebody has asked for answers. */
export interface Channel {
  discord: DiscordStandIn;
  places: Place[];
  newRest: NewRest;
  close(): Promise<void>;
}

export interface Wanted {
  profile: Profile;
  answers: number;
  private: boolean;
}

/** Few ask at once, so that other channels are not disturbed. */
const AT_ONCE = 5;

export async function openChannel({ profile, answers, ...wanted }: Wanted): Promise<Channel> {
  const discord = await startDiscord({ profile, latencyMs: RTT_MS });
  const newRest: NewRest = (options) => new REST({ ...options, api: discord.apiUrl }).setToken(discord.token);
  // What goes before the answers must not count against the limit of those who bring them.
  const before = newRest({ globalRequestsPerSecond: Infinity });
  await before.put(Routes.applicationCommands(discord.applicationId), {
    body: [{ name: "ask", description: "Ask", type: ApplicationCommandType.ChatInput }],
  });
  const places: Place[] = [];
  while (places.length < answers) {
    const names = Array.from({ length: Math.min(AT_ONCE, answers - places.length) }, (_, at) => `Mia ${at}`);
    places.push(...(await Promise.all(names.map((name) => ask(discord, before, name, wanted.private)))));
  }
  return { discord, newRest, places, close: () => discord.close() };
}

async function ask(discord: DiscordStandIn, rest: REST, name: string, hidden: boolean): Promise<Place> {
  const exchange = discord.join(name).command("ask");
  const { id: interaction, token } = exchange;
  const flags = hidden ? { data: { flags: MessageFlags.Ephemeral } } : {};
  const answer = (await rest.post(Routes.interactionCallback(interaction, token), {
    auth: false,
    query: new URLSearchParams({ with_response: "true" }),
    body: { type: InteractionResponseType.DeferredChannelMessageWithSource, ...flags },
  })) as RESTPostAPIInteractionCallbackWithResponseResult;
  const address = newAddress({
    application: discord.applicationId,
    interaction,
    token,
    expiresAt: Date.now() + TOKEN_LIFE_MS,
    channel: discord.channelId,
    private: hidden,
    inChannel: true,
    messages: [answer.resource!.message!.id],
    fileLimitBytes: 10 * 2 ** 20,
  });
  return watched(exchange, address);
}

/** Reads the messages at every change, in the moment in which Discord applies it. */
function watched(exchange: Exchange, address: Address): Place {
  const shown: Shown[] = [];
  exchange.watch(() => {
    const contents = exchange.messages.map(({ content }) => content);
    shown.push({ at: Date.now(), ...read(contents) });
  });
  return { address, shown };
}
