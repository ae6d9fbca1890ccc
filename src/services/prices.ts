import { type Attachment, isAttachment } from "./attachment.ts";
import type { MicroDollars } from "./money.ts";

/**
 * What a model costs. Rows carry the day they were read and where; Replicate's API returns no prices.
 * Everything computed from them is an estimate.
 */
export type Price = { asOf: string; source: string } & (
  | { per: "image"; each: MicroDollars }
  | { per: "run"; each: MicroDollars }
  /** Micro-dollars a token, which is dollars per million tokens. */
  | { per: "token"; input: number; output: number }
  /** By `predict_time`. `expected` is how many seconds a run is expected to take at the most. */
  | { per: "second"; each: MicroDollars; expected: (input: Input) => number }
);

type Input = Record<string, unknown>;

/** What Replicate says of a finished run: counters by new and old names. */
export type Metrics = Record<string, unknown>;

/** H100, the dearest hardware that Replicate's pricing page lists (September 2026): $0.001525 a second. */
export const DEAREST_PER_SECOND: MicroDollars = 1_525;

/** Roughly how many tokens a text has. Deliberately high: a token is seldom less than three characters of English. */
const tokens = (text: string) => Math.ceil(new TextEncoder().encode(text).length / 3);

const count = (metrics: Metrics, ...names: string[]) => {
  for (const name of names) {
    const value = metrics[name];
    if (typeof value === "number" && value >= 0) return value;
  }
  return undefined;
};

/** The names under which text models take their output limit. */
const limitNames = ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens"] as const;

const outputLimit = (input: Input) =>
  Number(limitNames.map((name) => input[name]).find((value) => value) ?? 0);

/** The input with its output limit lowered to `limit` tokens; unchanged where it is lower already. */
export function withOutputLimit(input: Input, limit: number): Input {
  const name = limitNames.find((each) => input[each] !== undefined);
  return name && Number(input[name]) > limit ? { ...input, [name]: limit } : input;
}

const promptTokens = (input: Input) =>
  tokens(
    Object.values(input)
      .filter((value) => typeof value === "string")
      .join("\n"),
  );

/** What a run may cost at the most, so that it can be held. */
export function estimate(price: Price, input: Input): MicroDollars {
  switch (price.per) {
    case "image":
      return price.each * Number(input["num_outputs"] ?? 1);
    case "run":
      return price.each;
    case "token":
      return Math.ceil(promptTokens(input) * price.input + outputLimit(input) * price.output);
    case "second":
      return Math.ceil(price.expected(input) * price.each);
  }
}

/** What a finished run cost, from Replicate's counters; where one is missing, what the run made or was held. */
export function settled(price: Price, input: Input, metrics: Metrics, made: number): MicroDollars {
  switch (price.per) {
    case "image":
      return price.each * (count(metrics, "image_output_count", "image_count") ?? made);
    case "run":
      return price.each;
    case "token":
      return Math.ceil(
        (count(metrics, "token_input_count", "input_token_count") ?? promptTokens(input)) * price.input +
          (count(metrics, "token_output_count", "output_token_count") ?? outputLimit(input)) * price.output,
      );
    case "second":
      return Math.ceil((count(metrics, "predict_time") ?? price.expected(input)) * price.each);
  }
}

/** The highest output limit that `money` pays for, given the prompt; undefined where the price is not by token. */
export function affordableTokens(price: Price, input: Input, money: MicroDollars): number | undefined {
  if (price.per !== "token") return undefined;
  return Math.max(0, Math.floor((money - promptTokens(input) * price.input) / price.output));
}

/** Seconds of sound in an input's files; 60 where nobody knows. */
export const soundSeconds = (input: Input): number =>
  Object.values(input)
    .filter((value): value is Attachment => isAttachment(value))
    .reduce((sum, file) => sum + (file.seconds ?? 60), 0);
