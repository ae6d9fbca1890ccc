import { Problem, type Size } from "./problem.ts";
import { loadSharp } from "./pictures.ts";

/** From this on, of 255, a mask's pixel counts as white, and a picture's as opaque. */
const HALF = 128;
/** A pixel that a quarter of white falls on is white: thin strokes are not lost when a mask becomes smaller. */
const QUARTER = 64;

/** The longest side of what is sent to be painted: the models paint 1 to 2 megapixels, and it has to be sent as PNG. */
const MAX_SIDE = 2_048;

/** How much width and height may differ in ratio. */
const SHAPE_TOLERANCE = 0.02;

/** The size at which a picture and its mask are sent: the picture's own, or what of it fits into the longest side. */
export function paintedSize({ width, height }: Size): Size {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return { width: side(width), height: side(height) };
}

/** @throws {Problem} mask-shape */
export function checkShape(picture: Size, mask: Size): void {
  const ratio = mask.width / mask.height / (picture.width / picture.height);
  if (Math.max(ratio, 1 / ratio) <= 1 + SHAPE_TOLERANCE) return;
  const { width, height } = mask;
  throw new Problem({
    kind: "mask-shape",
    picture: { width: picture.width, height: picture.height },
    mask: { width, height },
  });
}

/** A picture of one channel, whose pixels are 0 or 255. */
interface Mask {
  data: Buffer;
  info: Size;
}

/** White is white; what is transparent is nothing, however white it is below. */
async function whiteOf(bytes: Buffer): Promise<Mask> {
  const sharp = await loadSharp();
  return sharp(bytes)
    .autoOrient()
    .flatten({ background: "black" })
    .toColourspace("b-w")
    .threshold(HALF)
    .extractChannel(0)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
}

/** White where the picture is more transparent than not. */
async function holesOf(bytes: Buffer): Promise<Mask> {
  const sharp = await loadSharp();
  const alpha = await sharp(bytes)
    .autoOrient()
    .toColourspace("srgb")
    .ensureAlpha()
    .extractChannel("alpha")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = alpha.info;
  return sharp(alpha.data, { raw: { width, height, channels: 1 } })
    .negate()
    .threshold(HALF)
    .extractChannel(0)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
}

/** The mask at this size as PNG; undefined where nothing of it is white. */
async function fitted({ data, info }: Mask, size: Size): Promise<Buffer | undefined> {
  const sharp = await loadSharp();
  const { width, height } = info;
  const resized = await sharp(data, { raw: { width, height, channels: 1 } })
    .resize({ ...size, fit: "fill", kernel: "linear" })
    .threshold(QUARTER)
    .extractChannel(0)
    .raw()
    .toBuffer();
  if (!resized.includes(255)) return undefined;
  return sharp(resized, { raw: { ...size, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

/**
 * A mask that somebody made, black and white only and as large as its picture.
 * @throws {Problem} empty-mask; anything else where it can't be decoded.
 */
export async function fittedMask(bytes: Buffer, name: string, size: Size): Promise<Buffer> {
  const mask = await fitted(await whiteOf(bytes), size);
  if (!mask) throw new Problem({ kind: "empty-mask", name });
  return mask;
}

/**
 * The mask of a picture's own transparent area.
 * @throws {Problem} nothing-transparent; anything else where it can't be decoded.
 */
export async function transparencyMask(bytes: Buffer, name: string, size: Size): Promise<Buffer> {
  const mask = await fitted(await holesOf(bytes), size);
  if (!mask) throw new Problem({ kind: "nothing-transparent", name });
  return mask;
}
