import { setImmediate } from "node:timers/promises";
import type { RawFile } from "discord.js";
import { ZipFile } from "yazl";
import { MAX_OUTPUT_BYTES } from "../services/files.ts";
import { fit } from "../services/pictures.ts";
import { Problem } from "../services/problem.ts";
import type { FileSource, MediaFile } from "../services/replicate/media.ts";

/** A file that goes into a ZIP; its name has no ending. */
export interface ZipEntry {
  name: string;
  url: string;
}

/** What has to be said about a ZIP. */
export interface ZipNote {
  /** Pictures had to be made smaller. */
  smaller: boolean;
  /** The names of those that could not be had any more. */
  missing: readonly string[];
}

export interface Zipped extends RawFile {
  note: ZipNote;
}

interface Packed {
  name: string;
  bytes: Buffer;
}

interface Gathered extends ZipNote {
  packed: Packed[];
}

/** A checksum of more than this would keep everything else waiting for too long. */
const MAX_ENTRY_BYTES = 16 * 2 ** 20;

/** What the format needs beside the files: two headers for each, which both have its name, and an end. */
const HEADERS_BYTES = 30 + 46;
const END_BYTES = 22;
/** Of an ending, and of what makes a name unique. */
const MORE_NAME_BYTES = 16;

const overheadOf = (entries: readonly ZipEntry[]) =>
  entries.reduce(
    (sum, { name }) => sum + HEADERS_BYTES + 2 * (Buffer.byteLength(safe(name)) + MORE_NAME_BYTES),
    END_BYTES,
  );

/** No path and no control characters, whoever unpacks it. */
const safe = (name: string) => name.replaceAll(/[^\p{L}\p{N}-]+/gu, "-") || "file";

/** The names in their order, none of them twice. */
function namer(): (name: string, extension: string) => string {
  const taken = new Set<string>();
  return (name, extension) => {
    let unique = `${safe(name)}.${extension}`;
    for (let copy = 2; taken.has(unique.toLowerCase()); copy += 1)
      unique = `${safe(name)}-${copy}.${extension}`;
    taken.add(unique.toLowerCase());
    return unique;
  };
}

/** One that is not to be had must not lose the others; what is too large is another matter. */
const isMissing = (error: unknown): error is Problem =>
  error instanceof Problem && error.reason.kind !== "result-too-large";

/** Nothing is compressed: pictures are already. */
async function zipped(packed: readonly Packed[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, bytes } of packed) {
    zip.addBuffer(bytes, name, { compress: false });
    // Its checksum took a while.
    await setImmediate();
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Packs files into a ZIP of at most `limitBytes`: as they are where they fit, otherwise each made to fit into an equal
 * share. While it is made it holds twice as much.
 * @throws {Problem} result-too-large, where nothing helps; what the source says, where none of them is to be had.
 */
export function createZipLoader(source: FileSource) {
  /** All of them, each as `pack` makes it; undefined where that says so of one. */
  async function gather(
    entries: readonly ZipEntry[],
    pack: (file: MediaFile) => Promise<Packed | undefined>,
  ): Promise<Omit<Gathered, "smaller"> | undefined> {
    const nameOf = namer();
    const packed: Packed[] = [];
    const missing: string[] = [];
    let last: unknown;
    for (const { name, url } of entries) {
      try {
        const file = await source.read(url, { limitBytes: MAX_OUTPUT_BYTES }, pack);
        if (!file) return undefined;
        packed.push({ ...file, name: nameOf(name, file.name) });
      } catch (error) {
        if (!isMissing(error)) throw error;
        last = error;
        missing.push(name);
      }
    }
    if (packed.length === 0) throw last;
    return { packed, missing };
  }

  /** As they were made; undefined where they find no room. */
  async function originals(entries: readonly ZipEntry[], roomBytes: number) {
    let room = roomBytes;
    return gather(entries, async ({ bytes, extension }) => {
      room -= bytes.byteLength;
      return room < 0 || bytes.byteLength > MAX_ENTRY_BYTES ? undefined : { name: extension, bytes };
    });
  }

  async function shares(entries: readonly ZipEntry[], roomBytes: number) {
    const share = Math.min(MAX_ENTRY_BYTES, Math.floor(roomBytes / entries.length));
    return gather(entries, async ({ bytes, extension }) =>
      bytes.byteLength <= share
        ? { name: extension, bytes }
        : { name: "webp", bytes: await fit(bytes, share) },
    );
  }

  return async (name: string, entries: readonly ZipEntry[], limitBytes: number): Promise<Zipped> => {
    const room = limitBytes - overheadOf(entries);
    const whole = await originals(entries, room);
    const found = whole ?? (await shares(entries, room));
    if (!found) throw new Problem({ kind: "result-too-large", bytes: limitBytes, limitBytes });
    const note = { smaller: whole === undefined, missing: found.missing };
    return { name: `${name}.zip`, data: await zipped(found.packed), contentType: "application/zip", note };
  };
}
