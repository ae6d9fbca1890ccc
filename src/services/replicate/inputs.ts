import { type Attachment, inspect, isAttachment, MAX_ATTACHMENT_BYTES } from "../attachment.ts";
import type { ReplicateApi } from "./client.ts";
import type { Media } from "./media.ts";

/** Replicate takes data URLs up to 256 kB. */
const DATA_URL_MAX_BYTES = 190_000;

/**
 * The input with every attachment turned into what Replicate can read: its own address where Replicate's machines reach
 * it, a data URL where it is small, an upload otherwise. Also looks into attachments that nobody has looked into yet.
 */
export async function withReadableFiles(
  input: Record<string, unknown>,
  deps: { media: Media; api: ReplicateApi; signal: AbortSignal },
): Promise<Record<string, unknown>> {
  const entries = Object.entries(input).map(async ([name, value]) =>
    isAttachment(value) ? ([name, await readable(value, deps)] as const) : ([name, value] as const),
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function readable(
  attachment: Attachment,
  { media, api, signal }: { media: Media; api: ReplicateApi; signal: AbortSignal },
): Promise<string> {
  const kind = attachment.contentType.startsWith("image/") ? "image" : "audio";
  const seen = await inspect(media, attachment, kind, signal);
  if (media.isPublic(seen.url)) return seen.url;
  const { bytes } = await media.fetch(seen.url, { limitBytes: MAX_ATTACHMENT_BYTES, signal });
  if (bytes.byteLength <= DATA_URL_MAX_BYTES)
    return `data:${seen.contentType};base64,${bytes.toString("base64")}`;
  // A bare buffer would be uploaded without a name and type.
  return api.upload(new File([new Uint8Array(bytes)], seen.name, { type: seen.contentType }), signal);
}
