import { words } from "../locales/index.ts";
import { allowsModel } from "../services/guilds.ts";
import { modelsOf } from "../services/models/index.ts";
import type { ModelKind } from "../services/models/model.ts";
import { priceOf } from "../services/models/operator-prices.ts";
import { estimate, type Price } from "../services/prices.ts";
import { completing, type Request, text } from "./command.ts";

/** The option `model`: a key of the catalogue or a reference, completed with what one run costs about. */
export const modelOption = (kind: ModelKind) =>
  text("Which model; the default is a good choice", {
    max: 100,
    complete: completing(({ locale, prices, allows }) =>
      modelsOf(kind)
        .filter(({ key }) => allows(key))
        .map((model) => ({
          name: `${model.title} · ${aboutPrice(priceOf(model, prices), locale)}`,
          value: model.key,
        })),
    ),
  });

/** Whether a model, by its key, may be used where this is asked. */
export const allowedIn =
  ({ allowed }: Pick<Request, "allowed">) =>
  (key: string): boolean =>
    !allowed || allowsModel({ models: allowed }, key);

/** What one run costs, about: `~3 credits`. */
export function aboutPrice(price: Price, locale: string): string {
  const say = words(locale);
  if (price.per === "unknown") return say.priceUnknown;
  // For texts, what 1,000 tokens of answer cost says more than what they may cost at the most.
  return price.per === "token"
    ? `~${say.credits(Math.ceil(price.output * 1000))} / 1,000 tokens`
    : `~${say.credits(estimate(price, {}))}`;
}
