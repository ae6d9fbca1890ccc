import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Clock } from "./clock.ts";
import { Problem } from "./problem.ts";
import { type ContentType, contentTypeOf, SAMPLE_BYTES } from "./replicate/content-type.ts";
import type { FetchOptions, FileSource, Media } from "./replicate/media.ts";

export interface Copy extends ContentType {
  path: string;
}

/** Copies on the disk of what is elsewhere: of what models made, for Replicate removes it after an hour. */
export interface Files extends FileSource, Pick<Media, "stream"> {
  /**
   * Copies the file, unless there is a copy, and tells its type; two who ask at once share one download, which the
   * first one's signal gives up.
   * @throws {Problem} what `Media.read` throws; anything else is the disk's.
   */
  copy(url: string, signal?: AbortSignal): Promise<Copy>;
  remove(url: string): Promise<void>;
  /** Removes what was copied too long ago, and what a process that ended in the middle left behind. */
  sweep(): Promise<void>;
  /** Gives up what is being copied. */
  close(): Promise<void>;
}

/** More than any picture that the catalogue's models make; counted while it is read. */
export const MAX_OUTPUT_BYTES = 100 * 2 ** 20;

/** What is being downloaded; only whole files have no ending. */
const PART = ".part";
const isOurs = (name: string) => /^[0-9a-f]{64}(\.part)?$/.test(name);

/** Writes the file to the disk as it arrives. Where that fails, nothing is left. */
export async function download(
  media: Pick<Media, "stream">,
  url: string,
  path: string,
  options: FetchOptions,
): Promise<void> {
  try {
    await media.stream(url, options, ({ body }) =>
      // Flushed, so that a file with its final name is whole even after a power cut.
      pipeline(body, createWriteStream(path, { flush: true })),
    );
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** As much as its type depends on. */
async function beginningOf(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

function checkFits(bytes: number, { limitBytes }: FetchOptions): void {
  if (bytes > limitBytes) throw new Problem({ kind: "result-too-large", bytes, limitBytes });
}

async function typeOf(path: string): Promise<ContentType> {
  const file = await open(path);
  try {
    return await contentTypeOf(await beginningOf(file));
  } finally {
    await file.close();
  }
}

/** `folder` is made by the first copy. `limitBytes`: the most that one file may have; `wholeMs`: how long it may take. */
export function createFiles(deps: {
  folder: string;
  media: Media;
  clock: Clock;
  keepMs: number;
  limitBytes: number;
  wholeMs?: number;
}): Files {
  const { folder, media, clock, keepMs, limitBytes, wholeMs } = deps;
  const copying = new Map<string, Promise<Copy>>();
  const closing = new AbortController();
  let preparing: Promise<void> | undefined;

  const nameOf = (url: string) => createHash("sha256").update(url).digest("hex");
  const pathOf = (name: string) => join(folder, name);
  /** Resolves when nobody is copying this any more, however it ended. */
  const settled = (name: string) => copying.get(name)?.catch(() => undefined);

  async function removeLeftovers(names: readonly string[]): Promise<void> {
    const left = names.filter(
      (name) => isOurs(name) && name.endsWith(PART) && !copying.has(name.slice(0, -PART.length)),
    );
    for (const name of left) await rm(pathOf(name), { force: true });
  }

  async function prepare(): Promise<void> {
    // Private answers are copied, too.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(await readdir(folder));
  }

  async function make(url: string, name: string, signal?: AbortSignal): Promise<Copy> {
    preparing ??= prepare().catch((error: unknown) => {
      preparing = undefined;
      throw error;
    });
    await preparing;
    const path = pathOf(name);
    const known = await stat(path).catch(() => undefined);
    if (known) return { path, ...(await typeOf(path)) };
    const part = path + PART;
    const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    await download(media, url, part, { limitBytes, signal: stop, ...(wholeMs ? { wholeMs } : {}) });
    const now = clock.now() / 1000;
    await utimes(part, now, now);
    await rename(part, path);
    return { path, ...(await typeOf(path)) };
  }

  return {
    copy(url, signal) {
      const name = nameOf(url);
      const known = copying.get(name);
      if (known) return known;
      const copy = make(url, name, signal).finally(() => copying.delete(name));
      copying.set(name, copy);
      return copy;
    },

    async read(url, options, use) {
      const name = nameOf(url);
      await settled(name);
      const file = await open(pathOf(name)).catch(() => undefined);
      if (!file) return media.read(url, options, use);
      try {
        const { size } = await file.stat();
        checkFits(size, options);
        const space = await media.memory.reserve(size, options.signal);
        try {
          const bytes = await file.readFile();
          return await use({ bytes, ...(await contentTypeOf(bytes)) });
        } finally {
          space.release();
        }
      } finally {
        await file.close();
      }
    },

    async stream(url, options, use) {
      const name = nameOf(url);
      await settled(name);
      const file = await open(pathOf(name)).catch(() => undefined);
      if (!file) return media.stream(url, options, use);
      try {
        const { size } = await file.stat();
        checkFits(size, options);
        const type = await contentTypeOf(await beginningOf(file));
        return await use({ ...type, body: file.createReadStream({ start: 0, autoClose: false }) });
      } finally {
        await file.close();
      }
    },

    async remove(url) {
      const name = nameOf(url);
      await settled(name);
      await rm(pathOf(name), { force: true });
    },

    async sweep() {
      const names = await readdir(folder).catch(() => []);
      await removeLeftovers(names);
      const oldest = clock.now() - keepMs;
      for (const name of names.filter((each) => isOurs(each) && !each.endsWith(PART))) {
        const found = await stat(pathOf(name)).catch(() => undefined);
        if (found && found.mtimeMs < oldest) await rm(pathOf(name), { force: true });
      }
    },

    async close() {
      closing.abort(new Error("closed"));
      await Promise.allSettled(copying.values());
    },
  };
}
