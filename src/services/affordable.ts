import { isAttachment } from "./attachment.ts";
import type { MicroDollars } from "./money.ts";
import { estimate, type Input, type Price, soundSeconds } from "./prices.ts";
import { Problem } from "./problem.ts";

/** A run that may have to be paid. */
interface Priced {
  price: Price;
  input: Input;
}

/** The input as it would be if so much of its recording were heard. */
const shortened = (input: Input, seconds: number): Input =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      if (!isAttachment(value)) return [name, value];
      const { as } = value;
      if (!as || !("part" in as)) return [name, { ...value, seconds }];
      const { from } = as.part;
      return [name, { ...value, as: { part: { from, to: from + seconds } } }];
    }),
  );

const listens = ({ input }: Priced) =>
  Object.values(input).some((value) => isAttachment(value) && value.seconds !== undefined);

/** How many whole seconds of this run's recording `money` pays for. */
function secondsFor({ price, input }: Priced, money: MicroDollars): number {
  let [pays, costsMore] = [0, Math.floor(soundSeconds(input)) + 1];
  while (costsMore - pays > 1) {
    const middle = Math.floor((pays + costsMore) / 2);
    if (estimate(price, shortened(input, middle)) <= money) pays = middle;
    else costsMore = middle;
  }
  return pays;
}

/**
 * How many seconds of a recording, from its beginning, `money` pays for; undefined where these runs listen to none.
 * @throws {Problem} unpriced
 */
export function affordableSeconds(runs: readonly Priced[], money: MicroDollars): number | undefined {
  if (runs.length === 0 || !runs.every(listens)) return undefined;
  let left = money;
  let seconds = 0;
  for (const run of runs) {
    const cost = estimate(run.price, run.input);
    if (cost > left) return seconds + secondsFor(run, left);
    left -= cost;
    seconds += soundSeconds(run.input);
  }
  return seconds;
}

/** The refusal, with how much of the recording there would be enough for. Anything else is left as it is. */
export function withWhatFits(error: unknown, runs: readonly Priced[]): unknown {
  if (!(error instanceof Problem) || error.reason.kind !== "out-of-credits") return error;
  const fitsSeconds = affordableSeconds(runs, Math.max(0, error.reason.left));
  return fitsSeconds === undefined ? error : new Problem({ ...error.reason, fitsSeconds }, { cause: error });
}
