import { parseBuffer } from "music-metadata";
import { hash, seeded } from "../seeded.ts";
import { soundingIn, type Stretch } from "./hearing.ts";
import { ModelError, type Perform, type Run, text } from "./run.ts";
import { textMetrics } from "./text.ts";

interface Segment extends Stretch {
  text: string;
}

const sentences = [
  "This transcript is made up by the sandbox.",
  "Nobody listened to the recording, but its length is real.",
  "Good morning everyone, and thank you for joining.",
  "Let us begin with what changed since last week.",
  "The numbers look better than we expected.",
  "I would still like to see that tested first.",
  "Could you say a little more about the second point?",
  "Yes, of course, I will share the notes afterwards.",
  "There is one open question about the schedule.",
  "We agreed to decide that on Thursday.",
  "Does anybody see a reason to wait?",
  "Then let us write it down and move on.",
];

const round = (seconds: number) => Math.round(seconds * 1000) / 1000;

async function secondsOf(bytes: Buffer): Promise<number> {
  const failed = () =>
    new ModelError(
      "Failed to load audio: ffmpeg version 4.4.2: Invalid data found when processing input. Soundfile is either not in the correct format or is malformed.",
    );
  const { format } = await parseBuffer(bytes, undefined, { duration: true }).catch(() => {
    throw failed();
  });
  if (!format.duration) throw failed();
  return format.duration;
}

/** A sentence every two to five seconds, with a breath between them; the last ends with the recording. */
function speak(seconds: number, seed: number): Segment[] {
  const random = seeded(seed);
  const spoken: Segment[] = [];
  for (let at = Math.min(0.2, seconds / 10), i = 0; at < seconds - 0.05; i++) {
    const end = Math.min(seconds, at + 2 + random() * 3);
    const place = i < 2 ? i : 2 + Math.floor(random() * (sentences.length - 2));
    spoken.push({ start: round(at), end: Math.floor(end * 1000) / 1000, text: ` ${sentences[place]}` });
    at = end + 0.2 + random() * 0.4;
  }
  return spoken;
}

const LONGEST_SENTENCE_SECONDS = 5;

/** Made-up sentences exactly where something is heard, and nowhere else. */
function speakIn(stretches: Stretch[], seed: number): Segment[] {
  const random = seeded(seed);
  return stretches.flatMap(({ start, end }) => {
    const count = Math.ceil((end - start) / LONGEST_SENTENCE_SECONDS);
    const border = (index: number) => round(start + ((end - start) * index) / count);
    return Array.from({ length: count }, (_, index) => ({
      start: border(index),
      end: border(index + 1),
      text: ` ${sentences[Math.floor(random() * sentences.length)]}`,
    }));
  });
}

/** Joins what follows closely, up to so many seconds: WhisperX's segments are up to 28 s, Whisper's up to 30 s. */
function merge(segments: Segment[], maxSeconds: number): Segment[] {
  return segments.reduce<Segment[]>((merged, segment) => {
    const last = merged.at(-1);
    if (!last || segment.end - last.start > maxSeconds) return [...merged, { ...segment }];
    return [...merged.slice(0, -1), { ...last, end: segment.end, text: last.text + segment.text }];
  }, []);
}

function words({ start, end, text: said }: Segment) {
  const list = said.trim().split(" ");
  const each = (end - start) / list.length;
  return list.map((word, i) => ({
    word,
    start: round(start + i * each),
    end: i === list.length - 1 ? end : round(start + (i + 1) * each),
    score: 0.9,
  }));
}

const spoken = (segments: Segment[]) => segments.map((segment) => segment.text).join("");

function stamp(seconds: number, comma: string): string {
  const ms = Math.round(seconds * 1000);
  const part = (unit: number, size: number, digits = 2) =>
    String(Math.floor(ms / unit) % size).padStart(digits, "0");
  return `${part(3_600_000, 100)}:${part(60_000, 60)}:${part(1000, 60)}${comma}${part(1, 1000, 3)}`;
}

function subtitles(segments: Segment[], format: string): string {
  if (format === "srt" || format === "vtt") {
    const comma = format === "srt" ? "," : ".";
    const blocks = segments.map(
      ({ start, end, text: said }, i) =>
        `${format === "srt" ? `${i + 1}\n` : ""}${stamp(start, comma)} --> ${stamp(end, comma)}\n${said.trim()}\n`,
    );
    return (format === "vtt" ? "WEBVTT\n\n" : "") + blocks.join("\n");
  }
  return spoken(segments);
}

type Shape = (run: Run, segments: Segment[], language: string | undefined) => unknown;

const whisperx: Shape = ({ input }, segments, language) => {
  const speaker = (i: number) => (input["diarization"] === true ? { speaker: `SPEAKER_0${i % 2}` } : {});
  const shown = input["align_output"] === true ? segments : merge(segments, 28);
  return {
    segments: shown.map((segment, i) => ({
      ...segment,
      ...speaker(i),
      ...(input["align_output"] === true && { words: words(segment) }),
    })),
    detected_language: language ?? "en",
  };
};

const whisper: Shape = ({ input }, segments, language) => ({
  segments: segments.map((segment, id) => ({
    id,
    seek: Math.floor(segment.start / 30) * 3000,
    ...segment,
    tokens: [50365 + id],
    temperature: 0,
    avg_logprob: -0.2,
    compression_ratio: 1.4,
    no_speech_prob: 0.01,
  })),
  srt_file: null,
  txt_file: null,
  translation: input["translate"] === true ? spoken(segments) : null,
  transcription: subtitles(segments, text(input["transcription"])),
  detected_language: language ?? "english",
});

const fastWhisper: Shape = ({ input }, segments) => {
  const chunks =
    input["timestamp"] === "word"
      ? segments.flatMap((segment) =>
          words(segment).map(({ word, start, end }) => ({ text: ` ${word}`, timestamp: [start, end] })),
        )
      : merge(segments, 12).map(({ start, end, text: said }) => ({ text: said, timestamp: [start, end] }));
  return { text: spoken(segments), chunks };
};

const shapes: Record<string, Shape> = {
  "victor-upmeet/whisperx": whisperx,
  "openai/whisper": whisper,
  "vaibhavs10/incredibly-fast-whisper": fastWhisper,
};

/** A speech model: segments that fit the recording it was given, in the shape that the model answers in. */
export const speechModel: Perform = async function* (run) {
  const { input, model, seed } = run;
  const uri = text(input["audio"]) || text(input["audio_file"]);
  if (uri === "") throw new ModelError("audio is required");
  if (input["diarization"] === true && text(input["huggingface_access_token"]) === "")
    throw new ModelError("Diarization needs a Hugging Face access token.");
  const bytes = await run.fetch(uri);
  const seconds = await secondsOf(bytes);
  const words = seed ^ hash(String(bytes.length));
  const segments = run.hears
    ? speakIn(await soundingIn(run.hears, bytes, seconds), words)
    : speak(seconds, words);
  const asked = text(input["language"]);
  const language = asked === "" || /^(none|auto)$/i.test(asked) ? undefined : asked;
  yield { waitMs: 300 };
  yield { log: `Detected language: ${language ?? "en"}\n` };
  const shape = shapes[model.ref];
  if (shape) {
    // Real ones take about a thirteenth of the recording's length.
    yield { waitMs: 500 + Math.min(20_000, (seconds / 13) * 1000) };
    yield { output: shape(run, segments, language) };
    return;
  }
  const pieces =
    spoken(segments)
      .trim()
      .match(/\s?\S+/g) ?? [];
  for (const token of pieces) yield* [{ token }, { waitMs: 20 }];
  yield { metrics: { ...textMetrics(run, pieces.length), audio_duration: round(seconds) } };
};
