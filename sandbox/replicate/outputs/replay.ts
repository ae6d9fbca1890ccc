import { mp3, wav } from "./clips.ts";
import { drawVideo } from "./mp4.ts";
import { ModelError, number, type Perform, type Run, text } from "./run.ts";
import { contentTypes, drawScene, encode } from "./scene.ts";

// The end-of-central-directory record alone is a valid, empty archive.
const emptyZip = () => Buffer.concat([Buffer.from("PK\u0005\u0006", "latin1"), Buffer.alloc(18)]);

const plain: Record<string, [contentType: string, make: () => Buffer]> = {
  mp3: ["audio/mpeg", () => mp3(2)],
  wav: ["audio/wav", () => wav(2)],
  mp4: ["video/mp4", () => drawVideo(2, 1)],
  zip: ["application/zip", emptyZip],
  json: ["application/json", () => Buffer.from('{"sandbox":true}\n')],
  srt: ["application/x-subrip", () => Buffer.from("1\n00:00:00,000 --> 00:00:01,000\n(sandbox)\n")],
  csv: ["text/csv", () => Buffer.from("sandbox\ntrue\n")],
  txt: ["text/plain; charset=utf-8", () => Buffer.from("(sandbox) made up\n")],
};

/** A small real file of the type that the URL's name has. */
async function fileFor(run: Run, name: string): Promise<string> {
  const extension = name.split(".").at(-1)!.toLowerCase();
  const type = contentTypes[extension];
  if (type) {
    const prompt = text(run.input["prompt"]) || run.model.ref;
    const scene = await drawScene({ width: 512, height: 512, prompt, seed: run.seed });
    return run.host(name, type, await encode(scene, extension));
  }
  const [contentType, make] = plain[extension] ?? [
    "application/octet-stream",
    () => Buffer.from("(sandbox)\n"),
  ];
  return run.host(name, contentType, make());
}

/** The same output with every file on a host of the past replaced by one that is here. */
async function rehost(run: Run, value: unknown): Promise<unknown> {
  if (typeof value === "string" && /^https?:\/\/[^\s]+\/[^\s/]+\.\w{2,5}$/.test(value))
    return fileFor(run, decodeURIComponent(value.split("/").at(-1)!).replaceAll(/[^\w.-]/g, "_"));
  if (Array.isArray(value)) return Promise.all(value.map((item) => rehost(run, item)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await rehost(run, item)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Any other model: the output of its recorded example, whatever was asked. */
export const replayModel: Perform = async function* (run) {
  const { example, ref, schemas } = run.model;
  const predictMs = Math.min(2000, (number(example?.metrics?.["predict_time"]) ?? 1) * 1000);
  yield { waitMs: predictMs };
  if (!example || example.output === null || example.output === undefined) {
    if (schemas["Output"]?.type !== "string")
      throw new ModelError(`(sandbox) ${ref} has no recorded example to replay.`);
    yield { output: `(sandbox) hello ${text(run.input["text"]) || "there"}` };
    return;
  }
  const output = await rehost(run, example.output);
  const iterates = schemas["Output"]?.["x-cog-array-type"] === "iterator" && Array.isArray(output);
  if (!iterates) yield { output };
  else
    for (const item of output as unknown[]) {
      yield { token: item };
      yield { waitMs: 20 };
    }
  const { predict_time: _, total_time: __, ...billed } = example.metrics ?? {};
  if (Object.keys(billed).length > 0) yield { metrics: billed };
};
