import { type APIMessage, type REST, Routes } from "discord.js";
import type { Address } from "./address.ts";

/** What makes a further message in a channel one of the answer, and the same one however often it is sent. */
export const asFurther = (
  { interaction, replyTo, messages: [first = replyTo] }: Address,
  place: number | undefined,
) => ({
  ...(place === undefined ? {} : { nonce: `${interaction}-${place}`, enforce_nonce: true }),
  ...(first === undefined ? {} : { message_reference: { message_id: first, fail_if_not_exists: false } }),
});

/** A message of ours that belongs to this answer: made by its interaction, or a reply to its first one. */
const belongsTo =
  ({ application, interaction }: Address, first: string | undefined) =>
  ({ author, interaction_metadata, message_reference }: APIMessage): boolean =>
    author.id === application &&
    (interaction_metadata?.id === interaction ||
      (first !== undefined && message_reference?.message_id === first));

/**
 * A further message that is there beside the known ones; `unknown` where the bot can't see what is there.
 * @throws {unknown} what Discord refuses it with, unless `isClosed` says that the channel can't be seen.
 */
export async function findFurther(
  channel: REST,
  address: Address,
  known: readonly string[],
  isClosed: (error: unknown) => boolean,
): Promise<{ id: string } | "none" | "unknown"> {
  const last = known.at(-1) ?? address.replyTo;
  // Nothing is there that it could belong to: the message carries a nonce.
  if (last === undefined) return "none";
  // So does the first one of a reply.
  const unseen = known.length === 0 ? "none" : "unknown";
  if (address.private || !address.inChannel || !address.readsHistory) return unseen;
  const query = new URLSearchParams({ after: last, limit: "100" });
  const listed = channel.get(Routes.channelMessages(address.channel), { query });
  const messages = await listed.catch((error: unknown) => {
    if (isClosed(error)) return undefined;
    throw error;
  });
  if (!messages) return unseen;
  const found = (messages as APIMessage[]).filter(belongsTo(address, known[0] ?? address.replyTo));
  return found.findLast(({ id }) => !known.includes(id)) ?? "none";
}
