import type { ProblemReason } from "../services/problem.ts";
import { list } from "./format.ts";

type Sentences<Kind extends ProblemReason["kind"]> = {
  [K in Kind]: (reason: Extract<ProblemReason, { kind: K }>) => string;
};

/** Names of options, as they are typed. */
const options = (names: readonly string[]) => names.map((name) => `\`${name}\``);
const and = new Intl.ListFormat("en", { type: "conjunction" });
const pixels = ({ width, height }: { width: number; height: number }) => `${width} × ${height}`;

export const editProblems: Sentences<
  "not-together" | "nothing-asked" | "needs-option" | "empty-mask" | "nothing-transparent" | "mask-shape"
> = {
  "not-together": ({ options: given }) =>
    `${and.format(options(given))} do not go together: each is a job of its own. Please give one of them, and the other to the picture that comes of it.`,
  "nothing-asked": ({ options: possible }) =>
    `There is nothing to do yet. Please give ${list(options(possible))} as well.`,
  "needs-option": ({ option, needs }) => `\`${option}\` needs \`${needs}\` beside it. Please give both.`,
  "empty-mask": ({ name }) =>
    `Nothing in \`${name}\` is white, and white is what is painted anew. Please paint that part of the mask white.`,
  "nothing-transparent": ({ name }) =>
    `Nothing in \`${name}\` is transparent, so there is nothing to paint anew. Please erase that part of the picture, or give a \`mask\` that is white there.`,
  "mask-shape": ({ picture, mask }) =>
    `The picture has ${pixels(picture)} pixels and the mask ${pixels(mask)}, which is another shape. A mask may be larger or smaller than its picture, but has to have the same shape.`,
};

/** What a picture's alt text says was done with it, and other words of `/edit`. */
export const edit = {
  /** What autocomplete says of each background; the last ones are only examples of what one can say. */
  backgrounds: {
    remove: "remove: leave only what stands in front",
    blur: "blur: what is behind becomes soft",
    "a plain white studio wall": "a plain white studio wall, or any other words",
    "a beach at sunset": "a beach at sunset, or any other words",
  },
  /** Which models answer what, in their list. */
  answers: { edit: "prompt, style, background in words", inpaint: "mask, transparent", cutout: "background" },
  everyStyle: "every style",
  fact: {
    styled: (style: string, strength: string) => `${style}, ${strength}`,
    masked: "painted anew where the mask is white",
    transparent: "painted anew where it was transparent",
    removed: "background removed",
    blurred: "background blurred",
    behind: "new background",
  },
  alt: {
    changed: (picture: string, prompt: string) => `${picture}, changed: ${prompt}`,
    styled: (picture: string, style: string, prompt?: string) =>
      `${picture} as ${style}${prompt ? `, changed: ${prompt}` : ""}`,
    painted: (picture: string, prompt: string) => `${picture}, a part of it painted anew: ${prompt}`,
    removed: (picture: string) => `${picture} without its background`,
    blurred: (picture: string) => `${picture} with a blurred background`,
    behind: (picture: string, background: string) => `${picture} with a new background: ${background}`,
  },
};
