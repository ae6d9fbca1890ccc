import { type Words, words } from "../locales/index.ts";
import { type Attachment, isAttachment } from "../services/attachment.ts";
import { hasEnded, type Run } from "../services/jobs.ts";
import type { Segment } from "../services/models/model.ts";
import type { ProblemReason } from "../services/problem.ts";
import type { Part } from "../services/sound/parts.ts";
import { hasCjk } from "../services/subtitles/script.ts";
import type { JobOf } from "./command.ts";

/** A part of the recording of which nothing could be written down. */
export interface Missing extends Part {
  problem: ProblemReason | undefined;
}

/** What was heard in a recording, of all its parts. */
export interface Transcript {
  /** In paragraphs; it is marked where a part is missing. */
  text: string;
  segments: Segment[];
  /** The language that most of it is in, as the model names it. */
  language?: string;
  /** How long the recording is. */
  seconds?: number;
  missing: Missing[];
}

/** Something that is said without a break, or a part that is missing. */
type Paragraph =
  | { kind: "said"; start: number; text: string; speaker?: string | undefined }
  | ({ kind: "missing" } & Missing);

/** A pause after which a new paragraph begins, and how long one gets before it ends with a sentence. */
const PAUSE_SECONDS = 2.5;
const LONG = 500;
const LONGEST = 1_200;

const endsSentence = (text: string) => /[.!?…。！？][^\p{L}\p{N}]*$/u.test(text);

/** Chinese and Japanese have no spaces between sentences, either. */
const joined = (before: string, after: string) =>
  `${before}${hasCjk(before.slice(-2)) && hasCjk(after.slice(0, 2)) ? "" : " "}${after}`;

function goesOn(
  paragraph: { text: string; speaker?: string | undefined; end: number },
  next: Segment,
): boolean {
  const { text, speaker, end } = paragraph;
  if (speaker !== next.speaker || text.length > LONGEST) return false;
  if (!endsSentence(text)) return true;
  return next.start - end < PAUSE_SECONDS && text.length < LONG;
}

function paragraphsIn(segments: readonly Segment[]): Paragraph[] {
  const paragraphs: {
    kind: "said";
    start: number;
    end: number;
    text: string;
    speaker?: string | undefined;
  }[] = [];
  for (const segment of segments) {
    const last = paragraphs.at(-1);
    const { start, end, speaker } = segment;
    const text = segment.text.trim();
    if (text === "") continue;
    if (last && goesOn(last, segment)) {
      last.text = joined(last.text, text);
      last.end = end;
    } else paragraphs.push({ kind: "said", start, end, text, speaker });
  }
  return paragraphs;
}

const recordingOf = ({ input }: Run): Attachment | undefined => Object.values(input).find(isAttachment);

/** Which part of the recording the run listens to, as it was planned. */
function plannedPart(run: Run): Part {
  const { as, seconds = 0 } = recordingOf(run) ?? {};
  return as && "part" in as ? as.part : { from: 0, to: seconds };
}

/** How many seconds these runs listen to: as planned, since those that have not begun know no better. */
export const plannedSeconds = (runs: readonly Run[]): number =>
  runs.map(plannedPart).reduce((sum, { from, to }) => sum + to - from, 0);

/** Where it was really cut, if that is known. */
const partOf = (run: Run): Part => recordingOf(run)?.cut ?? plannedPart(run);

/** What a run heard; a run that translates without times has no segments. */
function heardIn(run: Run): Paragraph[] {
  const { from, to } = partOf(run);
  if (run.state !== "succeeded") return [{ kind: "missing", from, to, problem: run.problem }];
  const { segments = [], text = "" } = run.result ?? {};
  if (segments.length > 0) return paragraphsIn(segments);
  return text.trim() === "" ? [] : [{ kind: "said", start: from, text: text.trim() }];
}

/** Paragraphs of several runs, where a sentence may go on over the seam. */
function paragraphsOf(runs: readonly Run[]): Paragraph[] {
  const isWhole = runs.every(
    ({ state, result }) => state === "succeeded" && (result?.segments ?? []).length > 0,
  );
  return isWhole ? paragraphsIn(runs.flatMap(({ result }) => result?.segments ?? [])) : runs.flatMap(heardIn);
}

/** The speakers as readers know them: numbered in the order in which they begin to speak. */
export function speakerNames(segments: readonly Segment[], say: Words): (speaker: string) => string {
  const known = [...new Set(segments.flatMap(({ speaker }) => speaker ?? []))];
  return (speaker) => say.heard.speaker(known.indexOf(speaker) + 1);
}

function written(
  paragraph: Paragraph,
  { timestamps, nameOf, say }: { timestamps: boolean; nameOf: (speaker: string) => string; say: Words },
): string {
  if (paragraph.kind === "missing") return say.heard.missing(paragraph.from, paragraph.to);
  const { start, text, speaker } = paragraph;
  const said = speaker === undefined ? text : say.heard.said(nameOf(speaker), text);
  return timestamps ? say.heard.at(start, said) : said;
}

type Heard = Pick<JobOf<unknown>, "runs"> & { request: { locale: string; options?: unknown } };

/** Those that ended, up to the first that did not: what comes after a gap would be read as if there were none. */
const endedFirst = (runs: readonly Run[]) => {
  const open = runs.findIndex((run) => !hasEnded(run));
  return open < 0 ? runs : runs.slice(0, open);
};

/** The whole in paragraphs; while it runs, as far as it is there. Where one person speaks alone nobody is named. */
export function textOf({ runs, request }: Heard, { timestamps = false } = {}): string {
  const ended = endedFirst(runs);
  const say = words(request.locale);
  const nameOf = speakerNames(segmentsOf(ended), say);
  // A run that failed alone is said elsewhere.
  if (ended.every(({ state }) => state !== "succeeded")) return "";
  return paragraphsOf(ended)
    .map((paragraph) => written(paragraph, { timestamps, nameOf, say }))
    .join("\n\n");
}

const segmentsOf = (runs: readonly Run[]) => runs.flatMap(({ result }) => result?.segments ?? []);

/** The language that most of the runs heard. */
function languageOf(runs: readonly Run[]): string | undefined {
  const heard = runs.flatMap(({ result }) => result?.language ?? []);
  const count = (language: string) => heard.filter((each) => each === language).length;
  return heard.toSorted((a, b) => count(b) - count(a))[0];
}

/** How long the recording is, which all its runs know. */
const secondsOf = (runs: readonly Run[]) =>
  runs.map((run) => recordingOf(run)?.seconds).find((seconds) => seconds !== undefined);

/** What a job's runs heard, joined. */
export function transcriptOf(job: Heard): Transcript {
  const { runs } = job;
  const language = languageOf(runs);
  const seconds = secondsOf(runs);
  return {
    text: textOf(job),
    segments: segmentsOf(runs),
    missing: runs
      .filter((run) => hasEnded(run) && run.state !== "succeeded")
      .map((run) => ({ ...partOf(run), problem: run.problem })),
    ...(language === undefined ? {} : { language }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}
