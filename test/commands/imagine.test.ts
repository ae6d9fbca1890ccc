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
