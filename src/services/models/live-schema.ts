import { z } from "zod";
import { Problem } from "../problem.ts";

const jsonTypes = ["string", "integer", "number", "boolean", "array", "object"] as const;
export type JsonType = (typeof jsonTypes)[number];

/** What a value may be, from JSON Schema, as far as Replicate's models use it. What it does not say is allowed. */
export interface ValueSchema {
  /** Any type where there is none. */
  types: readonly JsonType[];
  choices?: readonly (string | number | boolean)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** A file, by its address. */
  uri?: true;
  /** The strings of this list are pieces of one text. */
  concatenate?: true;
  items?: ValueSchema;
  properties?: ReadonlyMap<string, ValueSchema>;
  /** What the other properties of an object may be. */
  rest?: ValueSchema;
  /** The value is as one of these says. */
  alternatives?: readonly ValueSchema[];
}

/** One input of a model. */
export interface Field extends ValueSchema {
  name: string;
  required: boolean;
  description?: string;
  /** What the model takes where nothing is given; Replicate fills it in. */
  default?: unknown;
}

export interface LiveSchema {
  /** In the order in which the model's page shows them. */
  fields: readonly Field[];
  /** Undefined where the model does not say what it makes. */
  output?: ValueSchema;
}

const jsonObject = z.record(z.string(), z.unknown());
type JsonObject = z.output<typeof jsonObject>;

/** An OpenAPI document as `latest_version.openapi_schema` has it; only what is read is checked. */
const documentSchema = z.object({
  components: z.object({
    schemas: z.looseObject({
      Input: z.object({
        properties: z.record(z.string(), jsonObject).default({}),
        required: z.array(z.string()).default([]),
      }),
    }),
  }),
});

/** A keyword's value where it is of the right type, and nothing where it is not: a model's author wrote it. */
const numberOf = (value: unknown) => (typeof value === "number" ? value : undefined);
const isScalar = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);
const choicesOf = (value: unknown) => (Array.isArray(value) && value.every(isScalar) ? value : undefined);
const objectOf = (value: unknown) => jsonObject.safeParse(value).data;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isType = (value: unknown): value is JsonType => jsonTypes.some((type) => type === value);

/** Only the entries that there are: an optional property is left out, never undefined. */
function present<T extends object>(entries: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as T;
}

/** Reads schemas that refer to each other by name. */
function reader(definitions: JsonObject) {
  /** The schema with `$ref` and `allOf` put in its place; a schema within itself ends as "anything". */
  function whole(schema: JsonObject, within: readonly string[]): { schema: JsonObject; within: string[] } {
    const ref = typeof schema["$ref"] === "string" ? schema["$ref"].split("/").at(-1) : undefined;
    const known = ref !== undefined && !within.includes(ref) && Object.hasOwn(definitions, ref);
    const named = known ? objectOf(definitions[ref]) : undefined;
    const inside = named && ref !== undefined ? [...within, ref] : [...within];
    const parts = [named, ...listOf(schema["allOf"]).map(objectOf)].filter((part) => part !== undefined);
    const read = parts.map((part) => whole(part, inside));
    const merged = Object.assign({}, ...read.map((part) => part.schema), schema) as JsonObject;
    return { schema: merged, within: read.flatMap((part) => part.within).concat(inside) };
  }

  function value(given: unknown, outer: readonly string[] = []): ValueSchema {
    const { schema, within } = whole(objectOf(given) ?? {}, outer);
    const below = (part: unknown) => (objectOf(part) ? value(part, within) : undefined);
    const properties = objectOf(schema["properties"]);
    const said = present<ValueSchema>({
      types: [schema["type"]].flat().filter(isType),
      choices: choicesOf(schema["enum"]),
      minimum: numberOf(schema["minimum"]),
      maximum: numberOf(schema["maximum"]),
      minLength: numberOf(schema["minLength"]),
      maxLength: numberOf(schema["maxLength"]),
      minItems: numberOf(schema["minItems"]),
      maxItems: numberOf(schema["maxItems"]),
      uri: schema["format"] === "uri" ? true : undefined,
      concatenate: schema["x-cog-array-display"] === "concatenate" ? true : undefined,
      items: below(schema["items"]),
      properties: properties && mapOf(properties, (part) => value(part, within)),
      rest: below(schema["additionalProperties"]),
    });
    const others = [...listOf(schema["anyOf"]), ...listOf(schema["oneOf"])].map(objectOf);
    // `null` is no alternative: it counts as absent.
    const alternatives = others.flatMap((part) =>
      part && part["type"] !== "null" ? [value(part, within)] : [],
    );
    return alternatives.length > 0 ? { ...said, alternatives } : said;
  }

  return { value, whole: (schema: JsonObject) => whole(schema, []).schema };
}

const mapOf = <T>(object: JsonObject, read: (value: unknown) => T): ReadonlyMap<string, T> =>
  new Map(Object.entries(object).map(([key, value]) => [key, read(value)]));

/**
 * What a model takes and gives, from its `latest_version.openapi_schema`.
 * @throws {Problem} no-schema
 */
export function readLiveSchema(ref: string, document: unknown): LiveSchema {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw new Problem({ kind: "no-schema", model: ref }, { cause: parsed.error });
  const { schemas } = parsed.data.components;
  const { properties, required } = schemas.Input;
  const read = reader(schemas);
  const fields = Object.entries(properties).map(([name, property]) => {
    const { description, default: preset, "x-order": order } = read.whole(property);
    const more = {
      description: typeof description === "string" ? description : undefined,
      default: preset ?? undefined,
    };
    const field = { ...read.value(property), name, required: required.includes(name) };
    return { field: { ...field, ...present(more) }, order: numberOf(order) ?? Infinity };
  });
  return {
    fields: fields.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order)).map(({ field }) => field),
    ...(schemas["Output"] === undefined ? {} : { output: read.value(schemas["Output"]) }),
  };
}
