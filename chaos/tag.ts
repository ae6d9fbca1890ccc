/** Names one request wherever it shows up: in its heading, in what Replicate gets, in its file's name and bytes. */
export const tagName = (tag: number): string => `nr${tag}`;

const tagsIn = (text: string): number[] => [...text.matchAll(/\bnr(\d+)\b/g)].map(([, tag]) => Number(tag));

/** The request that a text belongs to: a transcript of a conversation ends with it. */
export const tagIn = (text: string): number | undefined => tagsIn(text).at(-1);

const readable = (value: unknown): string => {
  const text = typeof value === "string" ? value : "";
  const data = /^data:[^,]*;base64,(.*)$/s.exec(text)?.[1];
  return data === undefined ? text : Buffer.from(data, "base64").toString("latin1");
};

/** The request that a prediction was created for. */
export const tagOf = (input: Record<string, unknown>): number | undefined =>
  Object.values(input).map(readable).map(tagIn).findLast(Number.isInteger);

/** A word that occurs once in all that the models say, so that it can be seen what is missing and what is there twice. */
export const mark = (tag: number, at: number): string => `s${tag}x${at}`;

export const marksIn = (text: string): string[] => text.match(/\bs\d+x\d+\b/g) ?? [];
