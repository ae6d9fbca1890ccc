import type { Run } from "../../src/services/jobs.ts";
import { describe, expect, it } from "vitest";
import { imagine } from "../../src/commands/imagine.ts";
import { problem, runsOf, viewOf } from "./asked.ts";

const refused = (kind: string, facts: object) =>
  expect.objectContaining({ reason: expect.objectContaining({ kind, ...facts }) });

describe("/imagine", () => {
  it("runs the operator's model where nobody named one, with a seed of chance", () => {
    expect(runsOf(imagine, { prompt: "a fox" })).toEqual([
      {
        key: "image-1",
        model: "flux-schnell",
        input: { prompt: "a fox", aspect_ratio: "1:1", num_outputs: 1, seed: 4_471, output_format: "png" },
      },
    ]);
  });

  it("makes several pictures in one run where the model can", () => {
    const runs = runsOf(imagine, { prompt: "a fox", count: 4, shape: "wide", seed: 7 });
    expect(runs).toMatchObject([{ input: { num_outputs: 4, aspect_ratio: "16:9", seed: 7 } }]);
  });

  it("makes several runs where the model makes one picture a run, each with a seed of its own", () => {
    const runs = runsOf(imagine, { prompt: "a fox", count: 3, model: "flux-1.1-pro", seed: 7 });
    expect(runs.map(({ key, input }) => [key, input["seed"]])).toEqual([
      ["image-1", 7],
      ["image-2", 8],
      ["image-3", 9],
    ]);
  });

  it("goes on at the beginning after the last seed", () => {
    const runs = runsOf(imagine, {
      prompt: "a fox",
      count: 2,
      model: "ideogram-v3-turbo",
      seed: 2_147_483_647,
    });
    expect(runs.map(({ input }) => input["seed"])).toEqual([2_147_483_647, 0]);
  });

  it("names the models that take an option for one that does not", () => {
    expect(() => runsOf(imagine, { prompt: "a fox", negative: "fog" })).toThrow(
      expect.objectContaining(
        problem("option-not-taken", {
          option: "negative",
          model: "FLUX schnell",
          models: ["sdxl", "stable-diffusion"],
        }),
      ),
    );
    expect(() => runsOf(imagine, { prompt: "a fox", model: "nano-banana", seed: 7 })).toThrow(
      refused("option-not-taken", { option: "seed", model: "Nano Banana" }),
    );
  });

  it("refuses models that there are not, or that draw nothing", () => {
    expect(() => runsOf(imagine, { prompt: "a fox", model: "dall-e" })).toThrow(
      refused("unknown-model", { name: "dall-e" }),
    );
    expect(() => runsOf(imagine, { prompt: "a fox", model: "whisper" })).toThrow(
      refused("wrong-model", { name: "whisper" }),
    );
  });
});

describe("quality", () => {
  const modelFor = (quality: string, more: Parameters<typeof runsOf>[2] = {}) =>
    runsOf(imagine, { prompt: "a fox", quality }, more)[0]?.model;

  it("chooses a model for those who don't care for names", () => {
    expect(["fast", "balanced", "best"].map((quality) => modelFor(quality))).toEqual([
      "flux-schnell",
      "flux-2-pro",
      "nano-banana-2",
    ]);
  });

  it("chooses one that may be used, and lets the first be refused where none may", () => {
    const without = (...except: string[]) => ({ allowed: { allowed: "all" as const, except } });
    expect(modelFor("balanced", without("flux-2-pro"))).toBe("flux-1.1-pro");
    expect(modelFor("fast", { allowed: { allowed: "none", except: [] } })).toBe("flux-schnell");
  });

  it("does not go together with a model's name", () => {
    expect(() => runsOf(imagine, { prompt: "a fox", quality: "best", model: "sdxl" })).toThrow(
      refused("either-or", { options: ["model", "quality"] }),
    );
  });
});

describe("style and enhance", () => {
  const prompts = (options: object) =>
    runsOf(imagine, { prompt: "a fox.", ...options }).map(({ input }) => input["prompt"]);

  it("put how a picture is made behind what it shows", () => {
    expect(prompts({ style: "watercolour" })).toEqual([
      expect.stringMatching(/^a fox\. Style: a watercolour on cold-pressed paper; soft washes/),
    ]);
    expect(prompts({})).toEqual(["a fox."]);
  });

  it("give subject, style, details and quality a line each", () => {
    const [words] = prompts({ style: "comic", enhance: true });
    expect(
      String(words)
        .split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(["Subject", "Style", "Details", "Quality"]);
    expect(String(prompts({ enhance: true })[0])).not.toContain("Style");
  });

  it("tell a model that takes it what the style has no place for, beside the asker's own words", () => {
    const negative = (options: object) =>
      runsOf(imagine, { prompt: "a fox", style: "photo", ...options })[0]?.input["negative_prompt"];
    expect(negative({ model: "sdxl" })).toMatch(/^painting, drawing/);
    expect(negative({ model: "sdxl", negative: "snow" })).toMatch(/^snow, painting, drawing/);
    expect(negative({})).toBeUndefined();
  });

  it("all draws one picture in each style, from the same chance, in runs of their own", () => {
    const runs = runsOf(imagine, { prompt: "a fox", style: "all", seed: 7 });
    expect(runs.map(({ key }) => key)).toEqual([
      "image-photo",
      "image-anime",
      "image-oil-painting",
      "image-watercolour",
      "image-digital-art",
      "image-surreal",
      "image-pop-art",
      "image-minimalist",
      "image-comic",
      "image-cyberpunk",
    ]);
    for (const { input } of runs) expect(input).toMatchObject({ seed: 7, num_outputs: 1 });
    expect(new Set(runs.map(({ input }) => input["prompt"])).size).toBe(10);
    expect(() => runsOf(imagine, { prompt: "a fox", style: "all", count: 2 })).toThrow(
      refused("either-or", { options: ["style:all", "count"] }),
    );
  });
});

describe("a picture's answer", () => {
  const urls = ["https://replicate.delivery/a.png", "https://replicate.delivery/b.png"];

  it("shows what was asked, the picture, and how it was made in one quiet line", () => {
    const run = { seconds: 3.1, cost: 3_000, input: { seed: 4_471 }, result: { files: urls.slice(0, 1) } };
    expect(viewOf(imagine, { prompt: "a fox, at dusk" }, [run], 247_000)).toEqual({
      text: "**a fox, at dusk** · Mia",
      quiet: ["FLUX schnell · 3.1 s · seed 4471 · 3 credits (247 left)"],
      files: [{ name: "a-fox-at-dusk", alt: "a fox, at dusk", from: { url: urls[0] } }],
      buttons: [
        { label: "Upscale", action: "upscale", arg: "1" },
        { label: "Animate", action: "animate" },
        { label: "Remove background", action: "remove-background" },
        { label: "Edit", action: "edit" },
        { label: "Again", action: "again" },
        { label: "Vary", action: "vary" },
        { label: "Remix", action: "remix" },
        { label: "Delete", action: "delete", style: "danger" },
      ],
    });
  });

  it("has a button to upscale each of several pictures, and Retry where one of them failed", () => {
    const failed: Partial<Run> = { state: "failed", problem: { kind: "model-failed", model: "X" } };
    const labels = (runs: Partial<Run>[]) =>
      viewOf(imagine, { prompt: "a fox" }, runs).buttons?.map(({ label }) => label);
    expect(labels([{ result: { files: urls } }, failed])).toEqual([
      "Upscale 1",
      "Upscale 2",
      "Animate",
      "Remove background",
      "Edit",
      "Again",
      "Vary",
      "Remix",
      "Retry",
      "Delete",
    ]);
    // Words that the filter stops once, it stops again.
    expect(labels([{ result: { files: urls } }, { ...failed, problem: { kind: "flagged" } }])).not.toContain(
      "Retry",
    );
  });

  it("keeps a picture's number while others are still to come, in any order", () => {
    const made = (url: string): Partial<Run> => ({ result: { files: [url] } });
    const shown = (runs: Partial<Run>[]) =>
      viewOf(imagine, { prompt: "a fox", count: 3 }, runs).files?.map(({ name }) => name);
    const waiting: Partial<Run> = { state: "processing" };
    expect(shown([waiting, made("b"), waiting])).toEqual(["a-fox-2"]);
    expect(shown([made("a"), made("b"), waiting])).toEqual(["a-fox-1", "a-fox-2"]);
    const { buttons } = viewOf(imagine, { prompt: "a fox", count: 3 }, [
      made("a"),
      { state: "failed", problem: { kind: "flagged" } },
      made("c"),
    ]);
    const upscale = { action: "upscale" };
    expect(buttons?.slice(0, 2)).toEqual([
      { label: "Upscale 1", arg: "1", ...upscale },
      { label: "Upscale 3", arg: "3", ...upscale },
    ]);
  });

  it("numbers several pictures, and has a name where the prompt has no letters", () => {
    const names = viewOf(imagine, { prompt: "🦊🦊" }, [{ result: { files: urls } }]).files?.map(
      ({ name }) => name,
    );
    expect(names).toEqual(["picture-1", "picture-2"]);
  });

  it("is named and labelled by its style where there is one of each", () => {
    const made = (key: string, url: string): Partial<Run> => ({ key, result: { files: [url] } });
    const { files, buttons } = viewOf(imagine, { prompt: "a fox", style: "all" }, [
      made("image-photo", "a"),
      { key: "image-anime", state: "failed", problem: { kind: "flagged" } },
      made("image-oil-painting", "c"),
    ]);
    expect(files).toMatchObject([
      { name: "a-fox-photo", alt: "a fox (photo)" },
      { name: "a-fox-oil-painting", alt: "a fox (oil painting)" },
    ]);
    expect(buttons?.slice(0, 4)).toEqual([
      { label: "Upscale photo", action: "upscale", arg: "photo" },
      { label: "Upscale oil painting", action: "upscale", arg: "oil-painting" },
      { label: "Animate", action: "animate" },
      { label: "Remove background", action: "remove-background-of" },
    ]);
  });

  it("has buttons for all of ten pictures, as Discord has room for", () => {
    const runs = runsOf(imagine, { prompt: "a fox", style: "all" });
    const { buttons } = viewOf(
      imagine,
      { prompt: "a fox", style: "all" },
      runs.map(({ key }) => ({ key, result: { files: [`https://x/${key}`] } })),
    );
    expect(buttons).toHaveLength(17);
  });

  it("shows what was sent where structure was added", () => {
    const { text } = viewOf(imagine, { prompt: "a fox <@1>", enhance: true, style: "comic" }, [{}]);
    expect(text.split("\n").slice(0, 3)).toEqual([
      "**a fox \\<\\@1\\>** · Mia",
      "> Subject\\: a fox \\<\\@1\\>.",
      "> Style\\: a comic book panel, inked and coloured.",
    ]);
  });

  it("says how far it is while it runs, and can be stopped", () => {
    const waiting = viewOf(imagine, { prompt: "a fox" }, [{ state: "starting" }]);
    expect(waiting.quiet).toEqual(["FLUX schnell · waiting for a free machine · asked <t:0:R>"]);
    expect(waiting.buttons).toEqual([{ label: "Stop", action: "stop", style: "secondary" }]);
    const working = viewOf(imagine, { prompt: "a fox" }, [
      { state: "waiting" },
      {
        state: "processing",
        progress: 0.4,
        startedAt: 60_000,
        expected: { waitSeconds: 1, runSeconds: 9 },
      },
    ]);
    expect(working.quiet).toEqual(["FLUX schnell · ▰▰▰▰▱▱▱▱▱▱ 40 % · begun <t:60:R> · usually 9.0 s"]);
  });

  it("says where it stands in line, what it usually waits for, and when no machine is ready", () => {
    const quietOf = (run: Partial<Run>) => viewOf(imagine, { prompt: "a fox" }, [run]).quiet;
    expect(quietOf({ state: "waiting", ahead: 3 })).toEqual([
      "FLUX schnell · 3 ahead in line · asked <t:0:R>",
    ]);
    expect(quietOf({ state: "waiting", ahead: 0 })).toEqual(["FLUX schnell · next in line · asked <t:0:R>"]);
    expect(quietOf({ state: "starting", expected: { waitSeconds: 40, runSeconds: 9 } })).toEqual([
      "FLUX schnell · waiting for a free machine · asked <t:0:R> · usually 40 s",
    ]);
    expect(quietOf({ state: "starting", cold: true })?.[0]).toContain("no machine is ready");
  });

  it("counts what failed, and why, beside what succeeded", () => {
    const { quiet } = viewOf(imagine, { prompt: "a fox" }, [
      { seconds: 2, cost: 3_000, result: { files: urls.slice(0, 1) } },
      { state: "failed", cost: 0, problem: { kind: "flagged" } },
    ]);
    expect(quiet?.[0]).toMatch(/^1 of 2 failed: The model's safety filter/);
    expect(quiet?.[1]).toBe("FLUX schnell · 2.0 s · 3 credits");
  });

  it("says that it was stopped, and what it had used", () => {
    const { quiet } = viewOf(imagine, { prompt: "a fox" }, [
      { state: "cancelled", cost: 1_000, problem: { kind: "cancelled" } },
    ]);
    expect(quiet).toEqual(["Stopped early · FLUX schnell · 1 credit"]);
  });

  it("does not let a prompt or a name format anything", () => {
    const { text } = viewOf(imagine, { prompt: "**bold**\n# title <@1> @everyone" }, [{}]);
    expect(text).toBe("**\\*\\*bold\\*\\* \\# title \\<\\@1\\> \\@everyone** · Mia");
  });
});
