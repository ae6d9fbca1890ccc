import { words } from "../src/locales/index.ts";
import { marksIn } from "./tag.ts";

/** A text file on a message. */
export interface AttachedText {
  name: string;
  text: string;
}

/** What of the whole comes after the beginning that is shown; undefined where that is not its beginning. */
function afterBeginning(content: string, text: string): string | undefined {
  const shown = marksIn(content);
  const last = shown.at(-1);
  const isBeginning = marksIn(text).slice(0, shown.length).join() === shown.join();
  return last && isBeginning ? text.split(new RegExp(`\\b${last}\\b`), 2)[1] : undefined;
}

/**
 * All that a message and its files say, once: a file goes on where the message ends, unless the message says that it
 * only shows the beginning of it.
 */
export function readTogether(content: string, files: readonly AttachedText[]): string {
  const { heard } = words("en-US");
  return files.reduce((read, { name, text }) => {
    const rest = content.includes(heard.beginning(name)) ? afterBeginning(content, text) : undefined;
    return [read, rest ?? text].join("\n");
  }, content);
}
