import { open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Example, Kind, Model, Schema } from "./model.ts";

/** One entry of `GET /v1/models` as it was in January 2025. */
interface RecordedModel {
  owner: string;
  name: string;
  description: string | null;
  run_count: number;
  default_example: Example | null;
  latest_version: { id: string; openapi_schema: { components: { schemas: Record<string, Schema> } } };
}

interface Place {
  start: number;
  end: number;
}

interface Index {
  byRef: Map<string, Place>;
  byVersion: Map<string, Place>;
}

const require = createRequire(import.meta.url);
const file = () => require.resolve("all-the-public-replicate-models").replace(/index\.mjs$/, "models.json");

// In January 2025 these owners' models were official: run by name, billed by output. The record does not say.
const officialOwners =
  /^(black-forest-labs|recraft-ai|ideogram-ai|minimax|luma|google|anthropic|deepseek-ai)\//;
const officialModels =
  /^(meta\/(meta-)?llama-|mistralai\/|snowflake\/|ibm-granite\/|stability-ai\/stable-diffusion-3|bytedance\/sdxl-lightning-4step$)/;

export const isOfficial = (ref: string) => officialOwners.test(ref) || officialModels.test(ref);

/**
 * Finds where each model begins and ends without parsing the 63 MB of JSON, which would take 0.75 s and 320 MB:
 * the file is indented by two spaces, so a model begins after `\n  {\n`, and its own keys are indented by four.
 */
function index(bytes: Buffer): Index {
  const byRef = new Map<string, Place>();
  const byVersion = new Map<string, Place>();
  const opening = Buffer.from("\n  {\n");
  let start = bytes.indexOf(opening);
  while (start !== -1) {
    const next = bytes.indexOf(opening, start + opening.length);
    const end = bytes.lastIndexOf("}", next === -1 ? bytes.lastIndexOf("}") + 1 : next) + 1;
    const value = (key: string) => {
      const at = bytes.indexOf(key, start) + key.length;
      return bytes.toString("utf8", at, bytes.indexOf('"', at));
    };
    const place = { start: start + 3, end };
    byRef.set(`${value('\n    "owner": "')}/${value('\n    "name": "')}`, place);
    byVersion.set(value('\n    "latest_version": {\n      "id": "'), place);
    start = next;
  }
  return { byRef, byVersion };
}

function kindOf(recorded: RecordedModel): Kind {
  const { Input, Output } = recorded.latest_version.openapi_schema.components.schemas;
  const inputs = Input?.properties ?? {};
  if (Output?.["x-cog-array-display"] === "concatenate" && inputs["prompt"]) return "text";
  if (
    /\.(png|jpe?g|webp)"/.test(JSON.stringify(recorded.default_example?.output ?? null)) &&
    inputs["prompt"]
  )
    return Output?.type === "array" || Output?.format === "uri" ? "image" : "replay";
  return "replay";
}

function toModel(recorded: RecordedModel): Model {
  const ref = `${recorded.owner}/${recorded.name}`;
  return {
    ref,
    official: isOfficial(ref),
    kind: kindOf(recorded),
    version: recorded.latest_version.id,
    description: recorded.description,
    runCount: recorded.run_count,
    schemas: recorded.latest_version.openapi_schema.components.schemas,
    example: recorded.default_example ?? undefined,
  };
}

/** The 3,808 public models of January 2025, read one at a time, and not at all before the first is asked for. */
export function recordedModels() {
  let indexed: Promise<Index> | undefined;
  const ready = () => (indexed ??= readFile(file()).then(index));

  async function read(place: Place | undefined): Promise<Model | undefined> {
    if (!place) return undefined;
    const handle = await open(file());
    try {
      const bytes = Buffer.alloc(place.end - place.start);
      await handle.read(bytes, 0, bytes.length, place.start);
      return toModel(JSON.parse(bytes.toString("utf8")) as RecordedModel);
    } finally {
      await handle.close();
    }
  }

  return {
    find: async (ref: string) => read((await ready()).byRef.get(ref)),
    byVersion: async (version: string) => read((await ready()).byVersion.get(version)),
    refs: async () => [...(await ready()).byRef.keys()],
  };
}
