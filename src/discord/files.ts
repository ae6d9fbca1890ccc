import type { RawFile } from "discord.js";
import type { ViewFile } from "../commands/command.ts";
import { MAX_OUTPUT_BYTES } from "../services/files.ts";
import { createMemory } from "../services/memory.ts";
import { fit } from "../services/pictures.ts";
import { Problem } from "../services/problem.ts";
import type { FileSource, MediaFile } from "../services/replicate/media.ts";
import { createZipLoader, type ZipNote } from "./zip.ts";

/** The file as it can be posted: named by its content, re-encoded where it is too large. */
async function postable(name: string, file: MediaFile, limitBytes: number): Promise<RawFile> {
  const { bytes, contentType, extension } = file;
  if (bytes.byteLength <= limitBytes) return { name: `${name}.${extension}`, data: bytes, contentType };
  // An animation would stand still.
  if (!contentType.startsWith("image/") || contentType === "image/gif")
    throw new Problem({ kind: "result-too-large", bytes: bytes.byteLength, limitBytes });
  return { name: `${name}.webp`, data: await fit(bytes, limitBytes), contentType: "image/webp" };
}

/** Discord hides a file behind a spoiler because of its name. */
const nameOf = ({ name, spoiler }: ViewFile) => (spoiler ? `SPOILER_${name}` : name);

/** A file that is text already; none of what has to be fetched first. */
export const textFile = (file: ViewFile): RawFile[] =>
  "text" in file.from
    ? [{ name: `${nameOf(file)}.${file.from.extension}`, data: Buffer.from(file.from.text) }]
    : [];

/** A file that can be posted, and what has to be said about it. */
export interface LoadedFile extends RawFile {
  note?: ZipNote;
}

/** Turns a View's file into one that can be posted. What it returns is not counted by the source's memory any more. */
export function createFileLoader(source: FileSource) {
  const zip = createZipLoader(source);
  return async (file: ViewFile, limitBytes: number): Promise<LoadedFile> => {
    const { from } = file;
    if ("text" in from) return { name: `${nameOf(file)}.${from.extension}`, data: Buffer.from(from.text) };
    if ("zip" in from) return zip(nameOf(file), from.zip, limitBytes);
    return source.read(from.url, { limitBytes: MAX_OUTPUT_BYTES }, (read) =>
      postable(nameOf(file), read, limitBytes),
    );
  };
}

/** While it is made, a ZIP and what goes into it are there at once. */
const shareOf = ({ from }: ViewFile) => ("zip" in from ? 2 : 1);

/** A file that can't be posted here, and why. */
export class UnpostableFile extends Problem {
  readonly file: ViewFile;

  constructor(file: ViewFile, { reason }: Problem) {
    super(reason);
    this.file = file;
  }
}

/** A request's files together, as long as Discord did not allow more for a single one. */
const REQUEST_LIMIT_BYTES = 24 * 2 ** 20;

/** A View's files for as long as it takes to post them. */
export type PostFiles = <R>(
  files: readonly ViewFile[],
  limitBytes: number,
  post: (files: readonly LoadedFile[]) => Promise<R>,
) => Promise<R>;

export const sizeOf = ({ data }: RawFile) => (Buffer.isBuffer(data) ? data.byteLength : 0);

/**
 * All answers together hold at most `memoryBytes` of files that are being posted; who comes later waits. It is counted
 * apart from what is being read, because a message holds its first files while it reads the next.
 */
export function createPostFiles(source: FileSource, memoryBytes = 128 * 1024 * 1024): PostFiles {
  const memory = createMemory(memoryBytes);
  const load = createFileLoader(source);
  const loadOne = (file: ViewFile, eachBytes: number) =>
    load(file, eachBytes).catch((error: unknown) => {
      throw error instanceof Problem ? new UnpostableFile(file, error) : error;
    });

  return async (files, limitBytes, post) => {
    if (files.length === 0) return post([]);
    const togetherBytes = Math.min(memoryBytes, Math.max(limitBytes, REQUEST_LIMIT_BYTES));
    const shares = files.reduce((sum, file) => sum + shareOf(file), 0);
    const eachBytes = Math.min(
      limitBytes,
      Math.floor(togetherBytes / files.length),
      Math.floor(memoryBytes / shares),
    );
    const space = await memory.reserve(eachBytes * shares);
    try {
      const loaded: LoadedFile[] = [];
      for (const file of files) loaded.push(await loadOne(file, eachBytes));
      space.shrink(loaded.reduce((bytes, file) => bytes + sizeOf(file), 0));
      return await post(loaded);
    } finally {
      space.release();
    }
  };
}
