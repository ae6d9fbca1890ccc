import sharp from "sharp";
import { pictures } from "./image-size.ts";
import { progress, readPicture } from "./image.ts";
import { ModelError, number, type Perform, text } from "./run.ts";

// Real-ESRGAN's own limit: more does not fit into its GPU's memory.
const maxPixels = 2_096_704;
// A picture that this stand-in is willing to make.
const maxResultPixels = 64_000_000;

/** Real-ESRGAN and GFPGAN: the input picture itself, `scale` times as large. */
export const upscaleModel: Perform = async function* (run) {
  const [uri] = pictures(run.input);
  if (!uri) throw new ModelError("image is required");
  const bytes = await readPicture(run, uri);
  const { width, height } = await sharp(bytes).metadata();
  if (width * height > maxPixels && run.model.ref === "nightmareai/real-esrgan")
    throw new ModelError(
      `Input image of dimensions (${height}, ${width}, 3) has a total number of pixels ${width * height} greater than the max size that fits in GPU memory on this hardware, ${maxPixels}. Resize input image and try again.`,
    );
  const wished = number(run.input["scale"]) ?? 2;
  const scale = Math.min(Math.max(wished, 1 / 64), Math.sqrt(maxResultPixels / (width * height)));
  yield* progress(4, 1800);
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const larger = await sharp(bytes)
    .resize({ ...size, fit: "fill", kernel: "lanczos3" })
    .png({ compressionLevel: 3 })
    .toBuffer();
  yield { output: run.host("output.png", "image/png", larger) };
};

/** What transparent-background, which 851-labs' remover hands its type on to, knows. */
const backgrounds = ["rgba", "map", "green", "white", "blur", "overlay"];

/** Background removers: the input picture, with an ellipse of it left and nothing, or a blur, around. */
export const cutoutModel: Perform = async function* (run) {
  const uri = pictures(run.input)[0] ?? run.input["image_url"];
  if (typeof uri !== "string") throw new ModelError("image is required");
  const bytes = await readPicture(run, uri);
  const { width, height } = await sharp(bytes).metadata();
  yield { waitMs: 700 };
  const background = text(run.input["background_type"]) || "rgba";
  if (!backgrounds.includes(background)) throw new ModelError(`Unknown type: ${background}`);
  const mask = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><ellipse cx="50%" cy="50%" rx="42%" ry="46%" fill="white"/></svg>`,
  );
  const cut = await sharp(bytes)
    .ensureAlpha()
    .composite([{ input: mask, blend: "dest-in" }])
    .png({ compressionLevel: 4 })
    .toBuffer();
  const made = background === "blur" ? await inFrontOfBlur(cut, bytes) : cut;
  yield { output: run.host("output.png", "image/png", made) };
};

/** The subject, sharp, in front of the whole picture out of focus. */
const inFrontOfBlur = (subject: Buffer, whole: Buffer) =>
  sharp(whole)
    .removeAlpha()
    .blur(12)
    .composite([{ input: subject }])
    .png({ compressionLevel: 4 })
    .toBuffer();
