import { describe, expect, it } from "vitest";
import type { Attachment } from "../../src/services/attachment.ts";
import {
  affordableTokens,
  DEAREST_PER_SECOND,
  estimate,
  type Price,
  settled,
  soundSeconds,
  withOutputLimit,
} from "../../src/services/prices.ts";

const row = { asOf: "2026-09", source: "a test" };
const image: Price = { per: "image", each: 3_000, ...row };
const run: Price = { per: "run", each: 2_000, ...row };
const token: Price = { per: "token", input: 1, output: 5, ...row };
const second: Price = { per: "second", each: DEAREST_PER_SECOND, expected: () => 10, ...row };

const recording = (seconds?: number): Attachment => ({
  url: "u",
  name: "a.ogg",
  contentType: "audio/ogg",
  bytes: 1,
  ...(seconds === undefined ? {} : { seconds }),
});

describe("what a run may cost at the most", () => {
  it("counts pictures, runs, tokens or seconds", () => {
    expect(estimate(image, {})).toBe(3_000);
    expect(estimate(image, { num_outputs: 4 })).toBe(12_000);
    expect(estimate(run, { scale: 4 })).toBe(2_000);
    // A token is held to be three bytes: 100 in, and 1,024 out.
    expect(estimate(token, { prompt: "x".repeat(300), max_tokens: 1_024 })).toBe(100 + 1_024 * 5);
    expect(estimate(second, {})).toBe(15_250);
  });

  it("is in whole micro-dollars", () => {
    expect(estimate({ ...token, input: 0.672, output: 2.016 }, { prompt: "abc", max_tokens: 1 })).toBe(3);
  });

  it("is never less than the bytes of other scripts say", () => {
    expect(estimate(token, { prompt: "日本語" })).toBe(3);
  });
});

describe("what a run cost", () => {
  it("is what Replicate counted, by its new or its old names", () => {
    expect(settled(image, {}, { image_output_count: 2 }, 4)).toBe(6_000);
    expect(settled(image, {}, { image_count: 3 }, 4)).toBe(9_000);
    expect(settled(token, {}, { token_input_count: 10, token_output_count: 20 }, 0)).toBe(110);
    expect(settled(token, {}, { input_token_count: 10, output_token_count: 20 }, 0)).toBe(110);
    expect(settled(second, {}, { predict_time: 2 }, 0)).toBe(3_050);
    expect(settled(run, {}, {}, 1)).toBe(2_000);
  });

  it("is what was made, or what was held, where Replicate did not count", () => {
    expect(settled(image, {}, {}, 4)).toBe(12_000);
    expect(settled(image, {}, { image_count: "many" }, 1)).toBe(3_000);
    const input = { prompt: "xyz", max_tokens: 100 };
    expect(settled(token, input, {}, 0)).toBe(estimate(token, input));
    expect(settled(second, {}, {}, 0)).toBe(15_250);
  });
});

describe("an answer's length", () => {
  const input = { prompt: "x".repeat(300), max_tokens: 1_024 };

  it("is what the money pays for after the question", () => {
    expect(affordableTokens(token, input, 600)).toBe(100);
    expect(affordableTokens(token, input, 50)).toBe(0);
    expect(affordableTokens(image, input, 600)).toBeUndefined();
  });

  it("can be lowered so that it is paid for, and is never raised", () => {
    const lowered = withOutputLimit(input, 100);
    expect(lowered).toEqual({ ...input, max_tokens: 100 });
    expect(estimate(token, lowered)).toBeLessThanOrEqual(600);
    expect(withOutputLimit(input, 5_000)).toBe(input);
    expect(withOutputLimit({ prompt: "x", max_completion_tokens: 50 }, 20)).toEqual({
      prompt: "x",
      max_completion_tokens: 20,
    });
    expect(withOutputLimit({ prompt: "x" }, 20)).toEqual({ prompt: "x" });
  });
});

it("sound of unknown length is held to be a minute", () => {
  expect(soundSeconds({ audio: recording(42), language: "en" })).toBe(42);
  expect(soundSeconds({ audio: recording() })).toBe(60);
  expect(soundSeconds({ prompt: "x" })).toBe(0);
});
