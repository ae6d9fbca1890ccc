import { openAsBlob } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attachment, inspect, isAttachment, type MadeAs, unavailable } from "../attachment.ts";
import { download } from "../files.ts";
import { made } from "../made.ts";
import { Problem } from "../problem.ts";
import type { RecordingFiles, Recordings } from "../recordings.ts";
import type { ReplicateApi } from "./client.ts";
import type { Media } from "./media.ts";

/** Where attachments are: what a model made may be one, of which there is a copy. */
export type InputFiles = Pick<Media, "read" | "stream" | "isPublic">;

/** Replicate takes data URLs up to 256 kB. */
const DATA_URL_MAX_BYTES = 256_000;
/** "Files must be less than 100MB in size", Replicate answers to a larger upload. */
const UPLOAD_MAX_BYTES = 100 * 1024 * 1024;

/** Who looks into files, and has them. */
interface Sources {
  media: InputFiles;
  recordings: Pick<RecordingFiles, "inspect" | "piece" | "read" | "stream">;
  signal: AbortSignal;
}

interface Deps extends Sources {
  api: ReplicateApi;
}

const isPicture = ({ contentType }: Attachment) => contentType.startsWith("image/");

/** Recordings are on the disk as soon as they were looked into. */
const sourceOf = (file: Attachment, { media, recordings }: Sources) => (isPicture(file) ? media : recordings);

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
export const withInspectedFiles = (input: Input, sources: Sources): Promise<Input> =>
  withAttachments(input, (file) => inspected(file, sources));

const inspected = (file: Attachment, { media, recordings, signal }: Sources) =>
  isPicture(file) ? inspect(media, file, signal) : recordings.inspect(file, signal);

const filesIn = (input: Input) => Object.values(input).flat().filter(isAttachment);

/** What was kept of the input's recordings is removed. */
export async function forgetFiles(input: Input, recordings: Pick<Recordings, "forget">): Promise<void> {
  for (const file of filesIn(input)) if (!isPicture(file)) await recordings.forget(file);
}

/** The input with what is known of its recordings by now, without looking. */
export const withRecognizedFiles = (
  input: Input,
  { recognized }: Pick<RecordingFiles, "recognized">,
): Input => {
  const entries = Object.entries(input).map(([name, value]) => [
    name,
    isAttachment(value) && !isPicture(value) ? recognized(value) : value,
  ]);
  return Object.fromEntries(entries) as Input;
};

/**
 * The input with every attachment turned into what Replicate can read: its own address where Replicate's machines reach
 * it, a data URL where it is small, an upload otherwise. What is made of a file has no address.
 */
export async function withReadableFiles(input: Input, deps: Deps): Promise<Input> {
  const seen = await withInspectedFiles(input, deps);
  const painted = Object.values(seen).find(isPainted);
  return withAttachments(seen, (file) => {
    if (!file.as) return sent(file, deps);
    return "part" in file.as ? sentPart(file, deps) : sentInstead(file, file.as, painted ?? file, deps);
  });
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

const dataUrl = (file: Attachment, deps: Deps) =>
  sourceOf(file, deps).read(
    file.url,
    { limitBytes: file.bytes, signal: deps.signal },
    ({ bytes }) => dataUrlPrefix(file) + bytes.toString("base64"),
  );

/** A part of a recording has no address. */
const sentPart = (file: Attachment, { recordings, api, signal }: Deps) =>
  recordings.piece(
    file,
    async (path) => {
      const piece = { ...file, contentType: "audio/ogg", bytes: (await stat(path)).size };
      const blob = await openAsBlob(path);
      if (dataUrlBytes(piece) <= DATA_URL_MAX_BYTES)
        return dataUrlPrefix(piece) + Buffer.from(await blob.arrayBuffer()).toString("base64");
      return api.upload(new File([blob], renamed(file, "ogg"), { type: piece.contentType }), signal);
    },
    signal,
  );

const renamed = ({ name }: Attachment, extension: string) => `${name.replace(/\.[^.]*$/, "")}.${extension}`;

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
  return api.upload(new File([new Uint8Array(bytes)], renamed(file, "png"), { type: "image/png" }), signal);
}

/** What is wrong with the file itself is no failure to read it. */
function problemIn(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** By way of the disk: from there it can be read again for a second attempt, without being in memory. */
async function upload(file: Attachment, deps: Deps): Promise<string> {
  const { api, signal } = deps;
  const folder = await mkdtemp(join(tmpdir(), "replicord-upload-"));
  try {
    const path = join(folder, "file");
    await download(sourceOf(file, deps), file.url, path, { limitBytes: UPLOAD_MAX_BYTES, signal });
    // Without a name and a type, models that go by them refuse the file.
    const named = new File([await openAsBlob(path)], file.name, { type: file.contentType });
    return await api.upload(named, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
