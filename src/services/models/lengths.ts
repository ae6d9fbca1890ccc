import { Problem } from "../problem.ts";
import { keysOf, modelsOf } from "./index.ts";
import type { Lengths, Model, ModelKind } from "./model.ts";

const includes = (lengths: Lengths, seconds: number): boolean =>
  "from" in lengths
    ? Number.isInteger(seconds) && lengths.from <= seconds && seconds <= lengths.to
    : lengths.includes(seconds);

/** Whether the model makes films of just this length, in seconds. */
export const makesLength = ({ lengths }: Pick<Model, "lengths">, seconds: number): boolean =>
  lengths !== undefined && includes(lengths, seconds);

/**
 * Nothing is rounded: what is made is what is paid for.
 * @throws {Problem} length-not-taken, with the lengths that the model takes and the models that take this one.
 */
export function requireLength<Kind extends ModelKind>(model: Model<Kind>, seconds: number): void {
  const { title, kind, lengths = [] } = model;
  if (includes(lengths, seconds)) return;
  const others = modelsOf(kind).filter((other) => makesLength(other, seconds));
  throw new Problem({
    kind: "length-not-taken",
    model: title,
    seconds,
    lengths,
    models: keysOf(others),
  });
}
