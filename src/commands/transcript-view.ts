import { type Words, words } from "../locales/index.ts";
import { hasEnded, type Run } from "../services/jobs.ts";
import { modelByKey } from "../services/models/index.ts";
import { factsLine, heading, isRunning, quietLines } from "./answer.ts";
import type { JobOf } from "./command.ts";
import { languageName } from "./languages.ts";
import { stemOf } from "./transcript-files.ts";
import { type Missing, plannedSeconds, textOf, type Transcript } from "./transcript.ts";

/** What was asked of a transcript, as far as it shows. */
export interface Shown {
  name: string;
  /** How long it is, where no run has looked into it yet. */
  seconds: number | undefined;
  timestamps: boolean;
  translate: boolean;
  /** As its asker named it, where the model does not tell. */
  language: string | undefined;
  /** Which model stepped in, and why. */
  remarks: readonly string[];
}

/** Discord's limit, and what of it is left to others: names that are made harmless get longer. */
const MESSAGE = 2_000;
const SPARE = 120;
const LEAST = 300;

const wasStopped = ({ problem }: Pick<Missing, "problem">) => problem?.kind === "cancelled";

/** How many minutes are there: `WhisperX · 40 of 121 min`. One run alone tells more of itself. */
function progressLines(job: JobOf<unknown>, say: Words): string[] {
  const [first] = job.runs;
  if (!first || job.runs.length === 1) return quietLines(job);
  const done = plannedSeconds(job.runs.filter(hasEnded));
  const all = plannedSeconds(job.runs);
  const title = modelByKey(first.model)?.title ?? first.model;
  return [say.heard.progress(title, done, all, job.createdAt)];
}

/** What the model found: `German · translated into English · 1:05`. */
function factsOf(
  { language, seconds }: Transcript,
  shown: Shown,
  runs: readonly Run[],
  locale: string,
): string[] {
  const say = words(locale);
  const spoken = language ?? shown.language;
  const long = seconds ?? shown.seconds;
  const remembered = runs.filter((run) => run.remembered).length;
  return [
    ...(spoken === undefined ? [] : [languageName(spoken, locale)]),
    ...(shown.translate ? [say.heard.translated] : []),
    ...(long ? [say.clockTime(long)] : []),
    ...(remembered > 0 && remembered < runs.length
      ? [say.heard.rememberedParts(remembered, runs.length)]
      : []),
  ];
}

/** The parts that failed, each with its minutes and its reason; what was stopped needs none. */
function failureLines({ missing }: Transcript, runs: readonly Run[], say: Words): string[] {
  const failed = missing.filter((part) => !wasStopped(part));
  if (failed.length === 0 || runs.length === 1) return [];
  return [
    say.heard.partsFailed(failed.length, runs.length),
    ...failed.map(({ from, to, problem }) =>
      say.heard.partFailed(from, to, problem ? say.problem(problem) : ""),
    ),
  ];
}

/** Under a finished transcript. */
function closingLines(job: JobOf<unknown>, transcript: Transcript, shown: Shown, say: Words): string[] {
  const facts = factsOf(transcript, shown, job.runs, job.request.locale);
  if (job.runs.length === 1) return [...shown.remarks, ...quietLines(job, facts)];
  const line = factsLine(job, facts);
  if (!transcript.missing.some(wasStopped)) return [...shown.remarks, line];
  const there = plannedSeconds(job.runs.filter(({ state }) => state === "succeeded"));
  const stopped = `${say.stoppedEarly}: ${say.heard.minutesThere(there, plannedSeconds(job.runs))}`;
  return [...shown.remarks, stopped, line];
}

const endings = [/[.!?…]["'”’»)]*\s[^.!?…]*$/, /\s\S*$/];

/** As much as has room, up to the end of a sentence or at least of a word. */
export function beginningOf(text: string, room: number): string {
  const most = text.slice(0, room).replace(/[\uD800-\uDBFF]$/, "");
  for (const ending of endings) {
    const at = most.search(ending);
    const kept = most.slice(0, at + 1).trimEnd();
    if (at > room / 2) return `${kept} …`;
  }
  return `${most.trimEnd()}…`;
}

/** What a message shows of a transcript; `isCut` where the whole of it has to be a file. */
export function shownTranscript(
  job: JobOf<unknown>,
  transcript: Transcript,
  shown: Shown,
): { text: string; quiet: string[]; isCut: boolean } {
  const say = words(job.request.locale);
  const top = heading(shown.name, job.asker.name);
  const isOpen = isRunning(job);
  const quiet = isOpen ? progressLines(job, say) : closingLines(job, transcript, shown, say);
  const failures = isOpen ? [] : failureLines(transcript, job.runs, say);
  const ended = job.runs.every(({ state }) => state === "succeeded");
  const text = textOf(job, { timestamps: shown.timestamps }) || (ended ? say.nothingSaid : "");
  const note = say.heard.beginning(`${stemOf(shown.name)}.txt`);
  const around = [top, ...failures, ...quiet, note].reduce((sum, line) => sum + line.length + 6, SPARE);
  const room = Math.max(LEAST, MESSAGE - around);
  if (text.length <= room) return { text: [top, text, ...failures].join("\n"), quiet, isCut: false };
  const beginning = beginningOf(text, room);
  return {
    text: [top, beginning, ...failures].join("\n"),
    quiet: isOpen ? quiet : [note, ...quiet],
    isCut: true,
  };
}
