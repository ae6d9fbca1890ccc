import PQueue from "p-queue";
import type { Attachment, MadeAs } from "./attachment.ts";
import { checkShape, fittedMask, paintedSize, transparencyMask } from "./masks.ts";
import { opaque, still } from "./pictures.ts";
import { Problem, type Size } from "./problem.ts";

/** A decoded picture takes 200 MB at the most, so no more are decoded at once, whoever asks. */
const AT_ONCE = 2;
const decoding = new PQueue({ concurrency: AT_ONCE });

/** How many pixels the bot decodes for one picture: 50 megapixels, more than most cameras have. */
export const MAX_MADE_PIXELS = 50_000_000;

/** @throws {Problem} not-an-image, too-many-pixels */
function sizeOf({ width, height, name }: Attachment): Size {
  if (!width || !height) throw new Problem({ kind: "not-an-image", name });
  if (width * height <= MAX_MADE_PIXELS) return { width, height };
  throw new Problem({ kind: "too-many-pixels", width, height, limit: MAX_MADE_PIXELS, scaled: false });
}

function make(bytes: Buffer, file: Attachment, as: MadeAs, picture: Attachment): Promise<Buffer> {
  const size = sizeOf(file);
  if ("picture" in as) return as.picture === "still" ? still(bytes) : opaque(bytes, paintedSize(size));
  if (as.mask === "transparency") return transparencyMask(bytes, file.name, paintedSize(size));
  const wanted = sizeOf(picture);
  checkShape(wanted, size);
  return fittedMask(bytes, file.name, paintedSize(wanted));
}

/**
 * What is made of a file that was looked into, as PNG. `picture` is what a mask has to fit.
 * @throws {Problem} empty-mask, nothing-transparent, mask-shape, too-many-pixels; not-an-image where it can't be decoded.
 */
export async function made(
  bytes: Buffer,
  file: Attachment,
  as: MadeAs,
  picture: Attachment,
): Promise<Buffer> {
  try {
    return await decoding.add(() => make(bytes, file, as, picture));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ kind: "not-an-image", name: file.name }, { cause: error });
  }
}
