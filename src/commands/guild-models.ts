import { words } from "../locales/index.ts";
import { allowsModel, defaulting } from "../services/guilds.ts";
import type { Services } from "../services/index.ts";
import { catalogue, findModel, modelNamed, modelsOf } from "../services/models/index.ts";
import type { Model, ModelKind } from "../services/models/model.ts";
import { priceOf } from "../services/models/operator-prices.ts";
import { Problem } from "../services/problem.ts";
import { change, guildOf } from "./administering.ts";
import { answeringCommand, defineGroup } from "./command.ts";
import { choice, completing, optional, text } from "./options.ts";
import { aboutPrice } from "./models.ts";

const kinds = Object.keys(catalogue) as ModelKind[];

/** The kind of model that each command runs whose default a server can choose. */
const kindOf = { ask: "text", imagine: "image", transcribe: "transcription" } as const;

const anyModel = (description: string, more: readonly string[] = []) =>
  text(description, {
    max: 100,
    complete: completing(({ locale, prices }) => [
      ...more.map((name) => ({ name, value: name })),
      ...kinds.flatMap((kind) =>
        modelsOf(kind).map((model) => ({
          name: `${model.title} · ${aboutPrice(priceOf(model, prices), locale)}`,
          value: model.key,
        })),
      ),
    ]),
  });

/** @throws {Problem} unknown-model */
function keyOf(name: string): string {
  if (name.trim().toLowerCase() === "all") return "all";
  const model = modelNamed(name);
  if (model) return model.key;
  throw new Problem({ kind: "unknown-model", name, suggestions: [] });
}

const list = answeringCommand({
  name: "list",
  description: "Which models may be used here, with prices",
  options: { kind: optional(choice("Of one kind, with prices", kinds)) },
  examples: [{ kind: "image" }],
  async answer(request, { guilds, prices }: Services) {
    const say = words(request.locale);
    const settings = await guilds.get(guildOf(request));
    const chosen = new Set(Object.values(request.models));
    const state = ({ key }: Model) => ({ allowed: allowsModel(settings, key), chosen: chosen.has(key) });
    const { kind } = request.options;
    if (kind !== undefined)
      return {
        text: modelsOf(kind)
          .map((model) =>
            say.modelLine(model.key, aboutPrice(priceOf(model, prices), request.locale), state(model)),
          )
          .join("\n"),
      };
    return {
      text: kinds
        .map((each) =>
          say.modelsOfKind(
            each,
            modelsOf(each).map((model) => ({ key: model.key, ...state(model) })),
          ),
        )
        .join("\n"),
      quiet: [say.modelsExplained],
    };
  },
});

const permission = (name: string, description: string, allowed: boolean) =>
  answeringCommand({
    name,
    description,
    options: { model: anyModel("Which, or all", ["all"]) },
    answer: async (request, services) =>
      change(request, services, { what: "model", model: keyOf(request.options.model), allowed }),
  });

const byDefault = answeringCommand({
  name: "default",
  description: "Which model a command uses where nobody chooses one",
  options: {
    command: choice("For which command", defaulting),
    model: optional(anyModel("Which; the operator's, if left out")),
  },
  async answer(request, services) {
    const { command, model } = request.options;
    const key = model === undefined ? null : findModel(kindOf[command], model).key;
    return change(request, services, { what: "default-model", command, model: key });
  },
});

export const models = defineGroup({
  name: "models",
  description: "Which models may be used here",
  manager: true,
  commands: [
    list,
    permission("allow", "Let a model be used here, or all", true),
    permission("deny", "Let a model not be used here, or none at all", false),
    byDefault,
  ],
});
