import { words } from "../locales/index.ts";
import { type Attachment, isAttachment } from "../services/attachment.ts";
import { findModel, orNextBest, requireLanguage } from "../services/models/index.ts";
import type { Extra, Model } from "../services/models/model.ts";
import { Problem } from "../services/problem.ts";
import type { RunSpec } from "../services/runner.ts";
import { LONGEST_CUT_SECONDS, LONGEST_WHOLE_SECONDS, type Part, partsOf } from "../services/sound/parts.ts";
import { withAskRate } from "./ask-rate.ts";
import { againButton, buttonsOf, isPrivate, isRunning } from "./answer.ts";
import { defineCommand, defineMessageCommand, type JobOf, type Request, runningCommand } from "./command.ts";
import { audio, boolean, choice, optional, text, type Values, where } from "./options.ts";
import { completeLanguage, languageCode, languageName } from "./languages.ts";
import { allowedIn } from "./models.ts";
import type { Action } from "./press.ts";
import { transcriptActions, transcriptButtons } from "./transcript-actions.ts";
import { transcriptOf } from "./transcript.ts";
import { type FileFormat, fileFormats, transcriptFiles } from "./transcript-files.ts";
import { shownTranscript } from "./transcript-view.ts";

const options = {
  audio: audio("The recording: sound, a voice message, or a film with sound"),
  language: optional(
    text("Which language is spoken; heard by itself if left out", { max: 40, complete: completeLanguage }),
  ),
  translate: optional(boolean("Translate into English")),
  format: optional(
    choice("What to attach: the text, subtitles, all of it with times for programs, or everything", [
      "text",
      ...fileFormats,
      "all",
    ]),
  ),
  timestamps: optional(boolean("Say when each paragraph begins: [0:12]")),
  speakers: where("speakers", optional(boolean("Say who speaks: Speaker 1, Speaker 2, …"))),
  private: optional(boolean("Only you see the answer")),
};
type TranscribeOptions = Values<typeof options>;
type TranscribeRequest = Request<TranscribeOptions>;
type TranscribeJob = JobOf<TranscribeOptions>;

/** What is attached because it was asked for. */
function formatsOf({ format = "text" }: TranscribeOptions): readonly FileFormat[] {
  if (format === "text") return [];
  return format === "all" ? fileFormats : [format];
}

/** Whether anything depends on when something is said. */
const needsTimes = (options: TranscribeOptions) =>
  options.timestamps === true || formatsOf(options).some((format) => format !== "txt");

/** What the model has to be able to beside hearing. */
function extraOf(options: TranscribeOptions): Extra | undefined {
  if (options.speakers) return "speakers";
  if (!options.translate) return undefined;
  return needsTimes(options) ? "timed-translation" : "translate";
}

/**
 * The model that is chosen here, and the one that answers.
 * @throws {Problem} either-or, language-unknown, language-not-taken, model-denied
 */
function modelsFor(request: TranscribeRequest) {
  const { options, models, locale } = request;
  if (options.speakers && options.translate)
    throw new Problem({ kind: "either-or", options: ["speakers", "translate"] });
  const asked = findModel("transcription", models.transcribe);
  const extra = extraOf(options);
  const answering = extra ? orNextBest(asked, extra, allowedIn(request)) : asked;
  const code = options.language === undefined ? undefined : languageCode(options.language, locale);
  if (code !== undefined) requireLanguage(answering, { code, name: languageName(code, locale) });
  return { asked, answering, code };
}

/** Which model answered instead, and why. */
function remarksOf(job: TranscribeJob): string[] {
  const { request, runs } = job;
  const { heard } = words(request.locale);
  const extra = extraOf(request.options);
  if (!extra) return [];
  const { asked, answering } = modelsFor(request);
  if (runs.every(({ model }) => model === asked.key)) return [];
  if (extra === "speakers") return [heard.noSpeakers(asked.title, answering.title)];
  const canTranslate = asked.takes.includes("translate");
  const say = canTranslate ? heard.noTimedTranslation : heard.noTranslation;
  return [say(asked.title, answering.title)];
}

/** @throws {Problem} recording-too-long */
function checkLength({ name, seconds = 0 }: Attachment, canCut: boolean, speakers: boolean): void {
  const isWhole = speakers || !canCut;
  const limitSeconds = isWhole ? LONGEST_WHOLE_SECONDS : LONGEST_CUT_SECONDS;
  if (seconds <= limitSeconds) return;
  const why = isWhole ? (canCut ? "speakers" : "no-ffmpeg") : "always";
  throw new Problem({ kind: "recording-too-long", name, seconds, limitSeconds, why });
}

/** Who speaks is told of a whole recording only: in each part the names would begin anew. */
const plannedParts = ({ seconds }: Attachment, canCut: boolean, speakers: boolean): Part[] =>
  seconds === undefined || speakers || !canCut ? [] : partsOf(seconds);

function runFor(model: Model<"transcription">, request: TranscribeRequest, code: string | undefined) {
  const { translate = false, speakers = false } = request.options;
  return (key: string, audio: Attachment): RunSpec => {
    const wants = { audio, translate, ...(speakers ? { speakers } : {}) };
    const input = model.from(code === undefined ? wants : { ...wants, language: code });
    return { key, model: model.key, input: model.input.parse(input) };
  };
}

/** The recording with what is known of its content: what was heard of that before costs nothing. */
function recognised({ request, runs }: TranscribeJob): Attachment {
  const { audio } = request.options;
  const files = runs.flatMap(({ input }) => Object.values(input)).filter(isAttachment);
  const sha256 = files.map((file) => file.sha256).find((known) => known !== undefined);
  return sha256 === undefined ? audio : { ...audio, sha256 };
}

/** Only what is missing is heard once more. */
const retry: Action<TranscribeOptions> = {
  kind: "run",
  once: true,
  request: ({ job }) => ({
    options: { ...job.request.options, audio: recognised(job), private: isPrivate(job) },
  }),
};

const body = runningCommand({
  name: "transcribe",
  description: "Write down what is said in a recording",
  options,
  examples: [{ audio: { sample: "speech.ogg" }, format: "srt" }],

  async prepare(request, services) {
    const { recordings } = services;
    // What can't be done is said before anything is read.
    modelsFor(request);
    const { speakers = false } = request.options;
    const audio = await recordings.look(request.options.audio);
    checkLength(audio, recordings.canCut, speakers);
    const parts = plannedParts(audio, recordings.canCut, speakers);
    const looked = { ...request, options: { ...request.options, audio } };
    return withAskRate(parts.length > 1 ? { ...looked, parts } : looked, services);
  },

  runs(request) {
    const { answering, code } = modelsFor(request);
    const run = runFor(answering, request, code);
    const { options, parts = [] } = request;
    if (parts.length === 0) return [run("transcript", options.audio)];
    return parts.map((part, index) => run(`part-${index + 1}`, { ...options.audio, as: { part } }));
  },

  view(job) {
    const { options } = job.request;
    const { timestamps = false, translate = false, language, audio } = options;
    const transcript = transcriptOf(job);
    const { name, seconds } = audio;
    const shown = { name, seconds, timestamps, translate, language, remarks: remarksOf(job) };
    const { text, quiet, isCut } = shownTranscript(job, transcript, shown);
    const formats = [...new Set<FileFormat>([...(isCut ? (["txt"] as const) : []), ...formatsOf(options)])];
    const buttons = buttonsOf(job, [...transcriptButtons(job, transcript.text), againButton(job)]);
    if (isRunning(job)) return { text, quiet, buttons };
    const files = transcriptFiles(job, transcript, { name, formats, timestamps });
    return { text, quiet, files, buttons };
  },

  actions: { ...transcriptActions, retry },
});

export const transcribe = defineCommand(body);

/** The same on a message with sound, such as a voice message. */
export const transcribeMessage = defineMessageCommand({ name: "Transcribe", option: "audio", body });
