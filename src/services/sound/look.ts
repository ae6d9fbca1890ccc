import { createHash } from "node:crypto";
import { type Attachment, unavailable } from "../attachment.ts";
import { Problem } from "../problem.ts";
import { contentTypeOf } from "../replicate/content-type.ts";
import type { Media } from "../replicate/media.ts";
import { type Contents, contentsIn, isHeard } from "./contents.ts";
import type { Found } from "./facts.ts";
import { BLOCK_BYTES, type Source } from "./tokenizer.ts";

/** Up to here a file is read as a whole, which is quicker than asking for parts of it. */
const SMALL_BYTES = 2 * 1024 * 1024;

/** Up to here it may be read as a whole where its length is not written in it. */
const COUNTED_BYTES = 25 * 1024 * 1024;

/** What is read of a large one at the most, and is in memory for as long. */
const PARTS_BYTES = 8 * 1024 * 1024;

interface Deps {
  media: Pick<Media, "read" | "range" | "memory">;
  signal: AbortSignal;
}

export const sourceOf = (bytes: Buffer, contentType: string): Source => ({
  bytes: bytes.byteLength,
  contentType,
  load: async (from, to) => bytes.subarray(from, to),
});

const isTooMuch = (error: unknown) => error instanceof Problem && error.reason.kind === "result-too-large";

const lookAtWhole = ({ url }: Attachment, { media, signal }: Deps): Promise<Found> =>
  media.read(url, { limitBytes: COUNTED_BYTES, signal }, async ({ bytes, contentType }) => ({
    contentType,
    bytes: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    contents: isHeard(contentType)
      ? await contentsIn(sourceOf(bytes, contentType), { counting: true, signal })
      : undefined,
  }));

/** The file by its parts, the first of which is there; no more of it than `PARTS_BYTES`. */
function partsOf(
  url: string,
  first: Buffer,
  bytes: number,
  contentType: string,
  { media, signal }: Deps,
): Source {
  let left = PARTS_BYTES - first.byteLength;
  return {
    bytes,
    contentType,
    async load(from, to) {
      if (to <= first.byteLength) return first.subarray(from, to);
      left -= to - from;
      if (left < 0)
        throw new Problem({ kind: "result-too-large", bytes: PARTS_BYTES - left, limitBytes: PARTS_BYTES });
      const read = await media.range(url, { from, bytes: to - from }, { limitBytes: PARTS_BYTES, signal });
      return read.bytes;
    },
  };
}

async function lookAtParts(file: Attachment, deps: Deps): Promise<Found> {
  const { media, signal } = deps;
  const space = await media.memory.reserve(PARTS_BYTES, signal);
  try {
    const range = { from: 0, bytes: BLOCK_BYTES };
    const first = await media.range(file.url, range, { limitBytes: PARTS_BYTES, signal });
    const { totalBytes: bytes = file.bytes } = first;
    const { contentType } = await contentTypeOf(first.bytes);
    const parts = partsOf(file.url, first.bytes, bytes, contentType, deps);
    return { contentType, bytes, contents: isHeard(contentType) ? await readOf(parts, signal) : undefined };
  } finally {
    space.release();
  }
}

/** Where more would have to be read than may be, nobody knows how long it is. */
const readOf = (parts: Source, signal: AbortSignal): Promise<Contents | undefined> =>
  contentsIn(parts, { signal }).catch((error: unknown) => {
    if (isTooMuch(error)) return { hasSound: true };
    throw error;
  });

async function found(file: Attachment, deps: Deps): Promise<Found> {
  if (file.bytes <= SMALL_BYTES) return lookAtWhole(file, deps);
  const seen = await lookAtParts(file, deps);
  const isUnclear = seen.contents?.hasSound === true && seen.contents.seconds === undefined;
  return isUnclear && seen.bytes <= COUNTED_BYTES ? lookAtWhole(file, deps) : seen;
}

/**
 * What a file says of itself, where it is: of a large one only the bytes are fetched that tell it.
 * @throws {Problem} what `unavailable` says; and the signal's reason.
 */
export async function lookAt(file: Attachment, deps: Deps): Promise<Found> {
  try {
    return await found(file, deps);
  } catch (error) {
    deps.signal.throwIfAborted();
    throw unavailable(file, error);
  }
}
