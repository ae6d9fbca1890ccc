/** A token and the space after it. English has about as many characters a token. */
const CHARACTERS = 4;

const word = (token: number) => token.toString(36).padStart(CHARACTERS - 1, "0");

/** A text whose every token says which one it is. */
export const textOf = (tokens: number) => Array.from({ length: tokens }, (_, token) => word(token)).join(" ");

/** The first tokens of such a text. */
export const beginningOf = (text: string, tokens: number) => text.slice(0, tokens * CHARACTERS - 1);

/** What is read in the messages of an answer: how many tokens from the beginning, and whether nothing else. */
export function read(contents: readonly string[]): { tokens: number; inOrder: boolean } {
  const lines = contents.flatMap((content) => content.split("\n")).filter((line) => !line.startsWith("-# "));
  const words = lines.flatMap((line) => line.split(" ")).filter((each) => each !== "");
  const odd = words.findIndex((each, token) => each !== word(token));
  return { tokens: odd < 0 ? words.length : odd, inOrder: odd < 0 };
}
