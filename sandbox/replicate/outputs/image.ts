import sharp from "sharp";
import { answersList, inputSchema, type Model } from "../model.ts";
import { pictures, type Size, sizeOf } from "./image-size.ts";
import { ModelError, number, type Perform, type Run, type Step, text } from "./run.ts";
import { contentTypes, drawScene, encode } from "./scene.ts";

const counts = ["num_outputs", "number_of_images", "max_images", "number_of_outputs"];

/** What a model answers with where its input does not say. */
export function extension(model: Model, input: Run["input"]): string {
  const asked = text(input["output_format"]) || text(inputSchema(model, "output_format")?.default);
  const shown = /\.(png|jpe?g|webp)"/.exec(JSON.stringify(model.example?.output ?? null))?.[1];
  const format = asked in contentTypes ? asked : (shown ?? "png");
  return format === "jpeg" ? "jpg" : format;
}

/** tqdm's bar, which rewrites its own line with `\r`. */
export async function* progress(
  steps: number,
  ms: number,
  label = "",
): AsyncGenerator<Step, void, undefined> {
  const seconds = (at: number) => `00:${String(Math.floor((at * ms) / 1000 / steps)).padStart(2, "0")}`;
  for (let step = 0; step <= steps; step++) {
    const percent = Math.round((step / steps) * 100);
    const full = Math.floor(percent / 10);
    const bar = "█".repeat(full) + " ".repeat(10 - full);
    const rate = ((steps / ms) * 1000).toFixed(2);
    yield {
      log: `${step === 0 ? "" : "\r"}${label}${String(percent).padStart(3)}%|${bar}| ${step}/${steps} [${seconds(step)}<${seconds(steps - step)}, ${rate}it/s]`,
    };
    if (step < steps) yield { waitMs: ms / steps };
  }
  yield { log: "\n" };
}

/** Reads a picture that the model was given, or fails the way that PIL does. */
export async function readPicture(run: Run, uri: string): Promise<Buffer> {
  const bytes = await run.fetch(uri);
  try {
    await sharp(bytes).metadata();
  } catch {
    throw new ModelError("cannot identify image file <_io.BytesIO object at 0x7f3c2c0b9d60>");
  }
  return bytes;
}

async function draw(run: Run, size: Size, index: number, format: string): Promise<string> {
  const prompt = text(run.input["prompt"]);
  const scene = await drawScene({ ...size, prompt, seed: run.seed + index });
  const bytes = await encode(scene, format, number(run.input["output_quality"]));
  const name = answersList(run.model) ? `out-${index}.${format}` : `output.${format}`;
  return run.host(name, contentTypes[format]!, bytes);
}

/** An image model: pictures of the asked size and type that show the prompt, a second each. */
export const imageModel: Perform = async function* (run) {
  const { model, input, seed } = run;
  const inputs = await Promise.all(pictures(input).map((uri) => readPicture(run, uri)));
  const size = await sizeOf(run, inputs[0]);
  const count = answersList(model)
    ? (counts.map((name) => number(input[name])).find((value) => value !== undefined) ?? 1)
    : 1;
  const steps = number(input["num_inference_steps"]) ?? number(input["steps"]) ?? 4;
  yield { log: `Using seed: ${seed}\n` };
  yield* progress(Math.max(1, Math.min(50, Math.round(steps))), 1000);
  const format = extension(model, input);
  const urls = await Promise.all(Array.from({ length: count }, (_, i) => draw(run, size, i, format)));
  yield { output: answersList(model) ? urls : urls[0] };
  yield { metrics: { image_output_count: count, image_count: count } };
};
