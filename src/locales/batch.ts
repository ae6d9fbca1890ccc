import type { ListFault } from "../services/problem.ts";
import { bar, list, megabytes, quoted, when } from "./format.ts";

/** How many line numbers a sentence names. */
const NAMED = 5;

/** `line 7`, `lines 3, 9 and 12`, `lines 1, 2, 3, 4, 5 and 8 more` */
function linesOf(lines: readonly number[]): string {
  const more = lines.length > NAMED ? [`${lines.length - NAMED} more`] : [];
  const named = [...lines.slice(0, NAMED).map(String), ...more];
  return `${lines.length === 1 ? "line" : "lines"} ${new Intl.ListFormat("en", { type: "conjunction", style: "long" }).format(named)}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const typed = (text: string) => `“${quoted(text, 30)}”`;
const pictures = (count: number) => `${count} ${count === 1 ? "picture" : "pictures"}`;
const cutouts = (count: number) => `${count} ${count === 1 ? "cutout" : "cutouts"}`;

/** What is wrong with a list of prompts, after the file's name. */
export function listFault(name: string, fault: ListFault): string {
  const file = `\`${name.replaceAll(/[`\s]+/g, " ")}\``;
  switch (fault.kind) {
    case "no-list":
      return `${file} is no list of prompts. Attach a .txt file with one prompt a line, or a .csv file with a column “prompt”.`;
    case "no-text":
      return `${file} is no text that can be read. Save it as text in UTF-8 and attach it again.`;
    case "no-header":
      return `The first line of ${file} has to name its columns, with “prompt” among them, and perhaps “name” and “shape”. ${fault.columns.length > 0 ? `It says ${list(fault.columns.slice(0, 5).map(typed))}.` : ""}`.trim();
    case "no-csv":
      return `${capital(linesOf([fault.line]))} of ${file} can't be read as CSV: a quote is open, or one stands in the middle of a cell.`;
    case "no-prompts":
      return `There is no prompt in ${file}.`;
    case "too-many":
      return `${file} has more than ${fault.max} prompts. Please make several files of it.`;
    case "too-long":
      return `${capital(linesOf(fault.lines))} of ${file}: a prompt has at most ${fault.max} characters.`;
    case "no-prompt":
      return `${capital(linesOf(fault.lines))} of ${file}: there is no prompt.`;
    case "shape":
      return `${capital(linesOf(fault.lines))} of ${file}: there is no shape ${typed(fault.shape)}. There are ${new Intl.ListFormat("en").format(fault.shapes)}.`;
  }
}

/** What is said around many pictures that are asked for at once. */
export const batch = {
  seriesSummary: (count: number, model: string, cut: number) =>
    `${pictures(count)} with ${model}${cut > 0 ? `, and then ${cutouts(cut)}` : ""}.`,
  seriesProgress: (model: string, done: number, all: number, failed: number, since: number) =>
    `${model} · ${bar(all === 0 ? 0 : (done + failed) / all)} · ${done} of ${all} done${failed > 0 ? ` · ${failed} failed` : ""} · asked ${when(since)}`,
  cuttingOut: (model: string, done: number, all: number, since: number) =>
    `${model} · ${bar(all === 0 ? 0 : done / all)} · ${done} of ${all} cut out · asked ${when(since)}`,
  seriesFailed: (failed: number, all: number) => `${failed} of ${all} failed:`,
  uncut: (count: number) => `${count} could not be cut out, and ${count === 1 ? "is" : "are"} as drawn:`,
  failedLine: (line: number, name: string) => `line ${line} (${quoted(name, 40)})`,
  failedShot: (_number: number, name: string) => quoted(name, 40),
  seriesStopped: (done: number, all: number, broken: number, waiting: number) =>
    [
      `Stopped early: ${done} of ${all} made`,
      ...(broken > 0 ? [`${broken} stopped in the middle`] : []),
      ...(waiting > 0 ? [`${waiting} not begun`] : []),
    ].join(", "),
  picturesMade: pictures,
  flaggedShort: "flagged",
  failedShort: "failed",
  stoppedShort: "stopped",
  uncutShort: "uncut",
  onlyInZip: (count: number) =>
    `No more messages are possible here, so the ${pictures(count)} are in the ZIP alone`,
  moreFiles: (count: number) =>
    `${count} more ${count === 1 ? "file" : "files"} could not be posted here: no more messages are possible`,
  notFetched: (name: string) => `${name} could not be fetched any more`,
  noZip: (limitBytes: number) =>
    `There is no ZIP: the pictures can't be made to fit into ${megabytes(limitBytes)} together`,
  smallerInZip: "The pictures in the ZIP are smaller than they were made, so that it can be posted here",
  missingInZip: (names: readonly string[]) =>
    `Not in the ZIP, because it could not be fetched any more: ${names.join(", ")}`,
};
