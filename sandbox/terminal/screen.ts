import type { Interface } from "node:readline";
import { width } from "./wrap.ts";

/** The end of a terminal: lines that still change, and under them the prompt. Above it everything is final. */
export interface Screen {
  columns: () => number;
  /** Adds `final` for good, and puts `live` in place of the live lines there were. */
  draw(final: readonly string[], live: readonly string[]): void;
  /** A line was entered: it stands above the cursor until the next `draw`, which takes it away. */
  entered(line: string): void;
}

type Output = NodeJS.WriteStream;

const UP = (rows: number) => (rows > 0 ? `\u001B[${rows}A` : "");
const CLEAR_DOWN = "\r\u001B[J";

/** Lines must be wrapped to `columns()`: each is one row. */
export function createScreen(readline: Interface, output: Output): Screen {
  let rowsAbove = 0; // of the live lines and an entered line, above the prompt
  let drawn: string | undefined; // the live lines on screen, so that what did not change is not drawn again
  const columns = () => output.columns || 80;
  const rows = () => output.rows || 24;

  /** Only what is on screen can be taken back, so a long answer shows its end while it grows. */
  const fitting = (live: readonly string[], promptRows: number) => {
    const room = Math.max(1, rows() - promptRows - 2);
    return live.length <= room ? live : ["  …", ...live.slice(1 - room)];
  };

  return {
    columns,
    draw(final, live) {
      const shape = live.join("\n");
      if (final.length === 0 && shape === drawn) return;
      drawn = shape;
      const cursor = readline.getCursorPos();
      const shown = fitting(live, cursor.rows + 1);
      const text = [...final, ...shown].map((line) => `${line}\n`).join("");
      output.write(`${UP(cursor.rows + rowsAbove)}${CLEAR_DOWN}${text}`);
      rowsAbove = shown.length;
      // readline would go up to the prompt's first row, which the cursor has left already.
      (readline as Interface & { prevRows: number }).prevRows = 0;
      readline.prompt(true);
    },
    entered(line) {
      drawn = undefined;
      rowsAbove += Math.floor(width(readline.getPrompt() + line) / columns()) + 1;
    },
  };
}
