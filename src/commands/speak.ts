import { words } from "../locales/index.ts";
import { firstOf } from "../services/models/index.ts";
import { againButton, buttonsOf, filesOf, heading, isPrivate, quietLines } from "./answer.ts";
import { defineCommand, type JobOf } from "./command.ts";
import { fileStem } from "./file-stem.ts";
import { allowedIn } from "./models.ts";
import { boolean, choice, optional, text, type Values } from "./options.ts";
import type { Action } from "./press.ts";
import { checkSpeakable } from "./speakable.ts";
import { voiceOf, voices, voiceTitle } from "./voices.ts";

/**
 * What finds room in Discord's default limit for a file, 10 MiB, at the slowest speed: Kokoro makes WAV files of 48,000
 * bytes a second (24 kHz, 16 bits, mono) and says about 15 characters a second, at half the speed 7.5: 1,638 characters.
 * Numbers take longer than they look, so there is some air.
 */
export const MAX_SPOKEN = 1_500;

/** How fast, by what is multiplied with the voice's own speed. */
const speeds = ["0.5", "0.75", "1", "1.25", "1.5", "2"] as const;
const said = words("en").speak;

const options = {
  text: text(said.options.text(MAX_SPOKEN), { max: MAX_SPOKEN }),
  voice: optional(
    choice(
      said.options.voice,
      voices.map(({ name }) => name),
      Object.fromEntries(voices.map((voice) => [voice.name, voiceTitle(voice, "en")])),
    ),
  ),
  speed: optional(choice(said.options.speed, speeds, said.speeds)),
  private: optional(boolean("Only you see the answer")),
};
type SpeakJob = JobOf<Values<typeof options>>;

/** Other words, and all else as it was. */
const otherWords: Action<Values<typeof options>> = {
  kind: "form",
  form({ job, locale }) {
    const { title, text: label } = words(locale).speak.form;
    const value = job.request.options.text;
    return { title, fields: { text: { label, long: true, max: MAX_SPOKEN, required: true, value } } };
  },
  request: ({ job }, { text: said = "" }) => ({
    options: { ...job.request.options, text: said, private: isPrivate(job) },
  }),
};

/** Whose voice it is, and how fast it speaks where somebody said so. */
function facts({ options, locale }: SpeakJob["request"]): string[] {
  const voice = voiceOf(options.voice);
  return [
    ...(voice ? [voiceTitle(voice, locale)] : []),
    ...(options.speed === undefined ? [] : [words(locale).speak.speed(options.speed)]),
  ];
}

export const speak = defineCommand({
  name: "speak",
  description: "Read an English text aloud",
  options,
  examples: [{ text: "The train leaves at nine. Please be there.", voice: "emma" }],

  runs(request) {
    const { text, voice, speed } = request.options;
    const model = firstOf("speech", allowedIn(request));
    checkSpeakable(text, model.title);
    const chosen = voiceOf(voice);
    const input = model.from({
      text,
      ...(chosen ? { voice: chosen.id } : {}),
      ...(speed === undefined ? {} : { speed: Number(speed) }),
    });
    return [{ key: "sound", model: model.key, input: model.input.parse(input) }];
  },

  view(job) {
    const { options, locale } = job.request;
    return {
      text: heading(options.text, job.asker.name),
      quiet: quietLines(job, facts(job.request)),
      files: job.runs.flatMap(filesOf).map((from) => ({
        name: fileStem(options.text),
        alt: options.text,
        from,
      })),
      buttons: buttonsOf(job, [
        againButton(job),
        { label: words(locale).speak.otherWords, action: "other-words" },
      ]),
    };
  },

  actions: { "other-words": otherWords },
});
