/** A video of raw frames in the smallest form that players take: H.264 whose macroblocks are all I_PCM. */

const width = 96;
const height = 64;
const framesPerSecond = 8;

/** Writes bits, and H.264's Exp-Golomb numbers. */
function bitWriter() {
  const bits: number[] = [];
  const u = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  const ue = (value: number) => {
    const length = Math.floor(Math.log2(value + 1));
    u(0, length);
    u(value + 1, length + 1);
  };
  const align = () => {
    while (bits.length % 8 !== 0) bits.push(0);
  };
  const bytes = () => {
    u(1, 1);
    align();
    return Buffer.from(
      Array.from({ length: bits.length / 8 }, (_, i) =>
        bits.slice(i * 8, i * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
      ),
    );
  };
  return { u, ue, align, bytes };
}

/** A NAL unit; 00 00 0x is escaped as 00 00 03 0x. */
function nal(header: number, payload: Buffer): Buffer {
  const escaped: number[] = [header];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      escaped.push(3);
      zeros = 0;
    }
    escaped.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(escaped);
}

/** Baseline profile, level 3, frames only, output in coded order. */
function sequence(): Buffer {
  const w = bitWriter();
  w.u(66, 8);
  w.u(0xc0, 8);
  w.u(30, 8);
  for (const value of [0, 0, 2, 1]) w.ue(value);
  w.u(0, 1);
  w.ue(width / 16 - 1);
  w.ue(height / 16 - 1);
  w.u(0b1000, 4);
  return nal(0x67, w.bytes());
}

function picture(): Buffer {
  const w = bitWriter();
  w.ue(0);
  w.ue(0);
  w.u(0, 2);
  for (let i = 0; i < 3; i++) w.ue(0);
  w.u(0, 3);
  for (let i = 0; i < 3; i++) w.ue(0);
  w.u(0, 3);
  return nal(0x68, w.bytes());
}

/** One frame of a gradient that moves; every frame is a key frame. */
function frame(index: number, seed: number): Buffer {
  const w = bitWriter();
  for (const value of [0, 7, 0]) w.ue(value);
  w.u(0, 4);
  w.ue(index % 2);
  w.u(0, 2);
  w.ue(0);
  for (let mb = 0; mb < (width / 16) * (height / 16); mb++) {
    const [left, top] = [(mb % (width / 16)) * 16, Math.floor(mb / (width / 16)) * 16];
    w.ue(25);
    w.align();
    for (let i = 0; i < 256; i++)
      w.u(40 + ((left + (i % 16) + top + Math.floor(i / 16) + index * 6) % 160), 8);
    for (let i = 0; i < 64; i++) w.u(80 + (seed % 90), 8);
    for (let i = 0; i < 64; i++) w.u(80 + ((seed >> 8) % 90), 8);
  }
  return nal(0x65, w.bytes());
}

const u8 = (...bytes: number[]) => Buffer.from(bytes);
const u16 = (...values: number[]) => Buffer.concat(values.map((value) => u8(value >> 8, value & 255)));
const u32 = (...values: number[]) => Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xffff)));

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, "latin1"), body]);
}

const unity = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function header(samples: Buffer[], seconds: number, offset: number): Buffer {
  const [sps, pps] = [sequence(), picture()];
  const avcC = box(
    "avcC",
    u8(1, 66, 0xc0, 30, 0xff, 0xe1),
    u16(sps.length),
    sps,
    u8(1),
    u16(pps.length),
    pps,
  );
  const avc1 = box(
    "avc1",
    u32(0),
    u16(0, 1),
    Buffer.alloc(16),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
    avcC,
  );
  const stbl = box(
    "stbl",
    box("stsd", u32(0, 1), avc1),
    box("stts", u32(0, 1, samples.length, 1000 / framesPerSecond)),
    box("stsc", u32(0, 1, 1, samples.length, 1)),
    box("stsz", u32(0, 0, samples.length, ...samples.map((sample) => sample.length))),
    box("stco", u32(0, 1, offset)),
  );
  const dinf = box("dinf", box("dref", u32(0, 1), box("url ", u32(1))));
  const minf = box("minf", box("vmhd", u32(1), u16(0, 0, 0, 0)), dinf, stbl);
  const hdlr = box("hdlr", u32(0, 0), Buffer.from("vide"), u32(0, 0, 0), Buffer.from("sandbox\0"));
  const mdia = box("mdia", box("mdhd", u32(0, 0, 0, 1000, seconds * 1000), u16(0x55c4, 0)), hdlr, minf);
  const place = Buffer.concat([u32(0, 0), u16(0, 0, 0, 0), unity, u32(width << 16, height << 16)]);
  const tkhd = box("tkhd", u32(3, 0, 0, 1, 0, seconds * 1000), place);
  const rate = Buffer.concat([u32(0x10000), u16(0x100, 0), u32(0, 0), unity, Buffer.alloc(24), u32(2)]);
  return box("moov", box("mvhd", u32(0, 0, 0, 1000, seconds * 1000), rate), box("trak", tkhd, mdia));
}

/** So many seconds of a moving gradient, whose colour follows from the seed. */
export function drawVideo(seconds: number, seed: number): Buffer {
  const frames = Array.from({ length: seconds * framesPerSecond }, (_, i) => frame(i, seed));
  const samples = frames.map((data) => Buffer.concat([u32(data.length), data]));
  const ftyp = box("ftyp", Buffer.from("isom"), u32(0x200), Buffer.from("isomiso2avc1mp41"));
  const offset = ftyp.length + header(samples, seconds, 0).length + 8;
  return Buffer.concat([ftyp, header(samples, seconds, offset), box("mdat", ...samples)]);
}
