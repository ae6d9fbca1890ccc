import { type RawFile, RequestMethod, type REST, Routes } from "discord.js";
import type { Clock } from "../services/clock.ts";
import type { Address } from "./address.ts";
import { type BucketState, bucketState } from "./pacer.ts";
import type { Payload } from "./render.ts";

export interface Sent {
  id: string;
  /** Ids of the message's attachments, in order. */
  attachments: string[];
  bucket: BucketState | undefined;
}

/** A message's new state: `keep` are the attachments that stay; left out, all stay. */
export interface MessageBody extends Payload {
  keep?: readonly string[];
  files?: readonly { file: RawFile; alt?: string }[];
}

/** The messages of one answer: through the interaction's webhook while its token lives, then through the channel. */
export interface Messages {
  edit(address: Address, id: string, body: MessageBody): Promise<Sent>;
  /** A further message of the answer. */
  send(address: Address, body: MessageBody, options?: { private?: boolean }): Promise<Sent>;
  remove(address: Address, id: string): Promise<void>;
}

/** `EPHEMERAL` */
const PRIVATE_FLAG = 1 << 6;

const requestOf = ({ keep, files = [], ...payload }: MessageBody) => {
  const uploads = files.map(({ file, alt }, index) => ({
    id: String(index),
    filename: file.name,
    ...(alt ? { description: alt.slice(0, 1024) } : {}),
  }));
  const attachments =
    keep || uploads.length > 0 ? { attachments: [...(keep ?? []).map((id) => ({ id })), ...uploads] } : {};
  return {
    body: { ...payload, ...attachments },
    ...(files.length > 0 ? { files: files.map(({ file }) => file) } : {}),
  };
};

export function createMessages(rest: REST, clock: Clock): Messages {
  const alive = (address: Address) => clock.now() < address.expiresAt;
  const webhookMessage = (address: Address, id: string) =>
    Routes.webhookMessage(address.application, address.token, id === address.messages[0] ? "@original" : id);

  async function call(
    method: RequestMethod.Patch | RequestMethod.Post,
    route: `/${string}`,
    body: MessageBody,
    byToken: boolean,
  ): Promise<Sent> {
    const query =
      method === RequestMethod.Post && byToken ? { query: new URLSearchParams({ wait: "true" }) } : {};
    const response = await rest.queueRequest({
      method,
      fullRoute: route,
      // Webhook routes carry their own token; the bot's would be dropped by a refusal there.
      auth: !byToken,
      ...query,
      ...requestOf(body),
    });
    const message = (await response.json()) as { id: string; attachments?: { id: string }[] };
    const attachments = (message.attachments ?? []).map(({ id }) => id);
    return { id: message.id, attachments, bucket: bucketState(response.headers) };
  }

  return {
    edit: (address, id, body) =>
      alive(address)
        ? call(RequestMethod.Patch, webhookMessage(address, id), body, true)
        : call(RequestMethod.Patch, Routes.channelMessage(address.channel, id), body, false),
    send: (address, body, options = {}) =>
      alive(address)
        ? call(
            RequestMethod.Post,
            Routes.webhook(address.application, address.token),
            options.private ? { ...body, flags: (body.flags ?? 0) | PRIVATE_FLAG } : body,
            true,
          )
        : call(RequestMethod.Post, Routes.channelMessages(address.channel), body, false),
    async remove(address, id) {
      const byToken = alive(address);
      const route = byToken ? webhookMessage(address, id) : Routes.channelMessage(address.channel, id);
      await rest.delete(route, { auth: !byToken });
    },
  };
}
