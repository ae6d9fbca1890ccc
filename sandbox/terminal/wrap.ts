import { stripVTControlCharacters } from "node:util";

const WIDE =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u;
const NOTHING = /^[\p{M}\p{Cf}\p{Cc}]+$/u;
const ESCAPE = new RegExp(String.raw`\u001B\[[\d;]*m`, "y");

const letters = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
const widthOf = (letter: string) => (NOTHING.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1);

/** How many columns a text takes in a terminal. */
export const width = (text: string) =>
  letters(stripVTControlCharacters(text)).reduce((sum, letter) => sum + widthOf(letter), 0);

/** Letters, words' ends and colours, one after the other; only letters take room. */
function* pieces(text: string): Generator<{ text: string; width: number }> {
  for (let at = 0; at < text.length;) {
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(text)?.[0];
    if (escape) {
      yield { text: escape, width: 0 };
      at += escape.length;
      continue;
    }
    const next = text.indexOf("\u001B[", at + 1);
    const run = text.slice(at, next === -1 ? undefined : next);
    for (const letter of letters(run)) yield { text: letter, width: widthOf(letter) };
    at += run.length;
  }
}

/** One line as several of at most `columns`, cut at spaces where there are any. */
export function wrap(text: string, columns: number): string[] {
  const line = text.replaceAll("\t", "    ");
  if (!Number.isFinite(columns) || width(line) <= columns) return [line];
  const rows: string[] = [];
  let row = "";
  let taken = 0;
  let space = -1; // where the row could be cut
  for (const piece of pieces(line)) {
    // Twice, where what follows the space does not fit either.
    while (taken > 0 && taken + piece.width > columns) {
      const cut = space > 0 && piece.text !== " " ? space : row.length;
      rows.push(row.slice(0, cut));
      row = row.slice(cut).trimStart();
      taken = width(row);
      space = -1;
    }
    if (piece.text === " ") {
      if (taken === 0 && rows.length > 0) continue;
      space = row.length;
    }
    row += piece.text;
    taken += piece.width;
  }
  return [...rows, row];
}

/** The same, two columns to the right. */
export const indented = (line: string, columns: number): string[] =>
  wrap(line, columns - 2).map((row) => `  ${row}`);
