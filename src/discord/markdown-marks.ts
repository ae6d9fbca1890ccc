/** What is open within a paragraph, outermost first: `["**", "_"]`. Inline code is its backticks, always last. */
export type Marks = readonly string[];

/** What a paragraph is made of. A `whole` is never cut: inline code, a link, a mention, an emoji. */
export interface Piece {
  kind: "word" | "space" | "newline" | "stop" | "clause" | "mark" | "whole";
  from: number;
  to: number;
  /** What is open before it, and after it. */
  before: Marks;
  after: Marks;
}

/** Why a text ends where it does: its paragraph does, or a view of it does and it goes on, or no more is known. */
export type Ending = "paragraph" | "view" | "unknown";

/** All marks that are open at once have at most this many characters; what is more is plain text. */
const MOST_MARKS = 10;

/** What was opened so long ago and is not closed yet may be no link, and no code. */
const LONGEST_GUESS = 300;

/** The beginning of an address, or what may become one. */
const address = String.raw`https?://|h(?:t(?:t(?:ps?(?::/?)?)?)?)?$`;

const patterns: [Piece["kind"] | "code", RegExp][] = [
  ["word", new RegExp(String.raw`(?:(?!${address})[^\s\\\u0060[<*_~|。！？｡、，；：])+`, "y")],
  ["newline", /\r?\n/y],
  ["space", /[^\S\n]+/y],
  ["mark", /\*+|_+|~+|\|+/y],
  ["code", /`+/y],
  // A link with text, also where that is in brackets itself, or where its address has parentheses.
  ["whole", /\[(?:[^[\]\n]|\[[^[\]\n]*\])*\]\((?:[^\s()]|\([^\s()]*\))*(?:[ \t]+"[^"\n]*")?\)/y],
  // Mentions, custom emoji, timestamps, commands, links without an embed; and HTML, as models write it.
  ["whole", /<[@#:/A-Za-z\d][^<>\n]{0,300}>/y],
  ["whole", /https?:\/\/(?:(?!\*\*|\|\||~~)[^\s<>。、，！？）」])*[^\s<>。、，！？）」*_~|.,;:'")\]]/y],
  ["stop", /[。！？｡]+[」』）】〉》”’]*/y],
  ["clause", /[、，；：]+/y],
  // An escape, or a character that is none of the above after all.
  ["word", /\\[^0-9A-Za-z\s]|\S/y],
];

/** A link, mention or emoji whose end is not in view. */
const halfWhole = new RegExp(
  [
    String.raw`\[[^[\]\n]{0,${LONGEST_GUESS}}\]?$`,
    String.raw`\[[^[\]\n]{0,${LONGEST_GUESS}}\]\([^\s()]*(?:\([^\s()]*\)[^\s()]*)*(?:\([^\s()]*)?$`,
    String.raw`(?:${address})[^\s<>。、，！？）」]*$`,
    String.raw`<(?:[@#:A-Za-z\d][^<>\s]{0,100}|/[^<>\n]{0,100})?$`,
  ].join("|"),
  "y",
);

const isLetter = (char: string) => /[0-9A-Za-z\u00C0-\u024F]/.test(char);

/** Whether a run such as `**` can open: text follows, and it does not stand within a word, as in `2**10`. */
function opens(run: string, left: string, right: string): boolean {
  if (right === "" || /[\s=,;)\]}]/.test(right)) return false;
  if (isLetter(left) && (run.startsWith("_") || isLetter(right))) return false;
  return /^[*_]/.test(run) ? run.length <= 3 : run.length === 2;
}

/** The marks after `run` closed one or more of them; undefined where it closes none. */
function closed(run: string, marks: Marks): Marks | undefined {
  const exact = marks.lastIndexOf(run);
  if (exact >= 0) return marks.slice(0, exact);
  const at = marks.findLastIndex((mark) => mark[0] === run[0]);
  const mark = marks[at] ?? "";
  // `***both** one*`
  if (mark.length === 3 && run.length < 3) return [...marks.slice(0, at), mark.slice(run.length)];
  return mark && mark.length < run.length ? closed(run.slice(mark.length), marks.slice(0, at)) : undefined;
}

const hasRoom = (run: string, marks: Marks) => marks.join("").length + run.length <= MOST_MARKS;

/** The marks after a run of `*`, `_`, `~` or `|` that stands between two characters. */
function afterRun(run: string, left: string, right: string, marks: Marks): Marks {
  // As Discord has it, only single marks mind the space before them.
  const canClose = run.length > 1 || (/\S/.test(left) && !(run === "_" && isLetter(right)));
  const rest = canClose ? closed(run, marks) : undefined;
  if (rest) return rest;
  return opens(run, left, right) && hasRoom(run, marks) ? [...marks, run] : marks;
}

/** Where inline code ends that `run` began before `from`. */
function endOfCode(text: string, from: number, run: string): number | undefined {
  for (let at = text.indexOf(run, from); at >= 0; at = text.indexOf(run, at)) {
    const begin = at;
    while (text[at] === "`") at += 1;
    if (at - begin === run.length) return at;
  }
  return undefined;
}

const pieceOf = (kind: Piece["kind"], from: number, to: number, before: Marks, after = before): Piece => ({
  kind,
  from,
  to,
  before,
  after,
});

/** The next piece where inline code has been open since before `from`. */
function withinCode(text: string, from: number, run: string, marks: Marks, ending: Ending): Piece {
  const end = endOfCode(text, from, run);
  if (end !== undefined) return pieceOf("whole", from, end, marks, marks.slice(0, -1));
  if (ending === "paragraph") return next(text, from, marks.slice(0, -1), ending);
  const word = /\s+|\S+/y;
  word.lastIndex = from;
  const [found = ""] = word.exec(text) ?? [];
  const kind = /\S/.test(found) ? "word" : found.includes("\n") ? "newline" : "space";
  return pieceOf(kind, from, from + found.length, marks);
}

/** Inline code that begins at `from`; backticks that nothing closes are plain text. */
function codeAt(text: string, from: number, run: string, marks: Marks, ending: Ending): Piece {
  const begin = from + run.length;
  const end = endOfCode(text, begin, run);
  if (end !== undefined) return pieceOf("whole", from, end, marks);
  if (ending === "view" && text.length - from <= LONGEST_GUESS)
    return pieceOf("whole", from, text.length, marks);
  const isOpen = ending !== "paragraph" && /\S/.test(text.charAt(begin)) && hasRoom(run, marks);
  return isOpen ? pieceOf("mark", from, begin, marks, [...marks, run]) : pieceOf("word", from, begin, marks);
}

function next(text: string, from: number, marks: Marks, ending: Ending): Piece {
  const open = marks.at(-1) ?? "";
  if (open.startsWith("`")) return withinCode(text, from, open, marks, ending);
  halfWhole.lastIndex = from;
  if (ending === "view" && halfWhole.test(text)) return pieceOf("whole", from, text.length, marks);
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = from;
    if (!pattern.test(text)) continue;
    const to = pattern.lastIndex;
    if (kind === "code") return codeAt(text, from, text.slice(from, to), marks, ending);
    const after =
      kind === "mark" ? afterRun(text.slice(from, to), text.charAt(from - 1), text.charAt(to), marks) : marks;
    return pieceOf(kind, from, to, marks, after);
  }
  return pieceOf("word", from, text.length, marks);
}

/** The pieces of a paragraph in which `marks` are open already. */
export function pieces(text: string, marks: Marks, ending: Ending): Piece[] {
  const found: Piece[] = [];
  for (let from = 0, before = marks; from < text.length;) {
    const piece = next(text, from, before, ending);
    found.push(piece);
    from = piece.to;
    before = piece.after;
  }
  return found;
}

/** Those of the marks that were open before a paragraph which it closes. The others were none. */
export function marksClosed(paragraph: string, marks: Marks): Marks {
  const found = pieces(paragraph, marks, "paragraph");
  const isCode = marks.at(-1)?.startsWith("`") && found[0]?.kind !== "whole";
  const real = isCode ? marks.slice(0, -1) : marks;
  const after = found.at(-1)?.after ?? marks;
  const begin = real.findIndex((mark, index) => mark !== after[index]);
  return begin < 0 ? [] : real.slice(begin);
}
