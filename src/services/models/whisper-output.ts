import { z } from "zod";
import type { Result, Segment, Word } from "./model.ts";

const outputSchema = z.object({
  segments: z.array(z.unknown()).nullish(),
  detected_language: z.string().nullish(),
  transcription: z.string().nullish(),
  translation: z.string().nullish(),
});
type Output = z.output<typeof outputSchema>;

/** A word as WhisperX aligns it: numbers and symbols have no times. */
const alignedSchema = z.object({
  word: z.string(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  speaker: z.string().nullish(),
});
type Aligned = z.output<typeof alignedSchema>;

const spokenSchema = z.object({
  start: z.number(),
  end: z.number(),
  text: z.string(),
  speaker: z.string().nullish(),
  words: z.array(z.unknown()).nullish(),
});

const round = (seconds: number) => Math.round(seconds * 100) / 100;

const isTimed = (word: Aligned | undefined): word is Aligned & { start: number; end: number } =>
  typeof word?.start === "number" && typeof word.end === "number";

const lettersOf = (words: readonly { word: string }[]) =>
  words.reduce((sum, { word }) => sum + word.length, 0);

/** These share the time from one moment to the other, by their letters. */
function shared(words: readonly Aligned[], from: number, to: number): Word[] {
  const each = Math.max(0, to - from) / Math.max(1, lettersOf(words));
  let at = from;
  return words.map(({ word }) => {
    const start = at;
    at += each * word.length;
    return { start: round(start), end: round(at), text: word };
  });
}

/** All of them with times: those without share what lies between their neighbours. Undefined where none has any. */
function timed(words: readonly Aligned[], segment: { start: number; end: number }): Word[] | undefined {
  if (!words.some(isTimed)) return undefined;
  const all: Word[] = [];
  for (let index = 0; index < words.length;) {
    const word = words[index];
    if (isTimed(word)) {
      all.push({ start: round(word.start), end: round(word.end), text: word.word });
      index += 1;
      continue;
    }
    const next = words.findIndex((each, at) => at > index && isTimed(each));
    const until = next < 0 ? words.length : next;
    const to = words[until]?.start ?? segment.end;
    all.push(...shared(words.slice(index, until), all.at(-1)?.end ?? segment.start, to));
    index = until;
  }
  return all;
}

/** Japanese and Chinese are aligned letter by letter, and a segment's text has no spaces where its words are such. */
const isSpaced = (text: string, words: readonly unknown[]) => words.length < 2 || /\s/.test(text.trim());

/** Where others speak within it, a segment of each. */
function bySpeaker(segment: Segment, words: readonly Aligned[]): Segment[] {
  const known = words.map(
    ({ speaker }, index) =>
      speaker ?? words.slice(0, index).findLast((each) => each.speaker)?.speaker ?? segment.speaker,
  );
  const timedWords = segment.words;
  if (!timedWords || new Set(known).size < 2) return [segment];
  const separator = isSpaced(segment.text, words) ? " " : "";
  const begins = known.flatMap((speaker, index) =>
    index === 0 || speaker !== known[index - 1] ? [index] : [],
  );
  return begins.map((from, place) => {
    const own = timedWords.slice(from, begins[place + 1]);
    const speaker = known[from];
    return {
      start: own[0]?.start ?? segment.start,
      end: own.at(-1)?.end ?? segment.end,
      text: own.map(({ text }) => text.trim()).join(separator),
      words: own,
      ...(speaker ? { speaker } : {}),
    };
  });
}

/** One segment as a model gives it; none where it is something else, several where several people speak in it. */
function segmentsOf(value: unknown): Segment[] {
  const spoken = spokenSchema.safeParse(value).data;
  if (!spoken) return [];
  const { start, end, speaker } = spoken;
  const aligned = (spoken.words ?? []).flatMap((word) => alignedSchema.safeParse(word).data ?? []);
  const words = timed(aligned, { start, end });
  const segment = {
    start,
    end,
    text: spoken.text.trim(),
    ...(words ? { words } : {}),
    ...(speaker ? { speaker } : {}),
  };
  return bySpeaker(segment, aligned);
}

const textOf = (segments: readonly Segment[]) => segments.map(({ text }) => text).join(" ");

const languageOf = ({ detected_language: language }: Output) => (language ? { language } : {});

/**
 * WhisperX gives segments only; Whisper gives the whole text beside them, and a translation where one was asked for. Then
 * its segments are in the language that is spoken, and nobody knows when the English is said: so there are none.
 */
export function readTranscript(output: unknown): Result {
  const parsed = outputSchema.safeParse(output).data;
  if (!parsed) return {};
  const { segments: listed, translation, transcription } = parsed;
  if (translation != null) return { text: translation.trim(), segments: [], ...languageOf(parsed) };
  // Nothing of what it should be is no transcript; an empty list is one in which nobody speaks.
  if (!listed && transcription == null) return {};
  const segments = (listed ?? []).flatMap(segmentsOf);
  return { text: (transcription ?? textOf(segments)).trim(), segments, ...languageOf(parsed) };
}

const chunkSchema = z.object({ text: z.string(), timestamp: z.tuple([z.number(), z.number().nullable()]) });
const chunkedSchema = z.object({ text: z.string().optional(), chunks: z.array(z.unknown()) });

/** How fast people speak, about. */
const LETTERS_A_SECOND = 15;

/** Incredibly Fast Whisper: `{ text, chunks: [{ text, timestamp: [0, 29.7] }] }`; the last chunk may have no end. */
export function readChunks(output: unknown): Result {
  const parsed = chunkedSchema.safeParse(output).data;
  if (!parsed) return {};
  const segments = parsed.chunks.flatMap((each) => {
    const chunk = chunkSchema.safeParse(each).data;
    if (!chunk) return [];
    const [start, end] = chunk.timestamp;
    const spoken = chunk.text.trim();
    return [
      { start, end: end ?? round(start + Math.max(1, spoken.length / LETTERS_A_SECOND)), text: spoken },
    ];
  });
  return { text: (parsed.text ?? textOf(segments)).trim(), segments };
}
