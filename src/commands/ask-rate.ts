import type { Services } from "../services/index.ts";
import { modelByKey } from "../services/models/index.ts";
import { priceOf } from "../services/models/operator-prices.ts";
import type { MicroDollars } from "../services/money.ts";
import { estimate, type Price } from "../services/prices.ts";
import type { Request, TextRate } from "./command.ts";

/** Undefined where nobody knows, or where it does not depend on what is read and written. */
function rateOf(price: Price): TextRate | undefined {
  if (price.per === "token") return { run: 0, input: price.input, output: price.output };
  return price.per === "run" ? { run: estimate(price, {}), input: 0, output: 0 } : undefined;
}

/** The request with what asking about its answer costs: the operator's own price where there is one. */
export function withAskRate<R extends Pick<Request, "models">>(
  request: R,
  { prices }: Pick<Services, "prices">,
): R & Pick<Request, "askRate"> {
  const model = modelByKey(request.models.ask);
  const askRate = model && rateOf(priceOf(model, prices));
  return askRate ? { ...request, askRate } : request;
}

/** What so many runs and tokens cost. */
export const costOf = (
  { run, input, output }: TextRate,
  made: { runs: number; read: number; written: number },
): MicroDollars => Math.ceil(made.runs * run + made.read * input + made.written * output);
