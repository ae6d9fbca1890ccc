import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject } from "ajv";
import formats from "ajv-formats";
import type { JournalEntry } from "../../../sandbox/server.ts";

interface Content {
  content?: Record<string, { schema?: object }>;
}

interface Parameter {
  $ref?: string;
  in: string;
  name: string;
  required?: boolean;
  schema: object;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { parameters: Record<string, Parameter> };
}

const file = new URL("../../fixtures/replicate-openapi.json", import.meta.url);
// A prediction's `version` is oneOf [any string, "hidden"], and so "hidden" would match twice: read as anyOf.
const api = JSON.parse(readFileSync(file, "utf8").replaceAll('"oneOf"', '"anyOf"')) as OpenApi;

// Ajv knows OpenAPI 3.0's `nullable`; `strict: false` lets `example` and the like pass.
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
formats.default(ajv);
ajv.addSchema({ $id: "replicate", ...api });

// Errors are not in the document: the shapes are what the live API was seen to answer.
const problem = {
  type: "object",
  additionalProperties: false,
  required: ["detail"],
  properties: {
    title: { type: "string" },
    detail: { type: "string", minLength: 1 },
    status: { type: "integer" },
    retry_after: { type: "integer", minimum: 0 },
    invalid_fields: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["type", "field", "description"],
        properties: { type: { type: "string" }, field: { type: "string" }, description: { type: "string" } },
      },
    },
  },
};
const requiredIn: Record<number, string[]> = {
  401: ["title", "detail", "status"],
  402: ["title", "detail", "status"],
  404: ["detail", "status"],
  422: ["title", "detail", "status"],
  429: ["detail", "status", "retry_after"],
};

const pointer = (...parts: string[]) =>
  `replicate#/${parts.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;

const words = (errors: ErrorObject[] | null | undefined) =>
  (errors ?? []).map(({ instancePath, message }) => `${instancePath || "(whole)"} ${message}`).join("; ");

function check(schema: object, value: unknown): string {
  const validate = ajv.compile(schema);
  return validate(value) ? "" : words(validate.errors);
}

/** The document's path for a request: the one with the fewest placeholders that fits. */
function findPath(path: string): string | undefined {
  const fits = Object.keys(api.paths).filter((template) => {
    const pattern = template.replaceAll(/[.]/g, "\\.").replaceAll(/\{[^}]+\}/g, "[^/]+");
    return new RegExp(`^/v1${pattern}$`).test(path);
  });
  return fits.toSorted((a, b) => a.split("{").length - b.split("{").length)[0];
}

const jsonType = (content: Content["content"]) =>
  Object.keys(content ?? {}).find((type) => type.includes("json"));

function checkRequest(entry: JournalEntry, at: string[], operation: Operation): string[] {
  const content = operation.requestBody?.content ?? {};
  const type = jsonType(content);
  const wrong: string[] = [];
  if (type) {
    const schema = { $ref: pointer(...at, "requestBody", "content", type, "schema") };
    wrong.push(check(schema, entry.body));
  } else if ("multipart/form-data" in content) {
    if (!entry.files.some((each) => each.field === "content")) wrong.push("no part named content");
  } else if ("text/plain" in content) {
    if (typeof entry.body !== "string") wrong.push("no text");
  } else if (entry.body !== undefined) wrong.push("a body where none is described");
  for (const declared of operation.parameters ?? []) {
    const parameter = declared.$ref ? api.components.parameters[declared.$ref.split("/").at(-1)!]! : declared;
    const given =
      parameter.in === "header" ? entry.headers[parameter.name.toLowerCase()] : entry.query[parameter.name];
    if (parameter.in === "path" || given === undefined) continue;
    const value = (parameter.schema as { type?: string }).type === "integer" ? Number(given) : given;
    const error = check(parameter.schema, value);
    if (error) wrong.push(`${parameter.name}: ${error}`);
  }
  return wrong.filter(Boolean).map((error) => `request: ${error}`);
}

function checkResponse({ status, response }: JournalEntry, at: string[], operation: Operation): string[] {
  // Cut connections have no answer; what a proxy in front says on a 5xx is not the API's.
  if (status === 0 || status >= 500) return [];
  const described = operation.responses[String(status)];
  const type = jsonType(described?.content);
  if (type) {
    const schema = { $ref: pointer(...at, "responses", String(status), "content", type, "schema") };
    const wrong = check(schema, response);
    return wrong ? [`answer ${status}: ${wrong}`] : [];
  }
  if (status >= 400) {
    const wrong = check({ ...problem, required: requiredIn[status] ?? ["detail"] }, response);
    const said = (response as { status?: number } | undefined)?.status;
    return [wrong, said !== undefined && said !== status ? `says status ${said}` : ""]
      .filter(Boolean)
      .map((error) => `answer ${status}: ${error}`);
  }
  return described ? [] : [`answer ${status}: not described`];
}

/**
 * Holds what a client sent and what the stand-in answered against Replicate's own OpenAPI document, and lists what
 * does not fit. Output files and streams are on other hosts in real life and are not in the document.
 */
export function checkReplicateJournal(journal: JournalEntry[]): string[] {
  return journal.flatMap((entry) => {
    if (/^\/(delivery|stream)\//.test(entry.path)) return [];
    const name = `${entry.method} ${entry.path}`;
    const path = findPath(entry.path);
    const method = entry.method.toLowerCase();
    const operation = path === undefined ? undefined : api.paths[path]?.[method];
    if (path === undefined || !operation) return [`${name}: no such operation`];
    const at = ["paths", path, method];
    const wrong = [...checkRequest(entry, at, operation), ...checkResponse(entry, at, operation)];
    return wrong.map((error) => `${name}: ${error}`);
  });
}
