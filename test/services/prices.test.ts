import { describe, expect, it } from "vitest";
import type { Attachment } from "../../src/services/attachment.ts";
import {
  affordableTokens,
  DEAREST_PER_SECOND,
  estimate,
  estimateRange,
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

  it("counts a picture among the tokens", () => {
    const image = { url: "u", name: "a.png", contentType: "image/png", bytes: 1 };
    expect(estimateRange(token, { prompt: "xyz", image })).toEqual({ low: 1 + 85, high: 1 + 1_600 });
    expect(estimate(token, { prompt: "xyz", images: [image, image] })).toBe(1 + 2 * 1_600);
    expect(affordableTokens(token, { prompt: "xyz", image }, 1_601 + 50)).toBe(10);
  });

  it("is in whole micro-dollars", () => {
    expect(estimate({ ...token, input: 0.672, output: 2.016 }, { prompt: "abc", max_tokens: 1 })).toBe(3);
  });

  it("is never less than the bytes of other scripts say", () => {
    expect(estimate(token, { prompt: "日本語" })).toBe(3);
  });
});

const megapixel: Price = { per: "megapixel", run: 15_000, input: 15_000, output: 15_000, ...row };
const bySize: Price = {
  per: "image",
  each: { input: "resolution", values: { "1K": 67_000, "2K": 101_000, "4K": 151_000 } },
  ...row,
};
const span: Price = { per: "video", each: { from: 100_000, to: 480_000 }, ...row };
const video: Price = { per: "video-second", each: 100_000, ...row };
const audio: Price = { per: "audio-second", each: 10, ...row };
const character: Price = { per: "character", each: 100, ...row };
const output: Price = { per: "output", each: 500, ...row };
const picture = (size: { width?: number; height?: number } = {}): Attachment => ({
  url: "u",
  name: "a.png",
  contentType: "image/png",
  bytes: 1,
  ...size,
});

describe("between what a run may cost", () => {
  const same = (amount: number) => ({ low: amount, high: amount });

  it("is one amount where the input fixes it", () => {
    expect(estimateRange(image, { num_outputs: 3 })).toEqual(same(9_000));
    expect(estimateRange(bySize, { resolution: "2K" })).toEqual(same(101_000));
    expect(estimateRange(video, { duration: 6 })).toEqual(same(600_000));
    expect(estimateRange(video, { num_frames: 81, frames_per_second: 16 })).toEqual(same(506_250));
    expect(estimateRange(character, { text: "Hello" })).toEqual(same(500));
    expect(estimateRange(audio, { audio: recording(42) })).toEqual(same(420));
    expect(estimateRange(output, {})).toEqual(same(500));
  });

  it("is what the model's default costs where the input leaves it out", () => {
    expect(estimateRange(bySize, {})).toEqual(same(67_000));
  });

  it("is a range where it does not, and the most is held", () => {
    expect(estimateRange(span, { duration: 6 })).toEqual({ low: 100_000, high: 480_000 });
    expect(estimateRange(bySize, { resolution: "8K" })).toEqual({ low: 67_000, high: 151_000 });
    expect(estimateRange(video, {})).toEqual({ low: 400_000, high: 1_500_000 });
    expect(estimateRange(audio, { text: "x".repeat(200) })).toEqual({ low: 80, high: 250 });
    expect(estimateRange(second, {})).toEqual({ low: 0, high: 15_250 });
    const { low, high } = estimateRange(token, { prompt: "x".repeat(300), max_tokens: 1_024 });
    expect({ low, high }).toEqual({ low: 50, high: 100 + 1_024 * 5 });
    expect(estimate(span, {})).toBe(480_000);
  });

  it("counts megapixels that go in and that come out", () => {
    expect(estimate(megapixel, { resolution: "1 MP" })).toBe(30_000);
    expect(estimate(megapixel, {})).toBe(30_000);
    expect(estimate(megapixel, { resolution: "0.5 MP" })).toBe(22_500);
    expect(estimate(megapixel, { width: 2_000, height: 1_000 })).toBe(45_000);
    const known = { resolution: "1 MP", input_images: [picture({ width: 2_000, height: 1_000 })] };
    expect(estimate(megapixel, known)).toBe(60_000);
    expect(estimateRange(megapixel, { image: picture() })).toEqual({ low: 45_000, high: 90_000 });
  });

  it("is refused where nobody knows the price", () => {
    expect(() => estimate({ per: "unknown" }, {}, "GPT-5")).toThrow(
      expect.objectContaining({ reason: { kind: "unpriced", model: "GPT-5" } }),
    );
    expect(() => estimate({ per: "unknown" }, {})).toThrow("unpriced");
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

  it("counts videos, seconds, characters and whatever else", () => {
    expect(settled(video, { duration: 6 }, { video_output_duration_seconds: 5 }, 1)).toBe(500_000);
    expect(settled(span, {}, { video_output_count: 2 }, 1)).toBe(960_000);
    expect(settled(audio, {}, { audio_output_duration_seconds: 2.5 }, 1)).toBe(25);
    expect(settled(audio, {}, { audio_duration: 60 }, 0)).toBe(600);
    expect(settled(character, {}, { character_input_count: 7 }, 1)).toBe(700);
    expect(settled(character, {}, { character_output_count: 8 }, 0)).toBe(800);
    expect(settled(output, {}, { generic_output_count: 3 }, 1)).toBe(1_500);
    expect(settled(bySize, { resolution: "4K" }, { image_output_count: 1 }, 1)).toBe(151_000);
    expect(settled(megapixel, { resolution: "1 MP" }, { image_output_count: 2 }, 2)).toBe(45_000);
  });

  it("is nothing for pictures and videos that were never made", () => {
    for (const price of [image, span, video, megapixel, output])
      expect(settled(price, { duration: 6 }, { predict_time: 3 }, 0)).toBe(0);
  });

  it("is machine time where the price was taken away meanwhile", () => {
    expect(settled({ per: "unknown" }, {}, { predict_time: 2 }, 1)).toBe(3_050);
    expect(settled({ per: "unknown" }, {}, {}, 1)).toBe(0);
  });

  it("is what was made, or what was held, where Replicate did not count", () => {
    expect(settled(image, {}, {}, 4)).toBe(12_000);
    expect(settled(image, {}, { image_count: "many" }, 1)).toBe(3_000);
    const input = { prompt: "xyz", max_tokens: 100 };
    expect(settled(token, input, {}, 0)).toBe(estimate(token, input));
    expect(settled(second, {}, {}, 0)).toBe(15_250);
    expect(settled(video, { duration: 6 }, {}, 1)).toBe(600_000);
    expect(settled(audio, { audio: recording(42) }, {}, 0)).toBe(420);
    expect(settled(character, { text: "Hello" }, {}, 1)).toBe(500);
    expect(settled(run, {}, {}, 0)).toBe(2_000);
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
  expect(soundSeconds({ audio: { ...recording(7_200), as: { part: { from: 600, to: 1_190 } } } })).toBe(590);
});
