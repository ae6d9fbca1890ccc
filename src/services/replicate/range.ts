/** Bytes of a file: `bytes` of them, from `from` on. */
export interface Range {
  from: number;
  bytes: number;
}

export interface RangeRead {
  /** Fewer than were asked for where the file ends before. */
  bytes: Buffer;
  /** How many the whole file has; undefined where the server does not say. */
  totalBytes: number | undefined;
  /** The server sends parts. Where it does not, everything before the range had to be read, too. */
  isPart: boolean;
}

export const rangeHeader = ({ from, bytes }: Range): string => `bytes=${from}-${from + bytes - 1}`;

/** `bytes 0-99/1234` (RFC 9110, 14.4); the whole may be unknown: `*`. Undefined where it is something else. */
export function readContentRange(
  header: string | undefined,
): { from: number; totalBytes?: number } | undefined {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? "") ?? [];
  if (from === undefined) return undefined;
  return { from: Number(from), ...(total === "*" ? {} : { totalBytes: Number(total) }) };
}

/** Of what arrives, the bytes of the range; stops as soon as they are there. */
export async function pick(body: AsyncIterable<Buffer>, { from, bytes }: Range): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let at = 0;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(Math.max(0, from - at), Math.max(0, from + bytes - at)));
    at += chunk.byteLength;
    if (at >= from + bytes) break;
  }
  return Buffer.concat(chunks);
}
