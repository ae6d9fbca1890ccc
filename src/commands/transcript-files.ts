import { words } from "../locales/index.ts";
import type { Segment } from "../services/models/model.ts";
import type { Cue } from "../services/subtitles/cue.ts";
import { cuesOf } from "../services/subtitles/cues.ts";
import { srt, vtt } from "../services/subtitles/formats.ts";
import type { JobOf, ViewFile } from "./command.ts";
import { fileStem } from "./file-stem.ts";
import { speakerNames, textOf, type Transcript } from "./transcript.ts";

/** What a transcript can be attached as. */
export const fileFormats = ["txt", "srt", "vtt", "json"] as const;
export type FileFormat = (typeof fileFormats)[number];

/** For programs: one segment a line, with the words' times where there are some. */
function json(
  { text, segments, language, seconds }: Transcript,
  nameOf: (speaker: string) => string,
): string {
  const rows = segments.map(({ speaker, ...said }) =>
    JSON.stringify(speaker === undefined ? said : { speaker: nameOf(speaker), ...said }),
  );
  const facts = Object.entries({ language, seconds, text }).filter(([, value]) => value !== undefined);
  return [
    "{",
    ...facts.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`),
    `"segments":[\n${rows.join(",\n")}\n]`,
    "}\n",
  ].join("\n");
}

/** By the first segment, with how many there were: a finished answer is shown more than once, and hours take a while. */
const made = new WeakMap<Segment, { count: number; cues: Cue[] }>();

function cuesFor({ segments, language }: Transcript): Cue[] {
  const [first] = segments;
  if (!first) return [];
  const known = made.get(first);
  if (known?.count === segments.length) return known.cues;
  const cues = cuesOf(segments, language);
  made.set(first, { count: segments.length, cues });
  return cues;
}

/** The transcript as files, one a format. Where nobody speaks there is nothing to put into them. */
export function transcriptFiles(
  job: JobOf<unknown>,
  transcript: Transcript,
  { name, formats, timestamps }: { name: string; formats: readonly FileFormat[]; timestamps: boolean },
): ViewFile[] {
  if (transcript.text === "" || formats.length === 0) return [];
  const { segments } = transcript;
  const nameOf = speakerNames(segments, words(job.request.locale));
  const cues = formats.includes("srt") || formats.includes("vtt") ? cuesFor(transcript) : [];
  const contents: Record<FileFormat, () => string> = {
    txt: () => `${textOf(job, { timestamps })}\n`,
    srt: () => srt(cues),
    vtt: () => vtt(cues, nameOf),
    json: () => json(transcript, nameOf),
  };
  return formats
    .filter((format) => format === "txt" || format === "json" || cues.length > 0)
    .map((extension) => ({ name: stemOf(name), from: { text: contents[extension](), extension } }));
}

/** The recording's own name, as far as files may have it. */
export const stemOf = (name: string): string => {
  const stem = name.replace(/\.[^.]*$/, "");
  return /[\p{L}\p{N}]/u.test(stem) ? fileStem(stem) : "transcript";
};
