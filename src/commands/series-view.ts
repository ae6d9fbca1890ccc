import { type Words, words } from "../locales/index.ts";
import { factsLine, stopButton, heading } from "./answer.ts";
import type { Button, JobOf, View, ViewFile } from "./command.ts";
import { fileStem } from "./file-stem.ts";
import { isUnderWay, type Series, type Shot, type Standing, standingsOf } from "./series.ts";

type AnyJob = JobOf<unknown>;

/** What of a message's 2,000 characters is the table's: all but heading, quiet lines and what others may add to them. */
const TABLE_ROOM = 1_400;
const WIDEST_ROW = 60;
const MAX_TITLE = 60;

const marks: Readonly<Record<Standing["state"], string>> = {
  waiting: "·",
  working: "▸",
  stopped: "–",
  failed: "✗",
  uncut: "!",
  done: "✓",
};

/** Why there is nothing, in a word. */
function shortly({ state, picture }: Standing, say: Words): string {
  if (state === "failed") return picture?.problem?.kind === "flagged" ? say.flaggedShort : say.failedShort;
  if (state === "stopped") return say.stoppedShort;
  return state === "uncut" ? say.uncutShort : "";
}

const segmenter = new Intl.Segmenter();

/** As much as has room, in whole letters, with nothing that could end a code block. */
function fitting(text: string, room: number): string {
  const plain = text.replaceAll("`", "'").replaceAll(/\s+/g, " ").replaceAll(/\p{C}/gu, "").trim();
  if (plain.length <= room) return plain;
  let cut = "";
  for (const { segment } of segmenter.segment(plain)) {
    if (cut.length + segment.length > room - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

const digitsOf = (shots: readonly Shot[]) => Math.max(2, ...shots.map(({ number }) => String(number).length));

const numberOf = ({ number }: Shot, digits: number) => String(number).padStart(digits, "0");

/** `✗ 07 harbour flagged`, a line for each, so short that all find room in one message. */
function tableOf(standings: readonly Standing[], say: Words): string {
  const digits = digitsOf(standings.map(({ shot }) => shot));
  const width = Math.min(WIDEST_ROW, Math.floor(TABLE_ROOM / standings.length) - 1);
  const rows = standings.map((standing) => {
    const why = shortly(standing, say);
    const begin = `${marks[standing.state]} ${numberOf(standing.shot, digits)} `;
    const room = width - begin.length - (why ? why.length + 1 : 0);
    return [`${begin}${fitting(standing.shot.name, room)}`, ...(why ? [why] : [])].join(" ");
  });
  return ["```", ...rows, "```"].join("\n");
}

const inState = (standings: readonly Standing[], ...states: Standing["state"][]) =>
  standings.filter(({ state }) => states.includes(state));

/** Every one by its name, those for the same reason together: `line 7 (harbour), line 9 (castle): …` */
function reasons(of: readonly Standing[], series: Series, say: Words): string[] {
  const nameOf = series.key === "line" ? say.failedLine : say.failedShot;
  const byReason = new Map<string, string[]>();
  for (const { shot, picture, cutout } of of) {
    const problem = picture?.problem ?? cutout?.problem;
    const sentence = problem ? say.problem(problem) : "";
    byReason.set(sentence, [...(byReason.get(sentence) ?? []), nameOf(shot.number, shot.name)]);
  }
  return [...byReason].map(([sentence, names]) => `- ${names.join(", ")}: ${sentence}`);
}

function failuresOf(standings: readonly Standing[], series: Series, say: Words): string[] {
  const failed = inState(standings, "failed");
  const uncut = inState(standings, "uncut");
  return [
    ...(failed.length > 0
      ? [say.seriesFailed(failed.length, standings.length), ...reasons(failed, series, say)]
      : []),
    ...(uncut.length > 0 ? [say.uncut(uncut.length), ...reasons(uncut, series, say)] : []),
  ];
}

function progressOf(
  standings: readonly Standing[],
  { model, cutout }: Series,
  { createdAt }: AnyJob,
  say: Words,
) {
  const drawn = standings.filter(({ picture }) => picture?.state === "succeeded");
  const cut = drawn.filter((standing) => standing.cutout);
  if (cutout && cut.length > 0)
    return say.cuttingOut(cutout.title, inState(cut, "done", "uncut").length, drawn.length, createdAt);
  const failed = inState(standings, "failed", "stopped").length;
  return say.seriesProgress(model.title, drawn.length, standings.length, failed, createdAt);
}

/** What was made, and what a Stop left undone. */
function closingLines(standings: readonly Standing[], { seed }: Series, job: AnyJob, say: Words): string[] {
  const made = standings.filter(({ url }) => url !== undefined).length;
  const stopped = inState(standings, "stopped").length;
  const waiting = inState(standings, "waiting").length;
  return [
    ...(stopped + waiting > 0 ? [say.seriesStopped(made, standings.length, stopped, waiting)] : []),
    factsLine(job, [say.picturesMade(made), ...(seed === undefined ? [] : [say.seed(seed)])]),
  ];
}

/** The pictures in order, and all of them in a ZIP where there are several. */
function filesOf(standings: readonly Standing[], { zip: name, spoiler }: Series): ViewFile[] {
  const digits = digitsOf(standings.map(({ shot }) => shot));
  const made = standings.flatMap(({ shot, url, until }) =>
    url === undefined
      ? []
      : [{ name: `${numberOf(shot, digits)}-${fileStem(shot.name)}`, alt: shot.prompt, url, until }],
  );
  const pictures = made.map(({ name, alt, url, until }) => ({ name, alt, spoiler, from: { url, until } }));
  const zip = { name: fileStem(name), from: { zip: made.map(({ name, url }) => ({ name, url })) } };
  return made.length > 1 ? [...pictures, zip] : pictures;
}

/** While it runs a table that fits into one message; after that what failed and why, and all that was made. */
export function seriesView<A extends string>(
  series: Series,
  job: AnyJob,
  buttons: readonly Button<A>[],
): View<A | "stop"> {
  const say = words(job.request.locale);
  const standings = standingsOf(series, job);
  const top = [heading(fitting(series.title, MAX_TITLE), job.asker.name), tableOf(standings, say)];
  if (isUnderWay(series, job, standings))
    return {
      text: top.join("\n"),
      quiet: [progressOf(standings, series, job, say)],
      buttons: [stopButton(job)],
    };
  return {
    text: [...top, ...failuresOf(standings, series, say)].join("\n"),
    quiet: closingLines(standings, series, job, say),
    files: filesOf(standings, series),
    buttons,
  };
}
