import type { PartialTokenizer } from "./tokenizer.ts";

/** Of each end of the file. A page has 65,307 bytes at the most, so a whole one is in it. */
const END_BYTES = 128 * 1024;

const CAPTURE = Buffer.from("OggS\0");
const HEADER_BYTES = 27;

/** Where the page at `at` ends; undefined where there is no whole page (RFC 3533). */
function pageEnd(bytes: Buffer, at: number): number | undefined {
  const segments = bytes[at + HEADER_BYTES - 1];
  if (segments === undefined || !bytes.subarray(at, at + CAPTURE.length).equals(CAPTURE)) return undefined;
  const lengths = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + segments);
  const end = at + HEADER_BYTES + segments + lengths.reduce((sum, length) => sum + length, 0);
  return end <= bytes.length ? end : undefined;
}

function wholePages(bytes: Buffer): Buffer {
  let end = 0;
  for (let next = pageEnd(bytes, 0); next !== undefined; next = pageEnd(bytes, next)) end = next;
  return bytes.subarray(0, end);
}

/** Ogg, whatever is in it: its length is on its last page, and music-metadata reads all pages to find that. */
export const isOgg = (contentType: string): boolean =>
  /^(audio|video|application)\/(ogg|opus)/.test(contentType);

/** The first and the last pages as a file of their own, which is as long as the whole. */
export async function endsOf(file: PartialTokenizer): Promise<Buffer> {
  const { size } = file.fileInfo;
  const first = Buffer.alloc(Math.min(size, END_BYTES));
  await file.peekBuffer(first, { position: 0 });
  if (size <= END_BYTES) return first;
  const last = Buffer.alloc(Math.min(size - END_BYTES, END_BYTES));
  await file.peekBuffer(last, { position: size - last.length });
  const begin = last.indexOf(CAPTURE);
  return begin < 0 ? first : Buffer.concat([wholePages(first), last.subarray(begin)]);
}
