import type { PartialTokenizer } from "./tokenizer.ts";

/** WebM is a kind of Matroska. */
export const isMatroska = (contentType: string): boolean =>
  /^(audio|video)\/(webm|(x-)?matroska)/.test(contentType);

/** Browsers begin a cluster every few seconds, or with every whole picture. */
const END_BYTES = 2 * 1024 * 1024;

const CLUSTER = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;

interface Element {
  id: number;
  at: number;
  end: number;
}

/** A number whose first byte says how many bytes it has (RFC 8794, 4). */
function numberAt(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (first === 0 || at + length > bytes.length) return undefined;
  const rest = length > 1 ? bytes.readUIntBE(at + 1, Math.min(6, length - 1)) : 0;
  // Of eight bytes the last one is left out: nothing that is looked for is as long.
  return { value: (first & (0xff >> length)) * 256 ** (length - 1) + rest, end: at + length };
}

/** An element with an id of one byte: all that matter in a cluster. */
function elementAt(bytes: Buffer, at: number): Element | undefined {
  const size = numberAt(bytes, at + 1);
  return size && { id: bytes[at] ?? 0, at: size.end, end: size.end + size.value };
}

/** The time of the last block of a cluster; in milliseconds, which is what every browser writes. */
function lastTimeOf(bytes: Buffer, at: number): number | undefined {
  const size = numberAt(bytes, at + CLUSTER.length);
  const begin = size && elementAt(bytes, size.end);
  if (!begin || begin.id !== TIMESTAMP || begin.end > bytes.length) return undefined;
  const from = bytes.readUIntBE(begin.at, Math.min(6, begin.end - begin.at));
  let last = from;
  for (let next = elementAt(bytes, begin.end); next; next = elementAt(bytes, next.end)) {
    if (next.id !== SIMPLE_BLOCK && next.id !== BLOCK_GROUP) break;
    // Of which track it is, and then its time after the cluster's.
    if (next.id === SIMPLE_BLOCK && next.at + 3 <= bytes.length)
      last = Math.max(last, from + bytes.readInt16BE(next.at + 1));
  }
  return last;
}

/** How long a film is that was recorded live, which could not say so at its beginning: the time of its last cluster. */
export async function lastSecond(file: PartialTokenizer): Promise<number | undefined> {
  const { size } = file.fileInfo;
  const end = Buffer.alloc(Math.min(size, END_BYTES));
  await file.peekBuffer(end, { position: size - end.length });
  for (let at = end.lastIndexOf(CLUSTER); at >= 0; at = at > 0 ? end.lastIndexOf(CLUSTER, at - 1) : -1) {
    const time = lastTimeOf(end, at);
    if (time) return time / 1_000;
  }
  return undefined;
}
