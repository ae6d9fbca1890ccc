import { BadInput, listed } from "./bad-input.ts";

/** A value as it can be typed: in quotes where it would not be read back as it is. */
export const quote = (value: string) =>
  /^[^\s"':\\][^\s"':\\]*$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/**
 * What stands in quotes at the beginning of `text`, and how many characters that took.
 * @throws {BadInput} where the quote is not closed
 */
export function readQuoted(text: string): { value: string; length: number } {
  const mark = text[0];
  let value = "";
  for (let at = 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    const next = text[at + 1];
    if (character === mark) return { value, length: at + 1 };
    if (character === "\\" && (next === mark || next === "\\")) {
      value += next;
      at += 1;
    } else value += character;
  }
  throw new BadInput(`A quote is not closed: ${text}`);
}

/**
 * Where in `text` the next option begins. A known name followed by a colon always begins one; an unknown one only if its
 * value follows at once, so that "note to self: buy milk", "16:9" and "https://…" stay text.
 */
export function nextOption(text: string, known: readonly string[]): number {
  for (const match of text.matchAll(/(?<=\s)([-\w]+):(?!\/\/)(\S?)/g)) {
    const [, name = "", follows] = match;
    if (known.includes(name) || (follows && /^[a-z]/i.test(name))) return match.index;
  }
  return text.length;
}

/**
 * `name:value name:"a longer value"` as pairs. Without quotes a value goes on until the next option, as in Discord.
 * @throws {BadInput} naming the options that there are
 */
export function readOptionText(text: string, command: string, known: readonly string[]): Map<string, string> {
  const offered = known.length > 0 ? `it has ${listed(known)}` : "it takes none";
  const values = new Map<string, string>();
  for (let rest = text.trimStart(); rest; rest = rest.trimStart()) {
    const [head, name = ""] = /^([-\w]+):/.exec(rest) ?? [];
    if (!head) {
      const example = known[0] ? `; write it as ${known[0]}:${quote(rest.trim())}` : "";
      throw new BadInput(`"${rest.trim()}" belongs to no option of ${command}: ${offered}${example}`);
    }
    if (!known.includes(name)) throw new BadInput(`${command} has no option "${name}"; ${offered}.`);
    if (values.has(name)) throw new BadInput(`${command} was given "${name}" twice.`);
    rest = rest.slice(head.length);
    if (/^\s*["']/.test(rest)) {
      const { value, length } = readQuoted(rest.trimStart());
      values.set(name, value);
      rest = rest.trimStart().slice(length);
      if (/^\S/.test(rest)) throw new BadInput(`A space is missing after the quote: ${rest}`);
    } else {
      const end = nextOption(rest, known);
      values.set(name, rest.slice(0, end).trim());
      rest = rest.slice(end);
    }
  }
  return values;
}

/** Words, those with spaces in quotes: `./voice.ogg "./my voice.ogg"`. */
export function readWords(text: string): string[] {
  const words: string[] = [];
  for (let rest = text.trimStart(); rest; rest = rest.trimStart()) {
    const { value, length } = /^["']/.test(rest)
      ? readQuoted(rest)
      : { value: rest.split(/\s/, 1)[0] ?? rest, length: rest.search(/\s|$/) };
    words.push(value);
    rest = rest.slice(length);
  }
  return words;
}
