import { words } from "../locales/index.ts";
import type { Attachment } from "../services/attachment.ts";
import { whisperLanguages } from "../services/models/whisper-languages.ts";
import { Problem } from "../services/problem.ts";
import { isPrivate } from "./answer.ts";
import { translatedIn } from "./ask-about.ts";
import { costOf } from "./ask-rate.ts";
import type { Button, JobOf, Task } from "./command.ts";
import type { Filled } from "./form.ts";
import type { Action, Elsewhere, Press } from "./press.ts";
import { transcriptOf } from "./transcript.ts";

/** What the commands that write down what was said have in common. */
interface Recorded {
  audio: Attachment;
  /** Into English, whatever is spoken. */
  translate?: boolean | undefined;
}
type OnTranscript = Action<Recorded>;
type TranscriptPress = Press<Recorded>;

/** Discord's own limit for a form's text. */
const MAX_QUESTION = 4_000;
const MAX_LANGUAGE = 60;

/** What is said around the transcript, and what an answer usually has, in tokens. */
const AROUND_TOKENS = 200;
const ANSWER_TOKENS = 400;

/** A token is from three to six bytes, so about four. */
const tokensIn = (text: string) => Math.ceil(Buffer.byteLength(text) / 4);

/** A question about the transcript, or a task. @throws {Problem} gone, where there is no transcript any more. */
function about({ job }: TranscriptPress, prompt: string, task?: Task): Elsewhere {
  const { text } = transcriptOf(job);
  if (!text) throw new Problem({ kind: "gone" });
  return {
    command: "ask",
    options: { prompt, private: isPrivate(job) },
    about: { title: job.request.options.audio.name, text, ...(task ? { task } : {}) },
  };
}

const summarise = {
  kind: "run",
  request: (press: TranscriptPress) =>
    about(press, words(press.locale).transcript.summaryOf(press.job.request.options.audio.name), {
      kind: "summarise",
    }),
} satisfies OnTranscript;

/** Of a language that the model names by its code or in English: `de`, of `german`. */
const codeOf = (named: string) =>
  Object.entries(whisperLanguages).find(([, name]) => name === named.toLowerCase())?.[0] ?? named;

/** The language of the transcript, by its code, as far as that is known. */
function spokenIn({ job }: TranscriptPress): string | undefined {
  if (job.request.options.translate) return "en";
  const { language } = transcriptOf(job);
  return language && codeOf(language);
}

/** `de`, of `de-AT`; where regions write differently, with the region: `pt-BR`, `zh-TW`. */
const languageOf = (locale: string) => (/^(pt|zh)-/.test(locale) ? locale : (locale.split("-")[0] ?? locale));

/** Whether somebody calls a language like this: by its code, or in their words, in English or in its own. */
function isCalled(code: string, typed: string, locale: string): boolean {
  const names = [locale, "en", code].map((reader) => words(locale).languageName(code, reader));
  return [code, ...names].some((name) => name.toLowerCase() === typed.toLowerCase());
}

/** Asks into which language; the reader's own stands there already, unless the transcript is in that. */
const translate = {
  kind: "form",
  form(press: TranscriptPress) {
    const { locale } = press;
    const say = words(locale);
    const own = languageOf(locale);
    const value = spokenIn(press) === own.split("-")[0] ? {} : { value: say.languageName(own, locale) };
    return {
      title: say.transcript.translateForm.title,
      fields: {
        into: { label: say.transcript.translateForm.into, max: MAX_LANGUAGE, required: true, ...value },
      },
    };
  },
  request(press: TranscriptPress, { into = "" }: Filled) {
    const spoken = spokenIn(press);
    if (spoken && isCalled(spoken, into, press.locale))
      throw new Problem({ kind: "same-language", language: into });
    const { name } = press.job.request.options.audio;
    const title = words(press.locale).transcript.translationOf(name, into);
    return about(press, title, { kind: "translate", into });
  },
} satisfies OnTranscript;

const question = {
  kind: "form",
  form({ locale }: TranscriptPress) {
    const { title, question: label } = words(locale).transcript.askForm;
    return { title, fields: { question: { label, long: true, max: MAX_QUESTION, required: true } } };
  },
  request: (press: TranscriptPress, { question = "" }: Filled) => about(press, question),
} satisfies OnTranscript;

/** What can be done with a transcript, by `/ask`. */
export const transcriptActions = { summarise, translate, "ask-about": question };

export type TranscriptAction = keyof typeof transcriptActions;

/** Their buttons under a finished transcript, each with what it costs, about; none where nobody spoke. */
export function transcriptButtons({ request }: JobOf<unknown>, text: string): Button<TranscriptAction>[] {
  if (!text.trim()) return [];
  const say = words(request.locale);
  const { askRate } = request;
  const tokens = tokensIn(text);
  const price = (written: number, runs = 1) =>
    askRate && say.credits(costOf(askRate, { runs, read: tokens + runs * AROUND_TOKENS, written }));
  const answer = price(ANSWER_TOKENS);
  const { buttons } = say.transcript;
  return [
    { label: buttons.summarise(answer), action: "summarise" },
    { label: buttons.translate(price(tokens, translatedIn(text))), action: "translate" },
    { label: buttons.ask(answer), action: "ask-about" },
  ];
}
