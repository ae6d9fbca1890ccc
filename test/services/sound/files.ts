import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A box of MP4 and QuickTime. */
const box = (type: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
};

const numbers = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4));
  return bytes;
};

/** `mvhd` and `mdhd` of version 0: flags, made, changed, units a second, units. */
const header = (type: string, seconds: number) =>
  box(type, numbers(0, 0, 0, 1_000, Math.round(seconds * 1_000)), Buffer.alloc(80));

const handler = (kind: string) => box("hdlr", numbers(0, 0), Buffer.from(kind), Buffer.alloc(20));

/** QuickTime's tracks have a second handler, which says where the data are. */
const track = (kind: string, seconds: number) =>
  box("trak", box("mdia", header("mdhd", seconds), handler(kind), box("minf", handler("url "))));

interface FilmParts {
  brand?: string;
  kinds?: readonly string[];
  seconds?: number;
}

export const filmBegin = (brand = "isom") =>
  box("ftyp", Buffer.from(brand), numbers(512), Buffer.from(brand));

/** What a film says of itself; many write it after everything else. */
export const filmIndex = ({ kinds = ["vide", "soun"], seconds = 7_200 }: FilmParts = {}) =>
  box("moov", header("mvhd", seconds), ...kinds.map((kind) => track(kind, seconds)));

/** The box around the pictures and the sound, with 64 bits for its length; its content is to follow. */
export function mediaHead(contentBytes: number): Buffer {
  const head = Buffer.concat([numbers(1), Buffer.from("mdat"), Buffer.alloc(8)]);
  head.writeBigUInt64BE(BigInt(16 + contentBytes), 8);
  return head;
}

/** A film of a few hundred bytes. */
export const film = (parts: FilmParts = {}) =>
  Buffer.concat([filmBegin(parts.brand), mediaHead(100), Buffer.alloc(100), filmIndex(parts)]);

/** A film that has so many boxes of nothing before it says what it is. */
export const filmBehind = (boxes: number, bytes: number) =>
  Buffer.concat([filmBegin(), ...Array<Buffer>(boxes).fill(box("free", Buffer.alloc(bytes))), filmIndex()]);

/** Frames of an MP3 of 44.1 kHz: at 128 kbit/s, then at 32, without a word of how many there are. */
export function mp3OfTwoRates(loudSeconds: number, quietSeconds: number): Buffer {
  const frames = (seconds: number, head: number[], bytes: number) => {
    const frame = Buffer.alloc(bytes);
    frame.set(head);
    return Array<Buffer>(Math.round((seconds * 44_100) / 1_152)).fill(frame);
  };
  return Buffer.concat([
    ...frames(loudSeconds, [0xff, 0xfb, 0x90, 0xc4], 417),
    ...frames(quietSeconds, [0xff, 0xfb, 0x10, 0xc4], 104),
  ]);
}

const CAPTURE = Buffer.from("OggS");

/** Five seconds of speech whose middle comes again and again: what its last page says of its length stays true. */
export function largeOgg(atLeastBytes: number): Buffer {
  const bytes = readFileSync(join(import.meta.dirname, "../../../sandbox/samples/speech.ogg"));
  const starts: number[] = [];
  for (let at = bytes.indexOf(CAPTURE); at >= 0; at = bytes.indexOf(CAPTURE, at + 1)) starts.push(at);
  const pages = starts.map((start, nth) => bytes.subarray(start, starts[nth + 1] ?? bytes.length));
  const middle = Buffer.concat(pages.slice(2, -1));
  const times = Math.ceil(atLeastBytes / middle.length);
  const last = pages.at(-1) ?? Buffer.alloc(0);
  return Buffer.concat([...pages.slice(0, 2), ...Array<Buffer>(times).fill(middle), last]);
}
