import { words } from "../locales/index.ts";
import { findModel, requireExtra } from "../services/models/index.ts";
import { srt, vtt } from "../services/subtitles.ts";
import { againButton, buttonsOf, heading, quietLines } from "./answer.ts";
import { withAskRate } from "./ask-rate.ts";
import { defineCommand, defineMessageCommand, type JobOf, runningCommand, type ViewFile } from "./command.ts";
import { audio, boolean, choice, completing, optional, text, type Values } from "./options.ts";
import { languageCode, languageName, languages } from "./languages.ts";
import { transcriptActions, transcriptButtons } from "./transcript-actions.ts";

const options = {
  audio: audio("The recording: sound or video"),
  language: optional(
    text("Which language is spoken; heard by itself if left out", {
      max: 40,
      complete: completing(({ locale }) => languages(locale)),
    }),
  ),
  translate: optional(boolean("Translate into English")),
  format: optional(choice("Plain text, or subtitles as a file", ["text", "srt", "vtt"])),
  private: optional(boolean("Only you see the answer")),
};
type TranscribeJob = JobOf<Values<typeof options>>;

/** Subtitles as a file where they were asked for. */
function subtitleFiles(job: TranscribeJob): ViewFile[] {
  const { audio, format = "text" } = job.request.options;
  const segments = job.runs[0]?.result?.segments ?? [];
  if (format === "text" || segments.length === 0) return [];
  const name = audio.name.replace(/\.[^.]*$/, "") || "transcript";
  return [{ name, from: { text: format === "srt" ? srt(segments) : vtt(segments), extension: format } }];
}

const body = runningCommand({
  name: "transcribe",
  description: "Write down what is said in a recording",
  options,
  examples: [{ audio: { sample: "speech.ogg" }, format: "srt" }],

  prepare: async (request, services) => withAskRate(request, services),

  runs({ options, models, locale }) {
    const { audio, translate = false } = options;
    const language = options.language === undefined ? undefined : languageCode(options.language, locale);
    const model = findModel("transcription", translate ? "whisper" : models.transcribe);
    if (language) requireExtra(model, "language");
    const input = model.from({ audio, translate, ...(language ? { language } : {}) });
    return [{ key: "transcript", model: model.key, input: model.input.parse(input) }];
  },

  view(job) {
    const { options, locale } = job.request;
    const say = words(locale);
    const result = job.runs[0]?.result;
    const ended = job.runs.every(({ state }) => state === "succeeded");
    const facts = [
      ...(result?.language ? [languageName(result.language, locale)] : []),
      ...(options.audio.seconds ? [say.clockTime(options.audio.seconds)] : []),
    ];
    return {
      text: [
        heading(options.audio.name, job.asker.name),
        result?.text || (ended ? say.nothingSaid : ""),
      ].join("\n"),
      quiet: quietLines(job, facts),
      files: subtitleFiles(job),
      buttons: buttonsOf(job, [...transcriptButtons(job, result?.text ?? ""), againButton(job)]),
    };
  },

  actions: transcriptActions,
});

export const transcribe = defineCommand(body);

/** The same on a message with sound, such as a voice message. */
export const transcribeMessage = defineMessageCommand({ name: "Transcribe", option: "audio", body });
