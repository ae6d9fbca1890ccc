import { type REST, RequestMethod, Routes } from "discord.js";
import type { Address } from "../../src/discord/address.ts";
import { split } from "../../src/discord/split.ts";

/** Sends one request and gives the message's id; undefined where it was refused and nobody minds. */
export type Send = (
  method: RequestMethod.Patch | RequestMethod.Post,
  route: `/${string}`,
  content: string,
) => Promise<string | undefined>;

/** Through discord.js' own queue, which waits for the bucket; the content is the one of the moment of asking. */
export function queued(rest: REST): Send {
  return async (method, route, content) => {
    // Webhook routes carry their own token.
    const options = { auth: route.startsWith("/channels/"), body: { content } };
    const message =
      method === RequestMethod.Patch
        ? rest.patch(route, options)
        : rest.post(route, { ...options, query: new URLSearchParams({ wait: "true" }) });
    return ((await message) as { id: string }).id;
  };
}

/** As some bots do it, without a queue: what is refused is forgotten. */
export function careless(rest: REST): Send {
  return async (method, route, content) => {
    const headers = { "content-type": "application/json" };
    const request = { method, headers, body: JSON.stringify({ content }) };
    const response = await fetch(`${rest.options.api}/v10${route}`, request).catch(() => undefined);
    return response?.ok ? ((await response.json()) as { id: string }).id : undefined;
  };
}

export type Lane = "webhook" | "channel";

/** The messages of one answer: the last one grows, and a further one begins where a text is too long. */
export function createPages({ application, token, channel, messages }: Address, lane: Lane, send: Send) {
  const ids: (string | undefined)[] = [messages[0]];
  const seen: string[] = [];
  const routeOf = (id: string, page: number) =>
    lane === "channel"
      ? Routes.channelMessage(channel, id)
      : Routes.webhookMessage(application, token, page === 0 ? "@original" : id);

  async function put(content: string, page: number): Promise<void> {
    if (seen[page] === content) return;
    const id = ids[page];
    seen[page] = content;
    if (id) await send(RequestMethod.Patch, routeOf(id, page), content);
    else ids[page] = await send(RequestMethod.Post, Routes.webhook(application, token), content);
  }

  return {
    /** Brings this text on screen, as far as requests are not refused. */
    async show(text: string): Promise<void> {
      for (const [page, { content }] of split(text).entries()) await put(content, page);
    },
  };
}
