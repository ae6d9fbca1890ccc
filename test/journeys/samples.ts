import sharp from "sharp";
import type { Upload } from "../../sandbox/discord/person.ts";

/** A picture that is noise, so that no format can make it small. */
export async function picture(width = 320, height = 240, name = "photo.png"): Promise<Upload> {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  const data = await sharp({ create: { width, height, channels: 3, background: "white", noise } })
    .png()
    .toBuffer();
  return { name, data, contentType: "image/png" };
}

/** A WAV file of this many seconds: a tone, which every decoder can read. */
export function tone(seconds: number, name = "voice.wav"): Upload {
  const rate = 8_000;
  const samples = rate * seconds;
  const data = Buffer.alloc(44 + samples * 2);
  data.write("RIFF", 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write("WAVEfmt ", 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write("data", 36);
  data.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index++)
    data.writeInt16LE(Math.round(8_000 * Math.sin((index * 2 * Math.PI * 440) / rate)), 44 + index * 2);
  return { name, data, contentType: "audio/wav" };
}

/** A text file under whatever name. */
export const words = (name: string, contentType: string): Upload => ({
  name,
  data: Buffer.from("These are only words. ".repeat(200)),
  contentType,
});

interface Size {
  width: number;
  height: number;
}

/** `#rrggbb` or `#rrggbbaa` as four numbers. */
const rgba = (colour: string) => [...Buffer.from(`${colour.slice(1)}ff`.slice(0, 8), "hex")];

/** A picture of one colour with a rectangle in another; exact pixels, those that are transparent as well. */
export function painted(
  { width, height }: Size,
  inner: Size & { left: number; top: number },
  { ground = "#000000", paint = "#ffffff" } = {},
) {
  const isInside = (x: number, y: number) =>
    x >= inner.left && x < inner.left + inner.width && y >= inner.top && y < inner.top + inner.height;
  const pixels = Array.from({ length: width * height }, (_, at) =>
    rgba(isInside(at % width, Math.floor(at / width)) ? paint : ground),
  );
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels: 4 } });
}
