import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Model } from "./model.ts";

export interface InvalidField {
  type: string;
  field: string;
  description: string;
}

const ajv = new Ajv({ strict: false, allErrors: true, logger: false, verbose: true });
// Data URIs are URIs too, and may be long: no regular expression.
ajv.addFormat("uri", (value) => URL.canParse(value));

const names: Record<string, string> = { boolean: "boolean", number: "number", string: "string" };

/** JSON's name for a value, in the words of Go's validator. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && Number.isInteger(value)) return "integer";
  return names[typeof value] ?? "object";
}

/** One error in the wording of the validator that Replicate uses (xeipuuv/gojsonschema). */
function describe(error: ErrorObject, root: string): InvalidField {
  const params = error.params as Record<string, unknown>;
  const path = error.instancePath.split("/").slice(1);
  const field = [root, ...path].filter(Boolean).join(".");
  const name = path.at(-1) ?? root;
  const said = (type: string, description: string) => ({ type, field, description });
  switch (error.keyword) {
    case "required":
      return said("required", `${String(params["missingProperty"])} is required`);
    case "additionalProperties":
      return said(
        "additional_property_not_allowed",
        `Additional property ${String(params["additionalProperty"])} is not allowed`,
      );
    case "enum": {
      const allowed = (params["allowedValues"] as unknown[]).map((value) => JSON.stringify(value)).join(", ");
      return said("enum", `${name} must be one of the following: ${allowed}`);
    }
    case "type":
      return said(
        "invalid_type",
        `Invalid type. Expected: ${String(params["type"])}, given: ${typeName(error.data)}`,
      );
    case "minimum":
      return said("number_gte", `Must be greater than or equal to ${String(params["limit"])}`);
    case "maximum":
      return said("number_lte", `Must be less than or equal to ${String(params["limit"])}`);
    case "format":
      return said("format", `Does not match format '${String(params["format"])}'`);
    case "maxItems":
      return said("array_max_items", `Array must have at most ${String(params["limit"])} items`);
    default:
      return said(error.keyword, error.message ?? "is invalid");
  }
}

function run(validate: ValidateFunction, value: unknown, root: string): InvalidField[] {
  validate(value);
  return (validate.errors ?? []).map((error) => describe(error, root));
}

// "additionalProperties": false in the API's own schema of both bodies.
const body = (required: string[]) =>
  ajv.compile({
    type: "object",
    additionalProperties: false,
    required,
    properties: {
      ...(required.includes("version") && { version: { type: "string" } }),
      input: { type: "object" },
      stream: { type: "boolean" },
      webhook: { type: "string" },
      webhook_events_filter: {
        type: "array",
        items: { type: "string", enum: ["start", "output", "logs", "completed"] },
      },
    },
  });
const bodies = { plain: body(["input"]), versioned: body(["version", "input"]) };

/** What is wrong with a create request's body, but for the input's content. */
export const checkBody = (value: unknown, versioned: boolean) =>
  run(versioned ? bodies.versioned : bodies.plain, value, "");

const validators = new Map<string, ValidateFunction>();

/** What is wrong with a model's input. Unknown keys are accepted: no recorded schema forbids them. */
export function checkInput(model: Model, input: unknown): InvalidField[] {
  const key = `${model.ref}:${model.version}`;
  let validate = validators.get(key);
  if (!validate) {
    validate = ajv.compile({ $ref: "#/components/schemas/Input", components: { schemas: model.schemas } });
    validators.set(key, validate);
  }
  return run(validate, input, "input");
}
