import { isAttachment } from "../attachment.ts";
import { type InputRule, Problem } from "../problem.ts";
import { distance } from "../spelling.ts";
import type { Field, JsonType, ValueSchema } from "./live-schema.ts";

/**
 * The input as it may be sent: without what is null, which counts as absent; defaults are Replicate's business.
 * An attachment may stand where a file goes.
 * @throws {Problem} bad-input, naming the first field that the model would not take.
 */
export function checkInput(
  fields: readonly Field[],
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const given = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  const names = fields.map(({ name }) => name);
  // First, because a misspelt name is also a missing one.
  for (const [name] of given) if (!names.includes(name)) refuse(name, unknownInput(name, names));
  const values = new Map(given);
  for (const { name, required } of fields)
    if (required && !values.has(name)) refuse(name, { kind: "missing" });
  for (const field of fields) if (values.has(field.name)) checkField(field, values.get(field.name));
  return Object.fromEntries(given);
}

function refuse(field: string, rule: InputRule): never {
  throw new Problem({ kind: "bad-input", field, rule });
}

function checkField(field: Field, value: unknown): void {
  if (field.uri && isAttachment(value)) return;
  const broken = brokenRule(field, value);
  if (broken) refuse(`${field.name}${broken.path}`, broken.rule);
}

/** Where in the value something is wrong (`[2]`), and what. */
interface Broken {
  path: string;
  rule: InputRule;
}

const isA: Record<JsonType, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

function brokenRule(schema: ValueSchema, value: unknown): Broken | undefined {
  const { types, choices } = schema;
  const here = (rule: InputRule): Broken => ({ path: "", rule });
  if (types.length > 0 && !types.some((type) => isA[type](value))) return here({ kind: "type", types });
  if (choices && !choices.some((choice) => choice === value)) return here({ kind: "choice", choices });
  const limit = brokenLimit(schema, value);
  if (limit) return here(limit);
  if (schema.uri && typeof value === "string" && !isFileAddress(value)) return here({ kind: "file" });
  return brokenItem(schema, value) ?? brokenAlternatives(schema.alternatives, value);
}

// Cog reads an input file from these and from no other (cog's types.py: "'data', 'http', or 'https' is supported").
const isFileAddress = (value: string) => /^(https?:\/\/|data:)/i.test(value) && URL.canParse(value);

function brokenLimit(schema: ValueSchema, value: unknown): InputRule | undefined {
  if (typeof value === "number") return outside("range", value, schema.minimum, schema.maximum);
  // JSON Schema counts code points, not UTF-16.
  if (typeof value === "string" && (schema.minLength ?? schema.maxLength) !== undefined)
    return outside("length", Array.from(value).length, schema.minLength, schema.maxLength);
  if (Array.isArray(value)) return outside("count", value.length, schema.minItems, schema.maxItems);
  return undefined;
}

function outside(
  kind: "range" | "length" | "count",
  measure: number,
  min: number | undefined,
  max: number | undefined,
): InputRule | undefined {
  if (measure >= (min ?? -Infinity) && measure <= (max ?? Infinity)) return undefined;
  return { kind, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function brokenItem({ items }: ValueSchema, value: unknown): Broken | undefined {
  if (!items || !Array.isArray(value)) return undefined;
  for (const [index, item] of value.entries()) {
    const broken = brokenRule(items, item);
    if (broken) return { ...broken, path: `[${index}]${broken.path}` };
  }
  return undefined;
}

/** What is wrong where none fits: in the alternative that is of the value's type, if there is one. */
function brokenAlternatives(alternatives: ValueSchema["alternatives"], value: unknown): Broken | undefined {
  const broken = alternatives?.map((alternative) => brokenRule(alternative, value));
  if (!broken || broken.includes(undefined)) return undefined;
  const types = [...new Set(alternatives?.flatMap((alternative) => alternative.types))];
  const closer = broken.find((each) => each && (each.path !== "" || each.rule.kind !== "type"));
  return closer ?? { path: "", rule: { kind: "type", types } };
}

function unknownInput(name: string, known: readonly string[]): InputRule {
  const nearest = nearestName(name, known);
  return { kind: "unknown", known, ...(nearest === undefined ? {} : { nearest }) };
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[\s-]+/g, "_");

/** The name that was probably meant: two letters of five may be mistyped, or it may be part of it (`steps`). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  const allowed = Math.max(1, Math.floor(wanted.length * 0.4));
  const near = known
    .filter((other) => Math.abs(other.length - wanted.length) <= allowed)
    .map((other) => ({ other, away: distance(wanted, plain(other)) }))
    .filter(({ away }) => away <= allowed)
    .sort((a, b) => a.away - b.away);
  const holds = (other: string) => other.length > 2 && wanted.length > 2 && plain(other).includes(wanted);
  return near[0]?.other ?? known.find(holds);
}
