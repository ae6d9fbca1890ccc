import { type Attachment, isAttachment } from "./attachment.ts";
import type { MicroDollars } from "./money.ts";
import { Problem } from "./problem.ts";

/** One amount; a span that nobody could narrow down; or one for each value of an input, its default first. */
export type Each =
  | MicroDollars
  | { from: MicroDollars; to: MicroDollars }
  | { input: string; values: Readonly<Record<string, MicroDollars>> };

/**
 * What a model costs. Rows carry the day they were read and where; Replicate's API returns no prices.
 * Everything computed from them is an estimate.
 */
export type Price =
  | { per: "unknown" }
  | ({ asOf: string; source: string } & (
      | { per: Counted; each: Each }
      /** Micro-dollars a token, which is dollars per million tokens. */
      | { per: "token"; input: number; output: number }
      /** For a run, for each megapixel that goes in, and for each that comes out. */
      | { per: "megapixel"; run: MicroDollars; input: MicroDollars; output: MicroDollars }
      /** By `predict_time`. `expected` is how many seconds a run is expected to take at the most. */
      | { per: "second"; each: MicroDollars; expected: (input: Input) => number }
    ));

export type Input = Record<string, unknown>;

/** What Replicate says of a finished run: counters by new and old names. */
export type Metrics = Record<string, unknown>;

export interface Range {
  low: number;
  high: number;
}

/** H100, the dearest hardware that Replicate's pricing page lists (September 2026): $0.001525 a second. */
export const DEAREST_PER_SECOND: MicroDollars = 1_525;

const exactly = (value: number): Range => ({ low: value, high: value });

const count = (metrics: Metrics, ...names: string[]) => {
  for (const name of names) {
    const value = metrics[name];
    if (typeof value === "number" && value >= 0) return value;
  }
  return undefined;
};

const texts = (input: Input) =>
  Object.values(input)
    .filter((value) => typeof value === "string")
    .join("\n");

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** How many tokens a text has at the most: one is seldom less than three bytes. */
export const mostTokens = (text: string): number => Math.ceil(bytesOf(text) / 3);

const filesIn = (input: Input): Attachment[] =>
  Object.values(input)
    .flat()
    .filter((value): value is Attachment => isAttachment(value));

/**
 * A picture counts as tokens, too. Anthropic: width × height / 750, and 1,600 at the most; OpenAI: from 85, by tiles of
 * 512 pixels; Google: 258 for each tile of 768. The tiles of a picture of usual shape stay under 1,600 together.
 */
const PICTURE_TOKENS: Range = { low: 85, high: 1_600 };

/** Between how many tokens go in: of text, one has seldom less than three bytes, nor more than six. */
function tokens(input: Input): Range {
  const pictures = filesIn(input).length;
  return {
    low: Math.ceil(bytesOf(texts(input)) / 6) + pictures * PICTURE_TOKENS.low,
    high: mostTokens(texts(input)) + pictures * PICTURE_TOKENS.high,
  };
}

const secondsOf = ({ as, seconds = 60 }: Attachment) =>
  as && "part" in as ? as.part.to - as.part.from : seconds;

/** Seconds of sound in an input's files, of a part its own as it was planned; 60 where nobody knows. */
export const soundSeconds = (input: Input): number =>
  filesIn(input).reduce((sum, file) => sum + secondsOf(file), 0);

/** How many seconds of video an input asks for; undefined where it does not say. */
export function filmSeconds(input: Input): number | undefined {
  const seconds = Number(input["duration"] ?? input["seconds"]);
  if (seconds > 0) return seconds;
  const frames = Number(input["num_frames"]) / Number(input["frames_per_second"]);
  return frames > 0 ? frames : undefined;
}

/** Models make from 4 to 15 seconds of video where their input does not say. */
function videoSeconds(input: Input): Range {
  const seconds = filmSeconds(input);
  return seconds === undefined ? { low: 4, high: 15 } : exactly(seconds);
}

/** Of a recording its length; of a text as long as it may be spoken, at 8 to 25 characters a second. */
function audioSeconds(input: Input): Range {
  if (filesIn(input).length > 0) return exactly(soundSeconds(input));
  const characters = texts(input).length;
  return { low: characters / 25, high: Math.max(1, characters / 8) };
}

const picturesAsked = (input: Input) =>
  Number(input["num_outputs"] ?? input["max_images"] ?? input["number_of_images"] ?? 1);

/** What Replicate counts, by its new and its old names; and how much of it an input will make. */
const counters = {
  run: { names: [], expected: () => exactly(1) },
  image: {
    names: ["image_output_count", "image_count"],
    expected: (input) => exactly(picturesAsked(input)),
  },
  video: { names: ["video_output_count"], expected: () => exactly(1) },
  output: { names: ["generic_output_count"], expected: () => exactly(1) },
  "video-second": { names: ["video_output_duration_seconds"], expected: videoSeconds },
  "audio-second": { names: ["audio_output_duration_seconds", "audio_duration"], expected: audioSeconds },
  character: {
    names: ["character_input_count", "character_output_count"],
    expected: (input) => exactly(texts(input).length),
  },
} satisfies Record<string, { names: string[]; expected: (input: Input) => Range }>;

export type Counted = keyof typeof counters;

/** Where Replicate did not count: what the run made, or the most that was expected. */
function uncounted(per: Counted, input: Input, made: number): number {
  switch (per) {
    case "run":
      return 1;
    case "image":
    case "video":
    case "output":
      return made;
    case "video-second":
      return made === 0 ? 0 : videoSeconds(input).high;
    case "audio-second":
    case "character":
      return counters[per].expected(input).high;
  }
}

function amountOf(each: Each, input: Input): Range {
  if (typeof each === "number") return exactly(each);
  if ("from" in each) return { low: each.from, high: each.to };
  const all = Object.values(each.values);
  const asked = input[each.input];
  const one = asked === undefined ? all[0] : typeof asked === "string" ? each.values[asked] : undefined;
  return one === undefined ? { low: Math.min(...all), high: Math.max(...all) } : exactly(one);
}

/** Megapixels that come out, from `resolution: "2 MP"` or a width and a height; 1 is what models make unasked. */
function megapixelsOut(input: Input): number {
  const named = /^([\d.]+) ?MP$/.exec(String(input["resolution"]))?.[1];
  const pixels = Number(input["width"]) * Number(input["height"]);
  return Number(named ?? (pixels > 0 ? pixels / 1e6 : 1));
}

/** Megapixels that go in; from 1 to 4 for a picture of unknown size. */
function megapixelsIn(input: Input): Range {
  const sizes = filesIn(input).map(({ width, height }) =>
    width && height ? exactly((width * height) / 1e6) : { low: 1, high: 4 },
  );
  return {
    low: sizes.reduce((sum, { low }) => sum + low, 0),
    high: sizes.reduce((sum, { high }) => sum + high, 0),
  };
}

/** The names under which text models take their output limit. */
const limitNames = ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens"] as const;

/** How many tokens an answer may have; 0 where the input sets no limit. */
export const outputLimit = (input: Input) =>
  Number(limitNames.map((name) => input[name]).find((value) => value) ?? 0);

/** The input with its output limit lowered to `limit` tokens; unchanged where it is lower already. */
export function withOutputLimit(input: Input, limit: number): Input {
  const name = limitNames.find((each) => input[each] !== undefined);
  return name && Number(input[name]) > limit ? { ...input, [name]: limit } : input;
}

/** Whether an answer ended because it had as many tokens as it may have, as far as Replicate counted them. */
export function reachedLimit(input: Input, metrics: Metrics): boolean {
  const written = count(metrics, "token_output_count", "output_token_count");
  const limit = outputLimit(input);
  return limit > 0 && written !== undefined && written >= limit;
}

const rounded = (low: number, high: number): Range => ({ low: Math.floor(low), high: Math.ceil(high) });

/**
 * Between what a run will cost, as far as its input says.
 * @throws {Problem} unpriced, before anything runs.
 */
export function estimateRange(price: Price, input: Input, title = "this model"): Range {
  switch (price.per) {
    case "unknown":
      throw new Problem({ kind: "unpriced", model: title });
    case "token": {
      const { low, high } = tokens(input);
      return rounded(low * price.input, high * price.input + outputLimit(input) * price.output);
    }
    case "megapixel": {
      const { low, high } = megapixelsIn(input);
      const fixed = price.run + megapixelsOut(input) * picturesAsked(input) * price.output;
      return rounded(fixed + low * price.input, fixed + high * price.input);
    }
    case "second":
      return rounded(0, price.expected(input) * price.each);
    default: {
      const [each, units] = [amountOf(price.each, input), counters[price.per].expected(input)];
      return rounded(each.low * units.low, each.high * units.high);
    }
  }
}

/**
 * What a run may cost at the most, so that it can be held.
 * @throws {Problem} unpriced
 */
export const estimate = (price: Price, input: Input, title?: string): MicroDollars =>
  estimateRange(price, input, title).high;

/** What a finished run cost, from Replicate's counters; where one is missing, what the run made or was held. */
export function settled(price: Price, input: Input, metrics: Metrics, made: number): MicroDollars {
  switch (price.per) {
    case "unknown":
      // Its price was taken away while it ran: what it used up is at least not nothing.
      return Math.ceil((count(metrics, "predict_time") ?? 0) * DEAREST_PER_SECOND);
    case "token":
      return Math.ceil(
        (count(metrics, "token_input_count", "input_token_count") ?? tokens(input).high) * price.input +
          (count(metrics, "token_output_count", "output_token_count") ?? outputLimit(input)) * price.output,
      );
    case "megapixel": {
      const pictures = count(metrics, ...counters.image.names) ?? made;
      if (pictures === 0) return 0;
      return Math.ceil(
        price.run + megapixelsIn(input).high * price.input + megapixelsOut(input) * pictures * price.output,
      );
    }
    case "second":
      return Math.ceil((count(metrics, "predict_time") ?? price.expected(input)) * price.each);
    default: {
      const units = count(metrics, ...counters[price.per].names) ?? uncounted(price.per, input, made);
      return Math.ceil(amountOf(price.each, input).high * units);
    }
  }
}

/** The highest output limit that `money` pays for, given the prompt; undefined where the price is not by token. */
export function affordableTokens(price: Price, input: Input, money: MicroDollars): number | undefined {
  if (price.per !== "token" || price.output === 0) return undefined;
  return Math.max(0, Math.floor((money - tokens(input).high * price.input) / price.output));
}
