import sharp from "sharp";
import { answersList } from "../model.ts";
import { pictures, type Size, sizeOf } from "./image-size.ts";
import { extension, progress, readPicture } from "./image.ts";
import { ModelError, type Perform, type Run, text } from "./run.ts";
import { contentTypes, drawScene, encode } from "./scene.ts";

/** The mask at the size at which it is painted: one channel, as it comes, for models do not threshold it. */
const maskAt = (mask: Buffer, size: Size) =>
  sharp(mask)
    .flatten()
    .resize({ ...size, fit: "fill" })
    .toColourspace("b-w")
    .extractChannel(0)
    .raw()
    .toBuffer();

/** FLUX Fill refuses a mask of another size; Stable Diffusion would paint in the wrong place. */
async function checkSizes(picture: Buffer, mask: Buffer): Promise<void> {
  const [one, other] = await Promise.all([sharp(picture).metadata(), sharp(mask).metadata()]);
  if (one.width === other.width && one.height === other.height) return;
  throw new ModelError(
    `Image and mask must have the same size: ${one.width}x${one.height} and ${other.width}x${other.height}`,
  );
}

/** What the prompt would draw, seen through the mask alone. */
async function paint(run: Run, mask: Buffer, size: Size): Promise<Buffer> {
  const scene = await drawScene({ ...size, prompt: text(run.input["prompt"]), seed: run.seed });
  const drawn = await scene.removeAlpha().png().toBuffer();
  return sharp(drawn)
    .joinChannel(await maskAt(mask, size), { raw: { ...size, channels: 1 } })
    .png()
    .toBuffer();
}

/** Inpainting models: the input picture, painted anew where the mask is white. An alpha channel is not looked at. */
export const inpaintModel: Perform = async function* (run) {
  const { model, input } = run;
  const [image] = pictures(input);
  if (!image || !text(input["mask"])) throw new ModelError("image and mask are required");
  const picture = await readPicture(run, image);
  const mask = await readPicture(run, text(input["mask"]));
  await checkSizes(picture, mask);
  const size = await sizeOf(run, picture);
  yield { log: `Using seed: ${run.seed}\n` };
  yield* progress(5, 1000);
  const painted = sharp(picture)
    .removeAlpha()
    .resize({ ...size, fit: "fill" })
    .composite([{ input: await paint(run, mask, size) }]);
  const format = extension(model, input);
  const url = run.host(`out-0.${format}`, contentTypes[format]!, await encode(painted, format));
  yield { output: answersList(model) ? [url] : url };
  yield { metrics: { image_output_count: 1, image_count: 1 } };
};
