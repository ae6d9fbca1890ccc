import { describe, expect, it } from "vitest";
import { findModel } from "../../../src/services/models/index.ts";
import { operatorPrices, priceOf } from "../../../src/services/models/operator-prices.ts";
import { estimate } from "../../../src/services/prices.ts";

const own = { asOf: "as set", source: "the operator" };

describe("the operator's prices", () => {
  it("are dollars by token, picture, run, second of video and so on", () => {
    const prices = operatorPrices(
      "openai/gpt-5-mini=token:0.25/2; Google/Gemini-2.5-Flash = token:.3/2.5;\nminimax/hailuo-02=run:0.28;bytedance/seedance-2.0=second:0.10;a/b=image:0.0035;c/d=character:0.0001;",
    );
    expect([...prices]).toEqual([
      ["openai/gpt-5-mini", { per: "token", input: 0.25, output: 2, ...own }],
      ["google/gemini-2.5-flash", { per: "token", input: 0.3, output: 2.5, ...own }],
      ["minimax/hailuo-02", { per: "run", each: 280_000, ...own }],
      ["bytedance/seedance-2.0", { per: "video-second", each: 100_000, ...own }],
      ["a/b", { per: "image", each: 3_500, ...own }],
      ["c/d", { per: "character", each: 100, ...own }],
    ]);
    expect(operatorPrices("")).toEqual(new Map());
  });

  it.each([
    ["gpt-5=token:1/2", "is not of the form owner/name=unit:amount"],
    ["a/b", "is not of the form"],
    ["a/b=token", "is not of the form"],
    ["a/b=token:1", "needs two amounts: per million tokens in / out"],
    ["a/b=run:1/2", "needs one amount"],
    ["a/b=hour:1", "is not priced by one of token, run, image, video, output, second"],
    ["a/b=constructor:1", "is not priced by one of"],
    ["a/b=run:free", 'has "free" where an amount above 0 belongs'],
    ["a/b=run:0", "above 0"],
    ["a/b=run:-1", "above 0"],
    ["a/b=run:1e9", "above 0"],
    ["a/b=run:0.0000001", "less than a millionth of a dollar"],
    ["a/b=run:1;A/B=run:2", '"A/B=run:2" is there twice'],
  ])("say what is wrong in %s", (text, why) => {
    expect(() => operatorPrices(text)).toThrow(why);
    expect(() => operatorPrices(text)).toThrow("prices such as openai/gpt-5-mini=token:0.25/2");
  });

  it("let a model run that had no price, and stand above the catalogue's", () => {
    const [mini, flux] = [findModel("text", "gpt-5-mini"), findModel("image", "flux-schnell")];
    const prices = operatorPrices(
      "openai/gpt-5-mini=token:0.25/2;black-forest-labs/flux-schnell=image:0.001",
    );
    const input = { prompt: "x".repeat(30), max_completion_tokens: 100 };
    expect(estimate(priceOf(mini, prices), input)).toBe(203);
    expect(estimate(priceOf(flux, prices), {})).toBe(1_000);
    expect(priceOf(flux, new Map())).toBe(flux.price);
  });
});
