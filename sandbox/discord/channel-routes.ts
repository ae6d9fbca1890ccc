import { type APIMessage, MessageFlags, MessageReferenceType, MessageType } from "discord-api-types/v10";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import * as z from "zod";
import type { Clock } from "../../src/services/clock.ts";
import { checkForm, refuse } from "./api-error.ts";
import { SENDABLE_FLAGS } from "./callback-routes.ts";
import { mentionDefaults } from "./mentions.ts";
import { checkMessage } from "./message-rules.ts";
import type { Messages, StoredMessage } from "./messages.ts";
import { readBody } from "./uploads.ts";
import type { Channel, World } from "./world.ts";

interface Needs {
  world: World;
  messages: Messages;
  clock: Clock;
  /** Counts an edit of a message older than an hour; throws when there were too many. */
  countOldEdit: (channelId: string) => void;
}

const HOUR_MS = 3_600_000;

/** `/channels/{id}`: the channel and its messages, with the bot's token. Ephemeral messages do not exist here. */
export function addChannelRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  { world, messages, clock, countOldEdit }: Needs,
): void {
  const readable = (id: string): Channel => {
    const channel = world.channels.get(id);
    if (!channel || channel.state === "gone") throw refuse.unknownChannel();
    if (channel.state === "hidden") throw refuse.missingAccess();
    return channel;
  };
  const writable = (id: string): Channel => {
    const channel = readable(id);
    const refused = channel.recipient?.refusesDirectMessages;
    if (refused) throw refuse.directMessage(refused);
    if (channel.state === "read-only") throw refuse.missingPermissions();
    return channel;
  };
  const listed = (channelId: string) =>
    messages.inChannel(channelId).filter(({ seenBy }) => seenBy === undefined);
  const message = (channelId: string, id: string): StoredMessage => {
    const found = listed(channelId).find(({ data }) => data.id === id);
    if (!found) throw refuse.unknownMessage();
    return found;
  };

  api.get("/channels/:channel", (c) => c.json(readable(c.req.param("channel")).data));

  api.post("/channels/:channel/typing", (c) => {
    writable(c.req.param("channel"));
    return c.body(null, 204);
  });

  api.get("/channels/:channel/messages", (c) => {
    const { channel } = c.req.param();
    readable(channel);
    const { before, after, around } = c.req.query();
    const { limit } = checkForm(
      z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) }),
      c.req.query(),
    );
    const all = listed(channel).map(({ data }) => data);
    return c.json(page(all, limit, { before, after, around }).toReversed());
  });

  api.post("/channels/:channel/messages", async (c) => {
    const channelId = c.req.param("channel");
    const channel = writable(channelId);
    const { payload, files } = await readBody(c);
    const checked = checkMessage(payload);
    const { nonce, enforce_nonce, message_reference: reference } = checked;
    const guildId = "guild_id" in channel.data ? channel.data.guild_id : undefined;
    const repliesTo = reference && listed(channelId).find(({ data }) => data.id === reference.message_id);
    const found = z.unknown().refine((each) => each || reference?.fail_if_not_exists === false, {
      message: "Unknown message",
      params: { discord: "REPLIES_UNKNOWN_MESSAGE" },
    });
    if (reference) checkForm(found, repliesTo, ["message_reference"]);
    const draft = await messages.draft(channelId, checked, files);
    writable(channelId);
    // With enforce_nonce, a message of this nonce that exists is the answer, and nothing is made.
    const twin = enforce_nonce && nonce != null && listed(channelId).find(({ data }) => data.nonce === nonce);
    if (twin) return c.json(twin.data);
    const stored = messages.add({
      ...draft,
      channelId,
      author: world.bot,
      type: repliesTo ? MessageType.Reply : MessageType.Default,
      flags: (checked.flags ?? 0) & SENDABLE_FLAGS & ~MessageFlags.Ephemeral,
      mentionDefault: mentionDefaults.channel,
      extra: {
        ...(nonce != null && { nonce }),
        ...(repliesTo && {
          message_reference: {
            type: MessageReferenceType.Default,
            channel_id: channelId,
            message_id: repliesTo.data.id,
            ...(guildId && { guild_id: guildId }),
          },
          referenced_message: repliesTo.data,
        }),
      },
    });
    const pings = (checked.allowed_mentions ?? mentionDefaults.channel).replied_user;
    const author = repliesTo?.data.author;
    if (author && pings && !stored.data.mentions.some(({ id }) => id === author.id))
      stored.data.mentions.push(author);
    return c.json(stored.data);
  });

  api.get("/channels/:channel/messages/:message", (c) => {
    const { channel, message: id } = c.req.param();
    readable(channel);
    return c.json(message(channel, id).data);
  });

  api.patch("/channels/:channel/messages/:message", async (c) => {
    const { channel, message: id } = c.req.param();
    readable(channel);
    const { data } = message(channel, id);
    if (data.author.id !== world.bot.id) throw refuse.notYourMessage();
    if (clock.now() - Date.parse(data.timestamp) > HOUR_MS) countOldEdit(channel);
    const { payload, files } = await readBody(c);
    const checked = checkMessage(payload, [], ((data.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0);
    const draft = await messages.draft(channel, checked, files, data);
    const stored = message(channel, id);
    const mentionDefault = stored.interactionId ? mentionDefaults.interaction : mentionDefaults.channel;
    return c.json(messages.edit(stored, draft, mentionDefault).data);
  });

  api.delete("/channels/:channel/messages/:message", (c) => {
    const { channel, message: id } = c.req.param();
    const { recipient } = readable(channel);
    const stored = message(channel, id);
    // In direct messages nobody deletes what the other one wrote; in the guild the bot may manage messages.
    if (recipient && stored.data.author.id !== world.bot.id) throw refuse.missingPermissions();
    messages.remove(stored);
    return c.body(null, 204);
  });
}

/** A page of messages, oldest first. */
function page(
  all: APIMessage[],
  limit: number,
  { before, after, around }: Record<"before" | "after" | "around", string | undefined>,
): APIMessage[] {
  if (after) return all.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit);
  if (before) return all.filter(({ id }) => BigInt(id) < BigInt(before)).slice(-limit);
  if (!around) return all.slice(-limit);
  const middle = all.filter(({ id }) => BigInt(id) < BigInt(around)).length;
  return all.slice(Math.max(0, middle - Math.floor(limit / 2)), middle + Math.ceil(limit / 2));
}
