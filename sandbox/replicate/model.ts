/** What a model's output is made of, which decides what the sandbox answers. */
export type Kind =
  | "text"
  | "image"
  | "inpaint"
  | "upscale"
  | "cutout"
  | "speech"
  | "video"
  | "audio"
  | "replay";

export interface Schema {
  type?: string;
  format?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  $ref?: string;
  [keyword: string]: unknown;
}

export interface Example {
  input: Record<string, unknown>;
  output: unknown;
  metrics?: Record<string, number>;
  status?: string;
}

export interface Model {
  /** `owner/name` */
  ref: string;
  /** Official models run by name and hide their version; community models run by version only. */
  official: boolean;
  kind: Kind;
  /** The id of the latest version: 64 hex digits. */
  version: string;
  description: string | null;
  runCount: number;
  /** `components.schemas` of the version's OpenAPI document: Input, Output, and what they refer to. */
  schemas: Record<string, Schema>;
  example: Example | undefined;
}

/** The schema of one input, with what it refers to. */
export function inputSchema(model: Model, name: string): Schema | undefined {
  const property = model.schemas["Input"]?.properties?.[name];
  const refs = [property?.$ref, ...(property?.allOf ?? []).map((part) => part.$ref)];
  const named = refs.flatMap((ref) => (ref ? [model.schemas[ref.split("/").at(-1)!]] : []));
  return property && Object.assign({}, ...named, property);
}

/** The input as the model sees it: what was not given takes its default. */
export function withDefaults(model: Model, input: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(model.schemas["Input"]?.properties ?? {});
  const defaults = names.flatMap((name) => {
    const value = inputSchema(model, name)?.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(defaults), ...input };
}

/** Whether the model answers with a list of files rather than with one. */
export const answersList = (model: Model) => model.schemas["Output"]?.type === "array";
