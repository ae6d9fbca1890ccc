import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Example, Kind, Model, Schema } from "./model.ts";
import { recordedModels } from "./recorded.ts";

/** A file of contracts/: what a model takes and gives. */
interface Contract {
  model: string;
  official: boolean;
  kind: Kind;
  version: string;
  description?: string;
  run_count: number;
  input: Schema;
  output: Schema;
  example?: Example;
}

const folder = join(import.meta.dirname, "contracts");

async function readContract(name: string): Promise<Model> {
  const contract = JSON.parse(await readFile(join(folder, name), "utf8")) as Contract;
  return {
    ref: contract.model,
    official: contract.official,
    kind: contract.kind,
    version: contract.version,
    description: contract.description ?? null,
    runCount: contract.run_count,
    schemas: { Input: contract.input, Output: contract.output },
    example: contract.example,
  };
}

export interface Catalogue {
  find(ref: string): Promise<Model | undefined>;
  byVersion(version: string): Promise<Model | undefined>;
  /** Every `owner/name`: the contracts first. */
  refs(): Promise<string[]>;
}

/** The models that can be run: contracts/ first, then the recorded ones. */
export function createCatalogue(): Catalogue {
  const recorded = recordedModels();
  let contracts: Promise<Map<string, Model>> | undefined;
  const own = () => (contracts ??= readContracts());

  async function readContracts() {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    const models = await Promise.all(names.sort().map(readContract));
    return new Map(models.map((model) => [model.ref, model]));
  }

  return {
    find: async (ref) => (await own()).get(ref) ?? recorded.find(ref),
    async byVersion(version) {
      const found = [...(await own()).values()].find((model) => model.version === version);
      return found ?? recorded.byVersion(version);
    },
    async refs() {
      const first = [...(await own()).keys()];
      return [...new Set([...first, ...(await recorded.refs())])];
    },
  };
}
