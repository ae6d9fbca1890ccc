import type { Contents } from "./contents.ts";
import type { PartialTokenizer } from "./tokenizer.ts";

/** MP4, M4A, QuickTime and 3GPP are one format: boxes in boxes (ISO/IEC 14496-12). */
export const isMovie = (contentType: string): boolean =>
  /^(audio|video)\/(mp4|x-m4[abv]|quicktime|3gpp2?)$/.test(contentType);

/** Boxes that have only boxes in them, as far as they matter here. */
const inside = new Set(["moov", "trak", "mdia", "mvex"]);

/** Nothing that is read here is longer. */
const PAYLOAD_BYTES = 64;

interface Box {
  type: string;
  at: number;
  end: number;
}

interface Movie {
  /** One for each `mdia`. `kind`: `soun`, `vide`, … */
  media: { kind?: string; seconds?: number }[];
  seconds?: number;
}

async function bytesAt(file: PartialTokenizer, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const read = await file.peekBuffer(bytes, { position, mayBeLess: true });
  return bytes.subarray(0, read);
}

/** The box that begins here, with its content from `at`; undefined where there is none. */
async function boxAt(file: PartialTokenizer, position: number, limit: number): Promise<Box | undefined> {
  const head = await bytesAt(file, position, 16);
  if (head.length < 8) return undefined;
  const size = head.readUInt32BE(0);
  const isLarge = size === 1 && head.length === 16;
  const bytes = size === 0 ? limit - position : isLarge ? Number(head.readBigUInt64BE(8)) : size;
  if (bytes < (isLarge ? 16 : 8)) return undefined;
  const type = head.toString("latin1", 4, 8);
  return { type, at: position + (isLarge ? 16 : 8), end: Math.min(limit, position + bytes) };
}

/** Seconds of `mvhd` or `mdhd`; version 1 has its times in 64 bits. 0 and all ones mean that nobody knows. */
function lengthIn(payload: Buffer): number | undefined {
  const isLong = payload[0] === 1;
  if (payload.length < (isLong ? 32 : 20)) return undefined;
  const scale = payload.readUInt32BE(isLong ? 20 : 12);
  const units = isLong ? Number(payload.readBigUInt64BE(24)) : payload.readUInt32BE(16);
  const isUnknown = units === 0 || scale === 0 || units >= (isLong ? 2 ** 63 : 0xffff_ffff);
  return isUnknown ? undefined : units / scale;
}

async function readBox(file: PartialTokenizer, box: Box, movie: Movie): Promise<void> {
  const medium = movie.media.at(-1);
  const payload = () => bytesAt(file, box.at, Math.min(PAYLOAD_BYTES, box.end - box.at));
  if (box.type === "mdia") movie.media.push({});
  if (inside.has(box.type)) await readBoxes(file, box.at, box.end, movie);
  const seconds = /^m[vd]hd$/.test(box.type) ? lengthIn(await payload()) : undefined;
  if (seconds !== undefined) Object.assign(box.type === "mdhd" && medium ? medium : movie, { seconds });
  if (box.type === "hdlr" && medium) medium.kind = (await payload()).toString("latin1", 8, 12);
}

async function readBoxes(file: PartialTokenizer, from: number, to: number, movie: Movie): Promise<void> {
  for (let at = from; at < to;) {
    const box = await boxAt(file, at, to);
    if (!box) return;
    await readBox(file, box, movie);
    // What comes after it are the pictures and the sound.
    if (box.type === "moov") return;
    at = box.end;
  }
}

/**
 * What a film or an M4A says of itself; undefined where it says nothing of tracks. music-metadata loads the tables of all
 * samples (megabytes, for hours) and finds no sound in QuickTime's own files, in which tracks have two handlers.
 */
export async function movieIn(file: PartialTokenizer): Promise<Contents | undefined> {
  const movie: Movie = { media: [] };
  await readBoxes(file, 0, file.fileInfo.size, movie);
  if (movie.media.length === 0) return undefined;
  const sound = movie.media.find(({ kind }) => kind === "soun");
  const seconds = sound?.seconds ?? movie.seconds;
  return { hasSound: sound !== undefined, ...(seconds === undefined ? {} : { seconds }) };
}
