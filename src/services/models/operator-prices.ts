import { fromDollars } from "../money.ts";
import type { Price } from "../prices.ts";
import type { Model } from "./model.ts";

/** What the operator can price by; `second` is a second of video. */
const units = {
  run: "run",
  image: "image",
  video: "video",
  output: "output",
  second: "video-second",
  "audio-second": "audio-second",
  character: "character",
} as const;

const row = { asOf: "as set", source: "the operator" };

const wrong = (entry: string, why: string) =>
  new Error(
    `prices such as openai/gpt-5-mini=token:0.25/2;minimax/hailuo-02=run:0.28, in dollars; "${entry}" ${why}`,
  );

/** Dollars above zero, in plain digits. */
function dollars(text: string | undefined, entry: string): number {
  const amount = /^\d*\.?\d+$/.test(text ?? "") ? Number(text) : 0;
  if (amount > 0) return amount;
  throw wrong(entry, `has "${text ?? ""}" where an amount above 0 belongs`);
}

function priceFrom(unit: string, amounts: string[], entry: string): Price {
  if (unit === "token") {
    if (amounts.length !== 2) throw wrong(entry, "needs two amounts: per million tokens in / out");
    const [input, output] = amounts.map((amount) => dollars(amount, entry)) as [number, number];
    return { per: "token", input, output, ...row };
  }
  const per = Object.entries(units).find(([name]) => name === unit)?.[1];
  if (!per) throw wrong(entry, `is not priced by one of token, ${Object.keys(units).join(", ")}`);
  if (amounts.length !== 1) throw wrong(entry, "needs one amount");
  const each = fromDollars(dollars(amounts[0], entry));
  if (each === 0) throw wrong(entry, "is less than a millionth of a dollar");
  return { per, each, ...row };
}

/**
 * The operator's own prices, from a text such as
 * `openai/gpt-5-mini=token:0.25/2;minimax/hailuo-02=run:0.28;bytedance/seedance-2.0=second:0.10`: dollars, and for tokens
 * dollars per million in / out.
 * @throws {Error} saying what the text must be, and what is wrong in it.
 */
export function operatorPrices(text: string): Map<string, Price> {
  const prices = new Map<string, Price>();
  for (const entry of text
    .split(";")
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [, ref, unit, amounts] =
      /^([\w.-]+\/[\w.-]+)\s*=\s*([\w-]+)\s*:\s*(.+)$/.exec(entry.toLowerCase()) ?? [];
    if (!ref || !unit || !amounts) throw wrong(entry, "is not of the form owner/name=unit:amount");
    if (prices.has(ref)) throw wrong(entry, "is there twice");
    const parts = amounts.split("/").map((part) => part.trim());
    prices.set(ref, priceFrom(unit, parts, entry));
  }
  return prices;
}

/** What a model costs here: the operator's price where there is one, the catalogue's otherwise. */
export const priceOf = (
  { ref, price }: Pick<Model, "ref" | "price">,
  prices: ReadonlyMap<string, Price>,
): Price => prices.get(ref) ?? price;
