import type { PartialTokenizer } from "./tokenizer.ts";

/** By version (1, 2 and 2.5) of layer III, in bits a second / 1000 (ISO/IEC 11172-3 and 13818-3). */
const BIT_RATES = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

interface Frame {
  bytes: number;
  seconds: number;
}

/** The frame of layer III that begins here. */
function frameAt(bytes: Buffer, at: number): Frame | undefined {
  if (at + 4 > bytes.length) return undefined;
  const header = bytes.readUInt32BE(at);
  // Eleven ones, then the version, then layer III.
  const version = (header >>> 19) & 3;
  if (header >>> 21 !== 0x7ff || version === 1 || ((header >>> 17) & 3) !== 1) return undefined;
  const first = version === 3;
  const bitRate = BIT_RATES[first ? 1 : 2][(header >>> 12) & 15];
  const sampleRate = SAMPLE_RATES[(header >>> 10) & 3];
  if (!bitRate || !sampleRate) return undefined;
  const rate = sampleRate / (first ? 1 : version === 2 ? 2 : 4);
  const samples = first ? 1152 : 576;
  const padding = (header >>> 9) & 1;
  return { bytes: Math.floor((samples / 8) * ((bitRate * 1000) / rate)) + padding, seconds: samples / rate };
}

/** How many frames in a row are no accident. */
const IN_A_ROW = 4;

function isFrames(bytes: Buffer, at: number): boolean {
  let next = at;
  for (let count = 0; count < IN_A_ROW; count++) {
    const frame = frameAt(bytes, next);
    if (!frame) return false;
    next += frame.bytes;
  }
  return true;
}

/** Bytes and seconds of the frames in the sample. */
function framesIn(bytes: Buffer): Frame {
  let at = 0;
  while (at < bytes.length && !isFrames(bytes, at)) at++;
  const sum: Frame = { bytes: 0, seconds: 0 };
  for (let frame = frameAt(bytes, at); frame; frame = frameAt(bytes, at)) {
    sum.bytes += frame.bytes;
    sum.seconds += frame.seconds;
    at += frame.bytes;
  }
  return sum;
}

export const isMpeg = (contentType: string): boolean => contentType === "audio/mpeg";

/** What encoders write into a first frame that says how many follow. */
const SAYS_LENGTH = /Xing|Info|VBRI/;

const SAMPLES = 8;
const SAMPLE_BYTES = 32 * 1024;

async function sample(file: PartialTokenizer, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await file.peekBuffer(bytes, { position, mayBeLess: true }));
}

/** Where its tags end, which may have a picture of megabytes in them: seven bits a byte (ID3v2, 3.1). */
function beginOfSound(head: Buffer): number {
  if (head.toString("latin1", 0, 3) !== "ID3" || head.length < 10) return 0;
  return 10 + [...head.subarray(6, 10)].reduce((bytes, seven) => bytes * 128 + seven, 0);
}

/**
 * How long an MP3 is whose encoder did not write that down, from samples of all over the file: music-metadata takes the
 * bit rate of its first frames for that of all. Undefined where its length is written in it, or it is no layer III.
 */
export async function estimatedSeconds(file: PartialTokenizer): Promise<number | undefined> {
  const { size } = file.fileInfo;
  const begin = Math.min(size, beginOfSound(await sample(file, 0, 10)));
  if (SAYS_LENGTH.test((await sample(file, begin, SAMPLE_BYTES)).toString("latin1"))) return undefined;
  const places = Array.from(
    { length: SAMPLES },
    (_, nth) => begin + Math.floor(((size - begin) * nth) / SAMPLES),
  );
  const samples = await Promise.all(places.map((at) => sample(file, at, SAMPLE_BYTES)));
  const sums = samples.map(framesIn).filter(({ bytes }) => bytes > 0);
  const bytes = sums.reduce((sum, each) => sum + each.bytes, 0);
  const seconds = sums.reduce((sum, each) => sum + each.seconds, 0);
  return bytes > 0 ? (seconds / bytes) * (size - begin) : undefined;
}
