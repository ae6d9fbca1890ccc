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
export function filmBehind(boxes: number, bytes: number): Buffer {
  const nothing = box("free", Buffer.alloc(bytes));
  return Buffer.concat([filmBegin(), ...Array<Buffer>(boxes).fill(nothing), filmIndex()]);
}

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

/** Tags with a picture of a megabyte. */
export function id3(): Buffer {
  const tags = Buffer.alloc(10 + 2 ** 20, 7);
  // Version 2.4; the length has seven bits a byte.
  tags.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 0x40, 0, 0]);
  return tags;
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

/** The beginning of a WebM with Opus as ffmpeg wrote it with `-live 1`: it says no length. */
const liveHead = Buffer.from(
  [
    "GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQRChYECGFOAZwH/////////EU2bdKtNu4tTq4QVSalmU6yBoU27i1OrhBZU",
    "rmtTrIHNTbuMU6uEElTDZ1OsggE37AEAAAAAAABoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAVSalmpyrXsYMPQkBNgI1M",
    "YXZmNTkuMjcuMTAwV0GNTGF2ZjU5LjI3LjEwMBZUrmvlrgEAAAAAAABc14EBc8WItu3lJNloIbKcgQAitZyDdW5kiIEAhoZBX09Q",
    "VVNWqoMxl1BWu4QExLQAg4EC4ZGfgQG1iEDXcAAAAAAAYmSBIGOik09wdXNIZWFkAQE4AcBdAAAAAAASVMNn2XNzoGPAgGfImkWj",
    "h0VOQ09ERVJEh41MYXZmNTkuMjcuMTAwc3OzY8CLY8WItu3lJNloIbJnyKJFo4dFTkNPREVSRIeVTGF2YzU5LjM3LjEwMCBsaWJv",
    "cHVz",
  ].join(""),
  "base64",
);

/** A cluster of unknown size that begins at this millisecond, with two blocks: at once, and 100 ms later. */
function cluster(ms: number): Buffer {
  const time = Buffer.alloc(4);
  time.writeUInt32BE(ms);
  const block = (later: number) => Buffer.from([0xa3, 0x86, 0x81, 0, later, 0x80, 0xff, 0xfe]);
  return Buffer.concat([Buffer.from("1f43b67501ffffffffffffffe784", "hex"), time, block(0), block(100)]);
}

/** A WebM that was recorded live, with a cluster for each of so many seconds. */
export const liveWebm = (seconds: number) =>
  Buffer.concat([liveHead, ...Array.from({ length: seconds }, (_, second) => cluster(second * 1_000))]);
