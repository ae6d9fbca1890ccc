import { words } from "../locales/index.ts";
import { type Attachment, checkSize, MAX_LIST_BYTES, unavailable } from "../services/attachment.ts";
import { expiry } from "../services/deadline.ts";
import { findModel } from "../services/models/index.ts";
import { shapes } from "../services/models/model.ts";
import type { FileSource } from "../services/replicate/media.ts";
import { againButton, buttonsOf, isPrivate } from "./answer.ts";
import { defineCommand, type JobOf } from "./command.ts";
import { boolean, choice, integer, optional, promptList, type Values } from "./options.ts";
import { modelOption } from "./models.ts";
import type { Action } from "./press.ts";
import { type Line, readPromptList } from "./prompt-list.ts";
import { runsOf, type Series, standingsOf } from "./series.ts";
import { seriesView } from "./series-view.ts";

const options = {
  file: promptList("A .txt with one prompt a line, or a .csv with name, prompt and shape; 50 at the most"),
  model: optional(modelOption("image")),
  shape: optional(choice("The shape where a line names none", shapes)),
  seed: optional(integer("The same seed and prompt give the same picture", { min: 0, max: 2 ** 31 - 1 })),
  spoiler: optional(boolean("Hide the pictures until somebody clicks on them")),
  private: optional(boolean("Only you see the answer")),
};

type BatchRequest = JobOf<Values<typeof options>>["request"];

/** Of the time until Discord has to hear something. */
const READING_MS = 1_000;

/** @throws {Problem} bad-list, and what says that the file can't be had. */
async function read(file: Attachment, media: FileSource): Promise<Line[]> {
  checkSize(file, MAX_LIST_BYTES);
  const reading = { limitBytes: MAX_LIST_BYTES, signal: expiry(READING_MS) };
  const bytes = await media
    .read(file.url, reading, (read) => Buffer.from(read.bytes))
    .catch((error: unknown) => {
      throw unavailable(file, error);
    });
  return readPromptList(bytes, file.name);
}

const seriesOf = ({ options, lines = [], models }: BatchRequest): Series => ({
  title: options.file.name,
  zip: options.file.name.replace(/\.\w+$/, ""),
  key: "line",
  shots: lines.map(({ line, shape = options.shape, ...rest }) => ({ number: line, shape, ...rest })),
  model: findModel("image", options.model ?? models.imagine),
  seed: options.seed,
  cutout: undefined,
  spoiler: options.spoiler,
});

/** Only the lines of which there is no picture. */
const retry: Action<Values<typeof options>> = {
  kind: "run",
  once: true,
  request({ job }) {
    const { options, lines = [] } = job.request;
    const missing = standingsOf(seriesOf(job.request), job).filter(({ url }) => url === undefined);
    const numbers = new Set(missing.map(({ shot }) => shot.number));
    return {
      options: { ...options, private: isPrivate(job) },
      lines: lines.filter(({ line }) => numbers.has(line)),
    };
  },
};

export const batch = defineCommand({
  name: "batch",
  description: "Draw a picture for each line of a list",
  options,
  examples: [{ file: { sample: "prompts.csv" } }],
  asksFirst: true,

  async prepare(request, { media }) {
    return request.lines ? request : { ...request, lines: await read(request.options.file, media) };
  },

  runs: (request, finished) => runsOf(seriesOf(request), request.chance, finished),

  summary(request) {
    const { shots, model } = seriesOf(request);
    return words(request.locale).seriesSummary(shots.length, model.title, 0);
  },

  view: (job) => seriesView(seriesOf(job.request), job, buttonsOf(job, [againButton(job)])),

  actions: { retry },
});
