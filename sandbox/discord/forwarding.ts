import { type APIMessage, MessageFlags, MessageReferenceType } from "discord-api-types/v10";
import { none } from "./world.ts";

/** What a message has that forwards another one: where that is, and what it showed then (resources/message). */
export function forwardOf(original: APIMessage, guildId: string | undefined): Partial<APIMessage> {
  const { attachments, components = [], content, edited_timestamp, embeds } = original;
  const { flags = none as MessageFlags, mention_roles, mentions, timestamp, type } = original;
  const shown = { attachments, components, content, edited_timestamp, embeds, flags };
  return {
    message_reference: {
      type: MessageReferenceType.Forward,
      channel_id: original.channel_id,
      message_id: original.id,
      ...(guildId && { guild_id: guildId }),
    },
    message_snapshots: [{ message: { ...shown, mention_roles, mentions, timestamp, type } }],
  };
}
