import { Problem } from "./problem.ts";

/** sharp takes 180 ms to load, so it is loaded by the first picture. */
export const loadSharp = async () => (await import("sharp")).default;

/** What fits into a posted picture's limit, best first: quality goes before size. */
const attempts = [
  { scale: 1, quality: 90 },
  { scale: 1, quality: 80 },
  { scale: 1, quality: 65 },
  { scale: 0.75, quality: 80 },
  { scale: 0.5, quality: 80 },
  { scale: 0.35, quality: 75 },
  { scale: 0.25, quality: 70 },
] as const;

/** The longest side that WebP can hold, by its format. */
const WEBP_MAX_SIDE = 16_383;

/** Width and height in pixels as the picture is meant to be seen; of an animation those of each of its pictures. */
interface Measured {
  width: number;
  height: number;
  animated?: true;
}

/** Undefined where it can't be decoded. */
export async function measure(bytes: Buffer): Promise<Measured | undefined> {
  const sharp = await loadSharp();
  try {
    const { autoOrient, pages = 1 } = await sharp(bytes).metadata();
    return { width: autoOrient.width, height: autoOrient.height, ...(pages > 1 ? { animated: true } : {}) };
  } catch {
    return undefined;
  }
}

/** An animation's first picture, or the picture itself, as people see it. */
export async function still(bytes: Buffer): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(bytes).autoOrient().png().toBuffer();
}

/**
 * The picture at this size and without transparency. Models drop the alpha channel and see the colours that were hidden
 * below it; grey is what they take for nothing.
 */
export async function opaque(bytes: Buffer, size: { width: number; height: number }): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(bytes)
    .autoOrient()
    .flatten({ background: { r: 128, g: 128, b: 128 } })
    .resize({ ...size, fit: "fill" })
    .toColourspace("srgb")
    .png()
    .toBuffer();
}

/**
 * The picture as WebP, re-encoded until it has at most `limitBytes`.
 * @throws {Problem} result-too-large, where even a quarter of its sides is too large, or it can't be decoded.
 */
export async function fit(bytes: Buffer, limitBytes: number): Promise<Buffer> {
  const sharp = await loadSharp();
  const size = await measure(bytes);
  const tooLarge = new Problem({ kind: "result-too-large", bytes: bytes.byteLength, limitBytes });
  if (!size) throw tooLarge;
  const longest = Math.max(size.width, size.height);
  for (const { scale, quality } of attempts) {
    const side = Math.min(WEBP_MAX_SIDE, Math.ceil(longest * scale));
    const smaller = await sharp(bytes, { limitInputPixels: false })
      .autoOrient()
      .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
      .webp({ quality })
      .toBuffer()
      .catch((error: unknown) => {
        tooLarge.cause = error;
        throw tooLarge;
      });
    if (smaller.byteLength <= limitBytes) return smaller;
  }
  throw tooLarge;
}
