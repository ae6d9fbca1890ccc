import { describe, expect, it } from "vitest";
import { animate } from "../../src/commands/animate.ts";
import type { Request } from "../../src/commands/command.ts";
import { findModel } from "../../src/services/models/index.ts";
import { estimateRange } from "../../src/services/prices.ts";
import { attached, problem, runsOf, viewOf } from "./asked.ts";

const picture = attached({ name: "cat.png", contentType: "image/png" });
const all = { prompt: "a fox runs", image: picture };
const run = (options: Record<string, unknown>, more: Partial<Request> = {}) =>
  runsOf(animate, options, more)[0];
const refusal = (options: Record<string, unknown>) => () => runsOf(animate, options);

describe("/animate without a model", () => {
  it.each([
    { options: { prompt: "a fox runs" }, model: "animate-diff" },
    { options: { image: picture }, model: "stable-video-diffusion" },
    { options: { image: picture, motion: "much" }, model: "stable-video-diffusion" },
    { options: all, model: "hailuo-02" },
    { options: { ...all, seed: 7 }, model: "seedance-2.0" },
    { options: { prompt: "a fox runs", length: 6 }, model: "hailuo-02" },
    { options: { image: picture, length: 7 }, model: "seedance-2.0" },
  ])("takes the first that can do it: $model", ({ options, model }) => {
    expect(run(options)?.model).toBe(model);
  });

  it("gives a picture's film words of ours where the model can't do without", () => {
    const { prompt } = run({ image: picture, model: "hailuo-02" })?.input ?? {};
    expect(prompt).toBe("gentle natural motion");
    expect(run({ image: picture })?.input).toEqual({ input_image: picture, seed: 4_471 });
  });

  it("sends how much moves only where somebody said so", () => {
    const bucket = (motion: string) => run({ image: picture, motion })?.input["motion_bucket_id"];
    expect(["little", "normal", "much"].map(bucket)).toEqual([40, 127, 200]);
  });
});

describe("/animate refuses before anything runs", () => {
  it("nothing to begin with", () => {
    expect(refusal({})).toThrow(
      expect.objectContaining(problem("nothing-asked", { options: ["prompt", "image"] })),
    );
  });

  it.each([
    { option: "image", options: { ...all, model: "animate-diff" } },
    { option: "prompt", options: { ...all, model: "stable-video-diffusion" } },
    { option: "motion", options: { ...all, motion: "little" } },
    { option: "length", options: { image: picture, length: 6, model: "stable-video-diffusion" } },
    { option: "seed", options: { prompt: "a fox", seed: 1, model: "hailuo-02" } },
  ])("$option for a model that does not take it, with those that do", ({ option, options }) => {
    expect(refusal(options)).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({
          kind: "option-not-taken",
          option,
          models: expect.not.arrayContaining(["grok-imagine-video"]) as string[],
        }) as unknown,
      }),
    );
  });

  it("words alone for a model that needs a picture", () => {
    expect(refusal({ prompt: "a fox", model: "wan-2.2-i2v-fast" })).toThrow(
      expect.objectContaining(
        problem("option-needed", {
          option: "image",
          model: "Wan 2.2 fast, from a picture",
          models: ["animate-diff", "hailuo-02", "seedance-2.0", "veo-3.1-fast"],
        }),
      ),
    );
  });

  it("a length that the model does not make, and rounds none", () => {
    const tooLong = { prompt: "a fox", length: 7, model: "hailuo-02" };
    expect(refusal(tooLong)).toThrow(
      expect.objectContaining(
        problem("length-not-taken", {
          model: "Hailuo 02",
          seconds: 7,
          lengths: [6, 10],
          models: ["seedance-2.0"],
        }),
      ),
    );
    // Nobody who has a price makes it.
    expect(refusal({ prompt: "a fox", length: 2 })).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({ kind: "length-not-taken", model: "Hailuo 02" }) as unknown,
      }),
    );
  });
});

describe("a film's price", () => {
  const range = (options: Record<string, unknown>) => {
    const { model = "", input = {} } = run(options) ?? {};
    return estimateRange(findModel("video", model).price, input);
  };

  it("is that of the length which is sent", () => {
    const seedance = (length?: number) =>
      range({ prompt: "a fox", model: "seedance-2.0", ...(length ? { length } : {}) });
    expect(seedance(4)).toEqual({ low: 400_000, high: 400_000 });
    expect(seedance()).toEqual({ low: 500_000, high: 500_000 });
    expect(seedance(15)).toEqual({ low: 1_500_000, high: 1_500_000 });
  });

  it("has two ends where only they are known", () => {
    expect(range({ prompt: "a fox", model: "veo-3.1-fast", length: 8 })).toEqual({
      low: 800_000,
      high: 1_200_000,
    });
    expect(range({ prompt: "a fox", model: "hailuo-02" })).toEqual({ low: 100_000, high: 480_000 });
  });
});

describe("a film's answer", () => {
  const url = "https://replicate.delivery/a.mp4";
  const done = { model: "seedance-2.0", seconds: 61, cost: 500_000, result: { files: [url] } };
  const input = { duration: 5, seed: 4_471 };

  it("shows what was asked, the film, how long it is and what it cost", () => {
    expect(viewOf(animate, { prompt: "a fox runs", spoiler: true }, [{ ...done, input }], 40_000)).toEqual({
      text: "**a fox runs** · Mia",
      quiet: ["Seedance 2.0 · 61 s · 5 s of film · seed 4471 · 500 credits (40 left)"],
      files: [{ name: "a-fox-runs", alt: "a fox runs", spoiler: true, from: { url } }],
      buttons: [
        { label: "Again", action: "again" },
        { label: "Delete", action: "delete", style: "danger" },
      ],
    });
  });

  it("is named after its picture where there are no words, and says no length that nobody knows", () => {
    const view = viewOf(animate, { image: picture }, [{ ...done, input: {} }]);
    expect(view).toMatchObject({
      text: "**cat.png** · Mia",
      quiet: ["Seedance 2.0 · 61 s · 500 credits"],
      files: [{ name: "film", alt: "cat.png, as a film" }],
    });
    const frames = { num_frames: 81, frames_per_second: 16 };
    expect(viewOf(animate, { prompt: "a" }, [{ ...done, input: frames }]).quiet?.[0]).toContain(
      "· 5.1 s of film ·",
    );
  });

  it("can be varied where it has a seed of its asker's", () => {
    const labels = (options: object) =>
      viewOf(animate, { prompt: "a fox", ...options }, [done]).buttons?.map(({ label }) => label);
    expect(labels({ seed: 7 })).toEqual(["Again", "Vary", "Delete"]);
    expect(labels({})).toEqual(["Again", "Delete"]);
  });
});

it("a model that may not be used here does not run unasked", () => {
  const allowed = { allowed: "all", except: ["animate-diff"] } as const;
  expect(run({ prompt: "a fox" }, { allowed: { ...allowed, except: [...allowed.except] } })?.model).toBe(
    "hailuo-02",
  );
});
