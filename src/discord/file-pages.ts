import type { ViewFile } from "../commands/command.ts";
import { words } from "../locales/index.ts";
import type { ZipNote } from "./zip.ts";

/** What tells one of a View's files from another. */
export const fileKey = ({ from }: ViewFile) => JSON.stringify("url" in from ? from.url : from);

/** Small and grey, as Discord shows it. */
export const quietly = (lines: readonly string[]) => lines.map((line) => `-# ${line}`).join("\n");

/** Ten attachments a message (Discord). */
const MAX_FILES = 10;

/** A message's text, and the files on it. */
interface Page {
  content: string;
  files: readonly ViewFile[];
}

interface Texts {
  contents: string[];
  /** What found no room. */
  files: readonly ViewFile[];
}

interface Room {
  maxTotal?: number | undefined;
  locale?: string;
  notes?: ReadonlyMap<string, ZipNote>;
}

const isZip = ({ from }: ViewFile) => "zip" in from;

/** As many to a message as it takes. A ZIP has one of its own, and with it all the bytes that a request may have. */
function pagesOf(files: readonly ViewFile[]): ViewFile[][] {
  const others = files.filter((file) => !isZip(file));
  const pages = Array.from({ length: Math.ceil(others.length / MAX_FILES) }, (_, index) =>
    others.slice(index * MAX_FILES, (index + 1) * MAX_FILES),
  );
  return [...pages, ...files.filter(isZip).map((zip) => [zip])];
}

function notesOn(files: readonly ViewFile[], { notes, locale = "en-US" }: Room): string[] {
  const say = words(locale);
  return files.flatMap((file) => {
    const { smaller = false, missing = [] } = notes?.get(fileKey(file)) ?? {};
    return [
      ...(smaller ? [say.smallerInZip] : []),
      ...(missing.length > 0 ? [say.missingInZip(missing)] : []),
    ];
  });
}

/** What is posted where there is no room for all: the ZIP, which has everything, or else as much as there is room for. */
function withoutRoom(pages: readonly ViewFile[][], room: number, locale: string) {
  const say = words(locale);
  const zip = pages.findLast((page) => page.every(isZip));
  const left = pages.filter((page) => page !== zip);
  if (zip) return { pages: [zip], lines: [say.onlyInZip(left.flat().length)] };
  const missing = pages.slice(room).flat().length;
  return { pages: pages.slice(0, room), lines: missing > 0 ? [say.moreFiles(missing)] : [] };
}

/** A View's text and files as messages. `textsWith` makes the text's, with these lines among the quiet ones. */
export function layOut(
  posted: readonly ViewFile[],
  textsWith: (lines: readonly string[]) => Texts,
  room: Room,
): Page[] {
  const { maxTotal = Number.POSITIVE_INFINITY, locale = "en-US" } = room;
  const plain = textsWith([]);
  const all = pagesOf([...posted, ...plain.files]);
  const left = maxTotal - plain.contents.length + 1;
  const cut = all.length > left ? withoutRoom(all, left, locale) : { pages: all, lines: [] };
  const [first = [], ...more] = cut.pages;
  const lines = [...cut.lines, ...notesOn(first, room)];
  const { contents } = lines.length > 0 ? textsWith(lines) : plain;
  return [
    ...contents.map((content, index) => ({ content, files: index === contents.length - 1 ? first : [] })),
    ...more.map((files) => ({ content: quietly(notesOn(files, room)), files })),
  ];
}
