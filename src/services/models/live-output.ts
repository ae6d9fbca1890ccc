import type { JsonType, ValueSchema } from "./live-schema.ts";

/** What a model made, in one shape whatever the model's own is. */
export interface LiveResult {
  texts: string[];
  /** Addresses of files, wherever in the output they are. */
  files: string[];
  /** The whole output, where it is more than texts and files. */
  json?: unknown;
}

/**
 * Sorts an output into texts, files and JSON, and fetches nothing. The model's schema says what is a file; where it says
 * nothing, or the output is not what it says, a string is one only if the whole of it is an address.
 */
export function normalise(output: unknown, schema?: ValueSchema): LiveResult {
  const found: Found = { texts: [], files: [], more: false };
  collect(output, schema, "top", found);
  const texts = found.texts.filter((text) => text !== "");
  return { texts, files: found.files, ...(found.more ? { json: output } : {}) };
}

interface Found {
  texts: string[];
  files: string[];
  /** There is something that is neither: a number, an object's text. */
  more: boolean;
}

/** Texts stand alone or in a list; deeper ones belong to what is around them. */
type Depth = "top" | "list" | "inside";

function collect(value: unknown, given: ValueSchema | undefined, depth: Depth, found: Found): void {
  if (value === null || value === undefined) return;
  const schema = fitting(given, value);
  if (typeof value === "string") collectString(value, schema, depth, found);
  else if (Array.isArray(value)) collectList(value, schema, depth, found);
  else if (typeof value === "object") collectObject(value, schema, found);
  else found.more = true;
}

function collectString(value: string, schema: ValueSchema | undefined, depth: Depth, found: Found): void {
  const isText = schema?.types.length === 1 && !schema.uri;
  if (!isText && isAddress(value)) found.files.push(value);
  else if (depth === "inside") found.more = true;
  else found.texts.push(value);
}

function collectList(
  list: readonly unknown[],
  schema: ValueSchema | undefined,
  depth: Depth,
  found: Found,
): void {
  const inner = depth === "top" ? "list" : "inside";
  if (!schema?.concatenate) {
    for (const item of list) collect(item, schema?.items, inner, found);
    return;
  }
  const pieces = list.filter((item) => typeof item === "string");
  collectString(pieces.join(""), { types: ["string"] }, inner, found);
  for (const item of list) if (typeof item !== "string") collect(item, schema.items, inner, found);
}

function collectObject(object: object, schema: ValueSchema | undefined, found: Found): void {
  for (const [key, value] of Object.entries(object))
    collect(value, schema?.properties?.get(key) ?? schema?.rest, "inside", found);
}

/** The whole string is one http(s) or data address. */
const isAddress = (value: string) =>
  /^https?:\/\/\S+$/i.test(value) ? URL.canParse(value) : /^data:[^\s,]*,\S*$/i.test(value);

const typeOf = (value: unknown): JsonType =>
  Array.isArray(value) ? "array" : (typeof value as "string" | "number" | "boolean" | "object");

/** The schema, or its alternative, that is about values of this type; undefined where it speaks of another. */
function fitting(schema: ValueSchema | undefined, value: unknown): ValueSchema | undefined {
  if (!schema) return undefined;
  const type = typeOf(value);
  const fits = ({ types }: ValueSchema) => types.length === 0 || types.includes(type);
  if (!schema.alternatives) return fits(schema) ? schema : undefined;
  const [only, ...others] = schema.alternatives.filter(fits);
  return others.length === 0 ? only && fitting(only, value) : { types: [] };
}
