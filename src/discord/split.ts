/** Discord's limit for a message's content, counted in UTF-16 code units at the most. */
export const MESSAGE_LIMIT = 2_000;

/** What closes and opens a code block again has to leave room for the code, so absurd ones are plain text. */
const LONGEST_FENCE = 10;
const LONGEST_LANGUAGE = 20;

/** A line that opens or closes a code block: the fence, and the language where it opens. No code within a line. */
const fenceOf = (line: string) => /^\s*(`{3,}(?=[^`]*$)|~{3,})\s*([^\s`]*)/.exec(line);

interface Fence {
  mark: string;
  opening: string;
}

/** The fence that is open after `text`, if one was open before it. */
function fenceAfter(text: string, before: Fence | undefined): Fence | undefined {
  let open = before;
  for (const line of text.split("\n")) {
    const [, mark, language] = fenceOf(line) ?? [];
    if (!mark || mark.length > LONGEST_FENCE) continue;
    const named = language && language.length <= LONGEST_LANGUAGE ? language : "";
    if (!open) open = { mark, opening: `${mark}${named}` };
    else if (mark.startsWith(open.mark) && !language) open = undefined;
  }
  return open;
}

/** The longest beginning of `text` with at most `room` code units that ends at a good place. */
function cutAt(text: string, room: number): number {
  for (const separator of ["\n\n", "\n", " "]) {
    const found = text.lastIndexOf(separator, room - separator.length);
    // Not so early that the message would be nearly empty.
    if (found > room / 2) return found + separator.length;
  }
  // The last letter may go on after the room; one that is longer than a message is cut between its characters.
  const whole = /[\uD800-\uDBFF]/.test(text.charAt(room - 1)) ? room - 1 : room;
  const last = new Intl.Segmenter().segment(text.slice(0, whole)).containing(whole - 1);
  return last?.index || whole;
}

/**
 * Markdown of any length as messages of at most `limit` code units. A code block that is cut is closed, and opened again
 * in the next message with its language; one that is still being written is closed. While a text grows, finished
 * messages stay as they are.
 */
export function split(text: string, limit = MESSAGE_LIMIT): string[] {
  const parts: string[] = [];
  let rest = text;
  let open: Fence | undefined;
  for (;;) {
    const prefix = open ? `${open.opening}\n` : "";
    // Room for the fence that may have to be closed.
    const room = limit - prefix.length - (LONGEST_FENCE + 1);
    // Once a text has a fence it always has one, so what was cut stays cut while it grows.
    const isLast = rest.length <= (open || /```|~~~/.test(rest) ? room : limit);
    const part = isLast ? rest : rest.slice(0, cutAt(rest, room));
    const after = fenceAfter(part, open);
    const body = prefix + (isLast && !after ? part : part.trimEnd());
    if (part.trim() || (isLast && parts.length === 0)) parts.push(after ? `${body}\n${after.mark}` : body);
    if (isLast) return parts;
    rest = rest.slice(part.length);
    open = after;
  }
}
