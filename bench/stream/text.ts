/** A token and the space after it. English has about as many characters a token. */
const CHARACTERS = 4;

const word = (token: number) => token.toString(36).padStart(CHARACTERS - 1, "0");

/** A text whose every token says which one it is. */
export const textOf = (tokens: number) => Array.from({ length: tokens }, (_, token) => word(token)).join(" ");

/** The first tokens of such a text. */
export const beginningOf = (text: string, tokens: number) => text.slice(0, tokens * CHARACTERS - 1);

export interface Reading {
  /** How many tokens from the beginning. */
  tokens: number;
  /** Nothing else stands there. */
  inOrder: boolean;
  /** Tokens that stand twice: at a message's end, and at the beginning of the one below it. */
  repeated: number;
}

const wordsIn = (content: string) =>
  content
    .split("\n")
    .filter((line) => !line.startsWith("-# "))
    .flatMap((line) => line.split(" "))
    .filter((each) => each !== "");

/** What is read in the messages of an answer. */
export function read(contents: readonly string[]): Reading {
  const reading: Reading = { tokens: 0, inOrder: true, repeated: 0 };
  for (const words of contents.map(wordsIn).filter((each) => each.length > 0)) {
    const first = Number.parseInt(words[0] ?? "", 36);
    const odd = words.findIndex((each, at) => each !== word(first + at));
    const end = first + (odd < 0 ? words.length : odd);
    if (!(first <= reading.tokens)) return { ...reading, inOrder: false };
    reading.repeated += reading.tokens - first;
    reading.tokens = Math.max(reading.tokens, end);
    if (odd >= 0) return { ...reading, inOrder: false };
  }
  return reading;
}
