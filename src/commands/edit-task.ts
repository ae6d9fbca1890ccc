import type { Attachment } from "../services/attachment.ts";
import { Problem } from "../services/problem.ts";
import type { EditOptions } from "./edit-options.ts";
import {
  backgroundInstruction,
  type EditStyleName,
  editStyleNames,
  styleInstruction,
} from "./edit-styles.ts";

/** One picture that an edit model makes. */
export interface Change {
  /** The run's key, by which the view knows it again. */
  key: string;
  /** What the model is told. */
  instruction: string;
}

/** What `/edit` is to do, by the kind of model that can. */
export type EditTask =
  | { kind: "edit"; changes: readonly Change[] }
  | { kind: "inpaint"; prompt: string; mask: Attachment | "transparency" }
  | { kind: "cutout"; blur: boolean };

/** The jobs that can be asked for, by the options that ask for them. */
const jobs = ["prompt", "style", "mask", "transparent", "background"] as const;
type JobName = (typeof jobs)[number];

/** A style can be changed by words, and what is painted anew is said in words; nothing else goes together. */
const together: readonly (readonly JobName[])[] = [
  ["prompt", "style"],
  ["prompt", "mask"],
  ["prompt", "transparent"],
];

const goTogether = (a: JobName, b: JobName) => together.some((pair) => pair.includes(a) && pair.includes(b));

/** @throws {Problem} not-together, nothing-asked, needs-option */
function check(options: EditOptions): void {
  const given = jobs.filter((name) => options[name] !== undefined && options[name] !== false);
  for (const [index, first] of given.entries())
    for (const second of given.slice(index + 1))
      if (!goTogether(first, second)) throw new Problem({ kind: "not-together", options: [first, second] });
  const needs = (option: string, needs: string) => new Problem({ kind: "needs-option", option, needs });
  if (options.strength !== undefined && options.style === undefined) throw needs("strength", "style");
  if (given.length === 0) throw new Problem({ kind: "nothing-asked", options: jobs });
  const painting = given.find((name) => name === "mask" || name === "transparent");
  if (painting && options.prompt === undefined) throw needs(painting, "prompt");
}

export const stylesOf = ({ style }: Pick<EditOptions, "style">): readonly EditStyleName[] => {
  if (style === undefined) return [];
  return style === "all" ? editStyleNames : [style];
};

const styleKey = (style: EditStyleName) => `style-${style.replaceAll(" ", "-")}`;

/** The style that a run with this key draws in. */
export const styleOfKey = (key: string): EditStyleName | undefined =>
  editStyleNames.find((style) => styleKey(style) === key);

/** What is to be done with the background: one of two words that are jobs of cutout models, or any others. */
export function backgroundOf({
  background = "",
}: Pick<EditOptions, "background">): "remove" | "blur" | undefined {
  const word = background.trim().toLowerCase();
  return word === "remove" || word === "blur" ? word : undefined;
}

const change = (instruction: string): EditTask => ({
  kind: "edit",
  changes: [{ key: "picture", instruction }],
});

/** @throws {Problem} not-together, nothing-asked, needs-option */
export function editTask(options: EditOptions): EditTask {
  check(options);
  const { prompt = "", strength = "medium", mask, transparent, background } = options;
  if (mask ?? transparent) return { kind: "inpaint", prompt, mask: mask ?? "transparency" };
  const word = backgroundOf(options);
  if (word) return { kind: "cutout", blur: word === "blur" };
  if (background !== undefined) return change(backgroundInstruction(background));
  const styles = stylesOf(options);
  if (styles.length === 0) return change(prompt);
  const changes = styles.map((style) => ({
    key: styleKey(style),
    instruction: styleInstruction(style, strength, options.prompt),
  }));
  return { kind: "edit", changes };
}
