import { z } from "zod";
import type { Input, Price } from "../prices.ts";
import { Problem } from "../problem.ts";
import type { ReplicateApi } from "../replicate/client.ts";
import { modelByKey } from "./index.ts";
import { checkInput } from "./live-input.ts";
import { normalise } from "./live-output.ts";
import { readLiveSchema } from "./live-schema.ts";
import type { Model, Result } from "./model.ts";
import { deploymentOf } from "./operator-deployments.ts";
import { priceOf } from "./operator-prices.ts";
import { machineTime } from "./price-rows.ts";

/** A model as it is run: an entry of the catalogue, or any other by its live schema. */
export type AnyModel = Pick<Model, "ref" | "title" | "official" | "price" | "read"> & {
  kind: Model["kind"] | "other";
  deployment?: string;
  /** The input as it is sent. @throws {Problem | ZodError} what the model would refuse. */
  check(input: Input): Input;
};

/** Models by the key or reference that a run names. */
export interface Models {
  /** @throws {Problem} unknown-model, model-not-found */
  resolve(name: string, signal?: AbortSignal): Promise<AnyModel>;
}

const KEPT_MS = 60 * 60_000;

/** What is not in the catalogue has no price row; a minute is held. */
const byTheSecond = machineTime(() => 60);

/** What the operator sets for models, by reference; it wins over the catalogue's. */
export interface OperatorModels {
  prices: ReadonlyMap<string, Price>;
  deployments: ReadonlyMap<string, `${string}/${string}`>;
}

export function createModels(
  api: ReplicateApi,
  now: () => number,
  { prices, deployments }: OperatorModels,
): Models {
  const runningOn = (model: Pick<Model, "ref" | "deployment">) => {
    const deployment = deploymentOf(model, deployments);
    return deployment ? { deployment } : {};
  };

  const fromCatalogue = (model: Model): AnyModel => ({
    ...model,
    ...runningOn(model),
    price: priceOf(model, prices),
    check: (input) => model.input.parse(input),
  });

  const live = new Map<string, { model: AnyModel; readAt: number }>();

  async function fromReplicate(ref: string, signal?: AbortSignal): Promise<AnyModel> {
    const known = live.get(ref);
    if (known && now() - known.readAt < KEPT_MS) return known.model;
    const found = await api.model(ref, signal);
    // An official model is priced by what it makes, and nobody knows how much.
    const own = prices.get(ref.toLowerCase());
    if (found.official && !own) throw new Problem({ kind: "unpriced", model: ref });
    const schema = readLiveSchema(ref, found.schema);
    const reference = z.templateLiteral([z.string(), "/", z.string()]).parse(ref);
    const model: AnyModel = {
      ref: reference,
      ...runningOn({ ref: reference }),
      title: ref,
      kind: "other",
      official: found.official,
      price: own ?? byTheSecond,
      check: (input) => checkInput(schema.fields, input),
      read: (output): Result => {
        const { texts, files, json } = normalise(output, schema.output);
        const text = texts.join("\n") || (json === undefined ? "" : JSON.stringify(json, null, 2));
        return { ...(text ? { text } : {}), ...(files.length > 0 ? { files } : {}) };
      },
    };
    live.set(ref, { model, readAt: now() });
    return model;
  }

  return {
    async resolve(name, signal) {
      const listed = modelByKey(name);
      if (listed) return fromCatalogue(listed);
      if (!/^[\w.-]+\/[\w.-]+$/.test(name))
        throw new Problem({ kind: "unknown-model", name, suggestions: [] });
      return fromReplicate(name, signal);
    },
  };
}
