import type { APIAttachment, APIMessage, APIMessageApplicationCommandInteraction } from "discord.js";
import type { Attachment } from "../services/attachment.ts";
import { Problem } from "../services/problem.ts";

/** Discord hides what is called like this, and shows its name without it. */
const SPOILER = "SPOILER_";

export const attachmentOf = (file: APIAttachment): Attachment => ({
  url: file.url,
  name: file.filename.startsWith(SPOILER) ? file.filename.slice(SPOILER.length) : file.filename,
  ...(file.filename.startsWith(SPOILER) ? { spoiler: true } : {}),
  contentType: file.content_type ?? "application/octet-stream",
  bytes: file.size,
  ...(file.width && file.height ? { width: file.width, height: file.height } : {}),
  ...(file.duration_secs === undefined ? {} : { seconds: file.duration_secs }),
});

/** The files on a message, and on what it forwards. */
const filesOn = ({ attachments, message_snapshots: forwarded = [] }: APIMessage): APIAttachment[] => [
  ...attachments,
  ...forwarded.flatMap(({ message }) => message.attachments),
];

/** What can be wanted of a message: by the type that Discord names, or by the name's ending. */
const kinds = {
  image: { type: /^image\//, ending: /\.(png|jpe?g|webp|gif)$/i },
  audio: {
    type: /^(audio|video)\//,
    ending: /\.(mp3|wav|og[agv]|opus|m4[abv]|aac|flac|amr|3gp|aiff?|wma|mp4|mov|webm|mkv|avi|mpe?g)$/i,
  },
};
export type WantedFile = keyof typeof kinds;

/** `content_type` may be missing (resources/message), and an application's type says nothing of sound. */
const saysNothing = (type: string | undefined) => !type || type.startsWith("application/");

function isWanted({ content_type: type, filename }: APIAttachment, wanted: WantedFile): boolean {
  const kind = kinds[wanted];
  return kind.type.test(type ?? "") || (saysNothing(type) && kind.ending.test(filename));
}

/**
 * The first picture, or the first file with sound, on the message that a message command was used on. What it really is,
 * its content tells later.
 * @throws {Problem} no-attachment
 */
export function attachmentOnMessage(
  { data }: APIMessageApplicationCommandInteraction,
  wanted: WantedFile,
): Attachment {
  const message = data.resolved.messages[data.target_id];
  const file = message && filesOn(message).find((each) => isWanted(each, wanted));
  if (!file) throw new Problem({ kind: "no-attachment", wanted });
  return attachmentOf(file);
}
