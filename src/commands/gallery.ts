import type { Run } from "../services/jobs.ts";
import { filesOf } from "./answer.ts";
import { slug } from "./file-stem.ts";
import { type PictureStyleName, pictureStyleNames } from "./picture-styles.ts";

/** One of the pictures of an answer. */
export interface Picture {
  from: ReturnType<typeof filesOf>[number];
  /** What tells it from the others, its number or its style: it is posted by that name, and found by it. */
  mark?: string;
}

/** The key of the run that draws in this style, where there is one for each. */
export const styleKey = (style: PictureStyleName) => `image-${slug(style)}`;

const styleOf = ({ key }: Run) => pictureStyleNames.find((style) => styleKey(style) === key);

/** One picture a style, marked with it. */
export const picturesByStyle = (runs: readonly Run[]): Picture[] =>
  runs.flatMap((run) => {
    const mark = styleOf(run);
    const [from] = filesOf(run);
    return from ? [{ from, ...(mark === undefined ? {} : { mark }) }] : [];
  });

/**
 * The pictures that there are of so many, each with its number among those asked for: it keeps that while others are
 * still to come. The only one has none.
 */
export function numberedPictures(runs: readonly Run[], count: number): Picture[] {
  const files = runs.map(filesOf);
  // A model may make more than it was asked for.
  const perRun = Math.max(Math.ceil(count / runs.length), ...files.map(({ length }) => length));
  const isNumbered = count > 1 || perRun > 1;
  return files.flatMap((made, index) =>
    made.map((from, at) => ({ from, ...(isNumbered ? { mark: String(index * perRun + at + 1) } : {}) })),
  );
}
