import { type GatewayMessageCreateDispatchData, MessageFlags } from "discord.js";
import type { Asker, Request } from "../commands/command.ts";
import type { Attachment } from "../services/attachment.ts";
import { attachmentOf } from "./message-files.ts";
import { chanceOf } from "./request.ts";

/** What somebody said in a server's channel. */
export interface VoiceMessage {
  id: string;
  guild: string;
  channel: string;
  asker: Asker;
  audio: Attachment;
}

/** The event carries no language of its author's, and without the Guilds intent the server's is unknown. */
export const VOICE_LOCALE = "en-US";

/** A person's voice message in a server; undefined for every other message. */
export function voiceMessageOf(message: GatewayMessageCreateDispatchData): VoiceMessage | undefined {
  const { id, flags = 0, guild_id: guild, channel_id: channel, webhook_id, author, member } = message;
  const isVoice = (flags & MessageFlags.IsVoiceMessage) !== 0;
  // A voice message has exactly one file; none is there for a bot that may not read it.
  const [file] = message.attachments;
  if (!isVoice || !guild || !file || author.bot || webhook_id !== undefined) return undefined;
  const name = member?.nick ?? author.global_name ?? author.username;
  // Its author asks as anybody else does: permissions are not in the event.
  const asker = { id: author.id, name, roles: member?.roles ?? [], manager: false };
  return { id, guild, channel, asker, audio: attachmentOf(file) };
}

/** Its transcription, as its author would ask for it there. */
export const requestOfVoice = (
  { id, guild, channel, asker, audio }: VoiceMessage,
  { models, allowed }: Pick<Request, "models" | "allowed">,
): Request => ({
  id,
  asker,
  guild,
  channel,
  locale: VOICE_LOCALE,
  options: { audio },
  chance: chanceOf(id),
  models,
  ...(allowed ? { allowed } : {}),
  private: false,
});
