import { openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attachment, inspect, isAttachment, type MadeAs, unavailable } from "../attachment.ts";
import { download } from "../files.ts";
import { made } from "../made.ts";
import { Problem } from "../problem.ts";
import type { ReplicateApi } from "./client.ts";
import type { Media } from "./media.ts";

/** Where attachments are: what a model made may be one, of which there is a copy. */
export type InputFiles = Pick<Media, "read" | "stream" | "isPublic">;

/** Replicate takes data URLs up to 256 kB. */
const DATA_URL_MAX_BYTES = 256_000;
/** "Files must be less than 100MB in size", Replicate answers to a larger upload. */
const UPLOAD_MAX_BYTES = 100 * 1024 * 1024;

interface Deps {
  media: InputFiles;
  api: ReplicateApi;
  signal: AbortSignal;
}

const dataUrlPrefix = ({ contentType }: Attachment) => `data:${contentType};base64,`;
const dataUrlBytes = (file: Attachment) => dataUrlPrefix(file).length + Math.ceil(file.bytes / 3) * 4;

/** How Replicate gets a file whose content was looked at. The only place that decides it. */
export function wayOf(file: Attachment, media: Pick<Media, "isPublic">): "address" | "data URL" | "upload" {
  if (media.isPublic(file.url)) return "address";
  if (dataUrlBytes(file) <= DATA_URL_MAX_BYTES) return "data URL";
  if (file.bytes <= UPLOAD_MAX_BYTES) return "upload";
  const { name, bytes } = file;
  throw new Problem({ kind: "file-too-large", name, bytes, limitBytes: UPLOAD_MAX_BYTES });
}

type Input = Record<string, unknown>;

/** The input with every attachment in it, also in lists, changed. */
async function withAttachments<R>(input: Input, change: (file: Attachment) => Promise<R>): Promise<Input> {
  const changed = async (value: unknown): Promise<unknown> => {
    if (Array.isArray(value)) return Promise.all(value.map(changed));
    return isAttachment(value) ? change(value) : value;
  };
  const entries = Object.entries(input).map(async ([name, value]) => [name, await changed(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The input with every attachment looked into that nobody has looked into yet. Throws what `inspect` throws. */
export const withInspectedFiles = (input: Input, media: InputFiles, signal: AbortSignal): Promise<Input> =>
  withAttachments(input, (file) => inspected(file, media, signal));

const inspected = (file: Attachment, media: InputFiles, signal: AbortSignal) =>
  inspect(media, file, file.contentType.startsWith("image/") ? "image" : "audio", signal);

/**
 * The input with every attachment turned into what Replicate can read: its own address where Replicate's machines reach
 * it, a data URL where it is small, an upload otherwise. What is made of a file has no address.
 */
export async function withReadableFiles(input: Input, deps: Deps): Promise<Input> {
  const seen = await withInspectedFiles(input, deps.media, deps.signal);
  const painted = Object.values(seen).find(isPainted);
  return withAttachments(seen, (file) =>
    file.as && !("part" in file.as) ? sentInstead(file, file.as, painted ?? file, deps) : sent(file, deps),
  );
}

/** The picture that a mask beside it has to fit. */
const isPainted = (value: unknown): value is Attachment =>
  isAttachment(value) && value.as !== undefined && "picture" in value.as && value.as.picture === "opaque";

async function sent(file: Attachment, deps: Deps): Promise<string> {
  const way = wayOf(file, deps.media);
  if (way === "address") return file.url;
  return unlessGone(file, deps.signal, way === "upload" ? upload(file, deps) : dataUrl(file, deps));
}

/** A file that can't be had again is the attachment's problem, not the answer's. */
const unlessGone = <R>(file: Attachment, signal: AbortSignal, work: Promise<R>): Promise<R> =>
  work.catch((error: unknown) => {
    signal.throwIfAborted();
    if (!(error instanceof Problem)) throw error;
    throw unavailable(file, error);
  });

const dataUrl = (file: Attachment, { media, signal }: Deps) =>
  media.read(
    file.url,
    { limitBytes: file.bytes, signal },
    ({ bytes }) => dataUrlPrefix(file) + bytes.toString("base64"),
  );

/** What is made of the file, whose size is bounded, goes through memory. */
async function sentInstead(
  file: Attachment,
  as: MadeAs,
  picture: Attachment,
  { media, api, signal }: Deps,
): Promise<string> {
  const reading = media.read(file.url, { limitBytes: file.bytes, signal }, ({ bytes }) =>
    made(bytes, file, as, picture).catch(problemIn),
  );
  const bytes = await unlessGone(file, signal, reading);
  if (bytes instanceof Problem) throw bytes;
  const png = { ...file, contentType: "image/png", bytes: bytes.byteLength };
  if (dataUrlBytes(png) <= DATA_URL_MAX_BYTES) return dataUrlPrefix(png) + bytes.toString("base64");
  const name = `${file.name.replace(/\.[^.]*$/, "")}.png`;
  return api.upload(new File([new Uint8Array(bytes)], name, { type: "image/png" }), signal);
}

/** What is wrong with the file itself is no failure to read it. */
function problemIn(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** By way of the disk: from there it can be read again for a second attempt, without being in memory. */
async function upload(file: Attachment, { media, api, signal }: Deps): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "replicord-upload-"));
  try {
    const path = join(folder, "file");
    await download(media, file.url, path, { limitBytes: UPLOAD_MAX_BYTES, signal });
    // Without a name and a type, models that go by them refuse the file.
    const named = new File([await openAsBlob(path)], file.name, { type: file.contentType });
    return await api.upload(named, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
