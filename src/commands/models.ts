import { words } from "../locales/index.ts";
import { allowsModel } from "../services/guilds.ts";
import { modelsOf } from "../services/models/index.ts";
import type { Model, ModelKind } from "../services/models/model.ts";
import { priceOf } from "../services/models/operator-prices.ts";
import { estimate, type Price } from "../services/prices.ts";
import type { Request } from "./command.ts";
import { completing, type Completing, text } from "./options.ts";

/** How a model is offered: `FLUX schnell · ~3 credits · ~1 s`. Where nobody knows how fast it is, nothing is said of that. */
function offered(model: Model, { locale, prices, usualSeconds }: Completing): string {
  const seconds = usualSeconds(model.key) ?? model.seconds;
  return [
    model.title,
    aboutPrice(priceOf(model, prices), locale),
    ...(seconds === undefined ? [] : [words(locale).aboutSeconds(seconds)]),
  ].join(" · ");
}

/** The option `model`: a key of the catalogue or a reference, completed with what a run costs and takes, about. */
export const modelOption = (kind: ModelKind) =>
  text("Which model; the default is a good choice", {
    max: 100,
    complete: completing((where) =>
      modelsOf(kind)
        .filter(({ key }) => where.allows(key))
        .map((model) => ({ name: offered(model, where), value: model.key })),
    ),
  });

/** Whether a model, by its key, may be used where this is asked. */
export const allowedIn =
  ({ allowed }: Pick<Request, "allowed">) =>
  (key: string): boolean =>
    !allowed || allowsModel({ models: allowed }, key);

/** What one run costs, about: `~3 credits`; of what has no usual length, what so much of it costs. */
export function aboutPrice(price: Price, locale: string): string {
  const say = words(locale);
  switch (price.per) {
    case "unknown":
      return say.priceUnknown;
    // For texts, what 1,000 tokens of answer cost says more than what they may cost at the most.
    case "token":
      return `~${say.credits(Math.ceil(price.output * 1000))} / 1,000 tokens`;
    // And for films what a second of them costs.
    case "video-second":
      return `~${say.credits(estimate(price, { duration: 1 }))} / s`;
    default:
      return `~${say.credits(estimate(price, {}))}`;
  }
}
