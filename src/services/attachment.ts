import { createHash } from "node:crypto";
import { z } from "zod";
import { measure } from "./pictures.ts";
import { Problem } from "./problem.ts";
import type { FileSource, MediaFile } from "./replicate/media.ts";

/**
 * What a model is sent in the file's place. `still`: of an animation its first picture. `opaque`: without transparency, at
 * the size at which it is painted. A mask is white where something is painted anew: `fit` is the file itself at the size
 * of the opaque picture beside it, `transparency` is where the file is transparent.
 */
const madeAs = z.union([
  z.object({ picture: z.enum(["still", "opaque"]) }),
  z.object({ mask: z.enum(["fit", "transparency"]) }),
]);
export type MadeAs = z.output<typeof madeAs>;

/** Of a recording, in seconds from its beginning. */
const part = z.object({ from: z.number(), to: z.number() });

/** A file that somebody attached, as plain data. */
export const attachmentSchema = z.object({
  url: z.string(),
  name: z.string(),
  /** As Discord guessed it, usually from the name's ending; replaced by the truth once the content was looked at. */
  contentType: z.string(),
  bytes: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
  /** A picture that moves. */
  animated: z.boolean().optional(),
  /** Length of sound. */
  seconds: z.number().optional(),
  /** Of the content, in hexadecimal. */
  sha256: z.string().optional(),
  /** The content was looked at: type, pixels and length are true. */
  checked: z.boolean().optional(),
  /** Hidden until somebody clicks on it. */
  spoiler: z.boolean().optional(),
  /** It was given with an earlier request: Discord's addresses of files die after a day. */
  earlier: z.boolean().optional(),
  /** What is sent in its place: `part`, as it was planned, is a part of a recording. */
  as: z.union([madeAs, z.object({ part })]).optional(),
  /** Where the part was really cut, at a silence near the planned place; known once somebody listened to the recording. */
  cut: part.optional(),
});

export type Attachment = z.output<typeof attachmentSchema>;

export const isAttachment = (value: unknown): value is Attachment =>
  attachmentSchema.safeParse(value).success;

/** What a picture may have: 25 MiB, which is also the most that Discord takes in one request. */
export const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024;

/** What a recording may have: the most that anybody can attach on Discord, which takes a paid plan. */
export const MAX_RECORDING_BYTES = 500 * 1024 * 1024;

/** What a list of prompts may have. */
export const MAX_LIST_BYTES = 256 * 1024;

/** `list`: prompts as text, which is read by its command. */
export type AttachmentKind = "image" | "audio" | "list";

/** Picture types that the models read. */
const imageTypes = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/** What a model made, as the input of another; what is in it is looked into when that runs. */
export const madeAttachment = (url: string, name: string): Attachment => ({
  url,
  name,
  contentType: "image/png",
  // Not known yet, and not none.
  bytes: 1,
});

/** Checks what is known without looking: how large the file is. */
export function checkSize(
  { bytes, name }: Pick<Attachment, "bytes" | "name">,
  limitBytes = MAX_ATTACHMENT_BYTES,
): void {
  if (bytes === 0) throw new Problem({ kind: "empty-file", name });
  if (bytes > limitBytes) throw new Problem({ kind: "file-too-large", name, bytes, limitBytes });
}

/** What the content says: the attachment with its true facts, or what is wrong with it. */
async function lookAt(file: MediaFile, attachment: Attachment): Promise<Attachment | Problem> {
  const { name } = attachment;
  const { bytes, contentType } = file;
  if (bytes.byteLength === 0) return new Problem({ kind: "empty-file", name });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const size = imageTypes.has(contentType) ? await measure(bytes) : undefined;
  if (!size) return new Problem({ kind: "not-an-image", name });
  return { ...attachment, contentType, bytes: bytes.byteLength, sha256, checked: true, ...size };
}

/** Why a file can't be had that was there. */
export function unavailable({ name, earlier }: Attachment, cause: unknown): Problem {
  const isGone = cause instanceof Problem && cause.reason.kind === "output-gone";
  return new Problem(earlier && isGone ? { kind: "gone" } : { kind: "file-unavailable", name }, { cause });
}

/**
 * Looks into a picture: whether it is what its name says, and how many pixels it has. Into sound `Recordings` look.
 * @throws {Problem} not-an-image, what `unavailable` says, and what `checkSize` throws.
 */
export async function inspect(
  source: FileSource,
  attachment: Attachment,
  signal?: AbortSignal,
): Promise<Attachment> {
  if (attachment.checked) return attachment;
  checkSize(attachment);
  const options = { limitBytes: MAX_ATTACHMENT_BYTES, ...(signal ? { signal } : {}) };
  const seen = await source
    .read(attachment.url, options, (file) => lookAt(file, attachment))
    .catch((error: unknown) => {
      signal?.throwIfAborted();
      throw unavailable(attachment, error);
    });
  if (seen instanceof Problem) throw seen;
  return seen;
}
