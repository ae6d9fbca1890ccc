import { parse } from "csv-parse/sync";
import { shapes, type Shape } from "../services/models/model.ts";
import { type ListFault, Problem } from "../services/problem.ts";
import { fileStem } from "./file-stem.ts";

/** One picture of a list. */
export interface Line {
  /** Where it stands in the file, from 1. */
  line: number;
  name: string;
  prompt: string;
  shape?: Shape;
}

/** How many prompts a list has at the most. */
export const MAX_LINES = 50;
const MAX_PROMPT = 2_000;
const MAX_NAME = 60;
/** A prompt of four bytes a letter, all of them quoted, and what stands beside it. */
const MAX_ROW_BYTES = 20_000;

type Refuse = (fault: ListFault) => never;

/** What no text has: all control characters but tab, line feed and carriage return. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const BINARY = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** UTF-8, or UTF-16 that says so by its byte order mark, which is left out. */
function decode(bytes: Uint8Array, refuse: Refuse): string {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  const encoding = isLittle ? "utf-16le" : isBig ? "utf-16be" : "utf-8";
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return refuse({ kind: "no-text" });
  }
  return BINARY.test(text) ? refuse({ kind: "no-text" }) : text;
}

/** What a line says before it is judged. */
interface Row {
  line: number;
  name: string;
  prompt: string;
  shape: string;
}

/** One prompt a line; what is empty or begins with # is none. */
const rowsOfText = (text: string): Row[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((content, index) => ({ line: index + 1, name: "", prompt: content.trim(), shape: "" }))
    .filter(({ prompt }) => prompt !== "" && !prompt.startsWith("#"));

interface Parsed {
  cells: string[];
  line: number;
}

const breaksIn = (text: string) => (text.match(/\r\n|\r|\n/g) ?? []).length;

/** Rows with the lines on which they begin. `raw` is a row as it stands in the file, after the empty lines before it. */
function located(rows: readonly { record: string[]; raw: string }[]): Parsed[] {
  let before = 1;
  return rows.map(({ record, raw }) => {
    const line = before + breaksIn(/^[\r\n]*/.exec(raw)?.[0] ?? "");
    before += breaksIn(raw);
    return { cells: record, line };
  });
}

const isEmptyRow = ({ cells }: Parsed) => cells.every((cell) => cell.trim() === "");

/** Spreadsheets of half the world separate by semicolons; a header that people write has none of its own. */
const delimiterOf = (text: string) => {
  const [header = ""] = /^[^\r\n]*/.exec(text.trimStart()) ?? [];
  return [";", "\t"].find((delimiter) => header.includes(delimiter)) ?? ",";
};

function parseCsv(text: string, refuse: Refuse): Parsed[] {
  try {
    const rows = parse(text, {
      delimiter: delimiterOf(text),
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_BYTES,
    });
    return located(rows as unknown as { record: string[]; raw: string }[]);
  } catch (error) {
    const { lines } = error as { lines?: unknown };
    return refuse({ kind: "no-csv", line: typeof lines === "number" ? Math.max(1, lines) : 1 });
  }
}

/** Spreadsheets may say in a line of its own what separates the cells. */
const isSeparatorNote = ({ cells }: Parsed) => /^sep=/i.test(cells[0] ?? "");

function rowsOfCsv(text: string, refuse: Refuse): Row[] {
  const written = parseCsv(text, refuse).filter((row) => !isEmptyRow(row));
  const [header, ...rows] = written[0] && isSeparatorNote(written[0]) ? written.slice(1) : written;
  const columns = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  if (!header) return [];
  if (!columns.includes("prompt")) return refuse({ kind: "no-header", columns: columns.filter(Boolean) });
  return rows.map((row) => {
    const cell = (column: string) => (row.cells[columns.indexOf(column)] ?? "").trim();
    return {
      line: row.line,
      name: cell("name"),
      prompt: cell("prompt"),
      shape: cell("shape").toLowerCase(),
    };
  });
}

const isShape = (name: string): name is Shape => shapes.some((shape) => shape === name);
const linesOf = (rows: readonly Row[]) => rows.map(({ line }) => line);

/** @throws {Problem} with the first kind of fault, and every line that has it. */
function check(rows: readonly Row[], refuse: Refuse): void {
  if (rows.length === 0) refuse({ kind: "no-prompts" });
  if (rows.length > MAX_LINES) refuse({ kind: "too-many", max: MAX_LINES });
  const without = rows.filter(({ prompt }) => prompt === "");
  if (without.length > 0) refuse({ kind: "no-prompt", lines: linesOf(without) });
  const long = rows.filter(({ prompt }) => prompt.length > MAX_PROMPT);
  if (long.length > 0) refuse({ kind: "too-long", max: MAX_PROMPT, lines: linesOf(long) });
  const wrong = rows.filter(({ shape }) => shape !== "" && !isShape(shape));
  if (wrong[0]) refuse({ kind: "shape", shape: wrong[0].shape, shapes, lines: linesOf(wrong) });
}

/** Control characters, and those that turn round what follows them. Joiners stay: emoji are made with them. */
const UNSEEN = /(?!\s)\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

const toLine = ({ line, name, prompt, shape }: Row): Line => ({
  line,
  name:
    Array.from(name.replaceAll(UNSEEN, "").replaceAll(/\s+/g, " ")).slice(0, MAX_NAME).join("") ||
    fileStem(prompt),
  prompt,
  ...(isShape(shape) ? { shape } : {}),
});

/**
 * The prompts of a file: `.txt` has one a line, `.csv` a header with `prompt`, and perhaps `name` and `shape`.
 * @throws {Problem} bad-list, and nothing else, whatever the bytes are.
 */
export function readPromptList(bytes: Uint8Array, name: string): Line[] {
  const refuse: Refuse = (fault) => {
    throw new Problem({ kind: "bad-list", name, fault });
  };
  const [, extension] = /\.(txt|csv)$/i.exec(name) ?? [];
  if (!extension) return refuse({ kind: "no-list" });
  const text = decode(bytes, refuse);
  const rows = extension.toLowerCase() === "csv" ? rowsOfCsv(text, refuse) : rowsOfText(text);
  check(rows, refuse);
  return rows.map(toLine);
}
