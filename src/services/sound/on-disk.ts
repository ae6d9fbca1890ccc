import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Copy } from "../files.ts";
import { expiry } from "../deadline.ts";
import { type Contents, contentsIn, isHeard } from "./contents.ts";
import type { Found } from "./facts.ts";
import type { Source } from "./tokenizer.ts";

const sourceOf = (file: FileHandle, bytes: number, contentType: string): Source => ({
  bytes,
  contentType,
  async load(from, to) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.subarray(0, bytesRead);
  },
});

/** Of the content, in hexadecimal; little of it is in memory at once. */
async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Counting the frames of hours takes seconds; of a file that is nothing but frames, for ever. */
const COUNT_MS = 30_000;

/** What the file says where there was not enough time. */
async function counted(source: Source, said: Contents, signal: AbortSignal): Promise<Contents | undefined> {
  const late = expiry(COUNT_MS);
  try {
    return await contentsIn(source, { counting: true, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return said;
    throw error;
  }
}

/** What a copy is: its type, its length and its content's hash. Where its length is not written in it, it is counted. */
export async function readCopy({ path, contentType }: Copy, signal: AbortSignal): Promise<Found> {
  const file = await open(path);
  try {
    const { size: bytes } = await file.stat();
    const source = sourceOf(file, bytes, contentType);
    const said = isHeard(contentType) ? await contentsIn(source, { signal }) : undefined;
    const contents =
      said?.hasSound && said.seconds === undefined ? await counted(source, said, signal) : said;
    return { contentType, bytes, contents, sha256: await sha256Of(path, signal) };
  } finally {
    await file.close();
  }
}
