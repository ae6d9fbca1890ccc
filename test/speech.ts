import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { seeded } from "../sandbox/replicate/seeded.ts";

const run = promisify(execFile);

/** A stretch in which somebody speaks, in seconds from the beginning. */
export interface Spoken {
  start: number;
  end: number;
  text: string;
}

export interface Speech {
  path: string;
  seconds: number;
  /** The truth: where somebody speaks. Between them there is silence. */
  spoken: readonly Spoken[];
}

/** What is said, by espeak-ng's voice. */
const sentences: readonly (readonly [voice: string, text: string])[] = [
  ["en", "Good morning everyone, and thank you for joining. Let us begin with what changed since last week."],
  ["de", "Guten Morgen. Die Zahlen sehen besser aus, als wir erwartet haben."],
  ["fr", "Bonjour à tous, je voudrais d'abord parler du calendrier, parce qu'il y a une question ouverte."],
  ["en-us", "Yes, of course."],
  ["es", "Buenos días, compartiré las notas después de la reunión, como siempre."],
  ["it", "Qualcuno vede un motivo per aspettare? Allora scriviamolo e andiamo avanti."],
  ["pl", "Dzień dobry, decydujemy o tym w czwartek."],
  ["pt", "Obrigado. Vou explicar o segundo ponto com mais calma, e depois respondo às perguntas de todos."],
  ["ja", "おはようございます。"],
  [
    "en",
    "We agreed to decide that on Thursday, and then let us write it down and move on to the next point.",
  ],
];

/** What espeak-ng writes: one channel of 16 bits. */
const RATE = 22_050;
const HEADER_BYTES = 44;
/** Quieter than this is nothing that anybody says. */
const AUDIBLE = 200;

const samplesOf = (wav: Buffer) =>
  new Int16Array(Uint8Array.from(wav.subarray(HEADER_BYTES, wav.length - (wav.length % 2))).buffer);

/** Without the silence that the voice begins and ends with. */
function trimmed(samples: Int16Array): Int16Array {
  const isAudible = (sample: number) => Math.abs(sample) > AUDIBLE;
  return samples.subarray(samples.findIndex(isAudible), samples.findLastIndex(isAudible) + 1);
}

async function say(voice: string, text: string, path: string): Promise<Int16Array> {
  await run("espeak-ng", ["-v", voice, "-w", path, text]);
  return trimmed(samplesOf(await readFile(path)));
}

function wavOf(parts: readonly Int16Array[]): Buffer {
  const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8);
  for (const [value, at] of [
    [16, 16],
    [RATE, 24],
    [RATE * 2, 28],
    [bytes, 40],
  ] as const)
    header.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ] as const)
    header.writeUInt16LE(value, at);
  header.write("data", 36);
  return Buffer.concat([
    header,
    ...parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ]);
}

/** All sentences once, with silences between them: three times as short, then long, as people speak. */
async function round(folder: string, random: () => number) {
  const parts: Int16Array[] = [];
  const spoken: Spoken[] = [];
  let at = 0;
  const add = (part: Int16Array) => {
    parts.push(part);
    at += part.length;
    return at / RATE;
  };
  for (const [index, [voice, text]] of sentences.entries()) {
    add(new Int16Array(Math.round(RATE * (index % 3 === 2 ? 1 + random() * 2 : 0.3 + random() * 0.5))));
    const start = at / RATE;
    spoken.push({ start, end: add(await say(voice, text, join(folder, `${index}.wav`))), text });
  }
  add(new Int16Array(RATE / 2));
  return { wav: wavOf(parts), seconds: at / RATE, spoken };
}

/** How each kind of file is encoded, by its ending; the quickest way, for hours of it are made. */
const encoders: Record<string, readonly string[]> = {
  wav: [],
  mp3: ["-c:a", "libmp3lame", "-b:a", "64k", "-compression_level", "9"],
  ogg: ["-c:a", "libopus", "-b:a", "32k", "-compression_level", "0"],
  m4a: ["-c:a", "aac", "-b:a", "64k"],
};

/**
 * Real speech by espeak-ng in several languages, with silences between the sentences, said again and again until it is
 * `seconds` long; an MP3, OGG, M4A or WAV by the ending of `path`. Needs espeak-ng and ffmpeg; two hours as MP3 take 15 s.
 */
export async function makeSpeech(path: string, seconds: number): Promise<Speech> {
  const folder = await mkdtemp(join(tmpdir(), "replicord-speech-"));
  try {
    const once = await round(folder, seeded(7));
    const source = join(folder, "once.wav");
    await writeFile(source, once.wav);
    const encoder = encoders[path.split(".").pop() ?? ""] ?? [];
    const endless = ["-stream_loop", "-1", "-i", source, "-t", String(seconds)];
    await run("ffmpeg", ["-v", "error", "-nostdin", "-y", ...endless, ...encoder, path]);
    return { path, seconds, spoken: again(once, seconds) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function again(once: { seconds: number; spoken: readonly Spoken[] }, seconds: number): Spoken[] {
  const rounds = Array.from({ length: Math.ceil(seconds / once.seconds) }, (_, nth) => nth * once.seconds);
  return rounds
    .flatMap((at) => once.spoken.map((each) => ({ ...each, start: each.start + at, end: each.end + at })))
    .filter(({ start }) => start < seconds)
    .map((each) => ({ ...each, end: Math.min(each.end, seconds) }));
}
