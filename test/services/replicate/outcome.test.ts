import { describe, expect, it } from "vitest";
import { findModel } from "../../../src/services/models/index.ts";
import { Problem } from "../../../src/services/problem.ts";
import type { Prediction } from "../../../src/services/replicate/client.ts";
import { outcomeOf, problemOf, progressOf } from "../../../src/services/replicate/outcome.ts";
import { ReplicateFailure } from "../../../src/services/replicate/retry.ts";

const flux = findModel("image", "flux-schnell");
const claude = findModel("text", "claude-4.5-haiku");
const whisperx = findModel("transcription", "whisperx");

const prediction = (facts: Partial<Prediction>): Prediction => ({
  id: "p1",
  status: "succeeded",
  output: null,
  error: null,
  urls: {},
  ...facts,
});
const failed = (error: unknown) => outcomeOf(prediction({ status: "failed", error }), flux);

describe("a prediction that ended", () => {
  it("well has its result, and Replicate's counters", () => {
    const metrics = { predict_time: 3.1 };
    expect(outcomeOf(prediction({ output: ["https://replicate.delivery/a.png"], metrics }), flux)).toEqual({
      ended: "succeeded",
      result: { files: ["https://replicate.delivery/a.png"] },
      metrics,
    });
    expect(outcomeOf(prediction({ output: ["Hel", "lo"] }), claude)).toMatchObject({
      result: { text: "Hello" },
    });
  });

  it.each([null, "", [], {}, ["", " "]])("well, but with nothing (%j), has failed", (output) => {
    expect(outcomeOf(prediction({ output }), claude)).toMatchObject({
      ended: "failed",
      problem: { kind: "no-output", model: "Claude 4.5 Haiku" },
    });
  });

  it("well, in silence, has succeeded", () => {
    const output = { segments: [], detected_language: "en" };
    expect(outcomeOf(prediction({ output }), whisperx)).toMatchObject({
      ended: "succeeded",
      result: { text: "" },
    });
  });

  it("longer than an hour ago has lost its result", () => {
    expect(outcomeOf(prediction({ data_removed: true }), flux)).toMatchObject({
      problem: { kind: "output-gone" },
    });
  });

  it("because it was stopped is cancelled", () => {
    const metrics = { predict_time: 1 };
    expect(outcomeOf(prediction({ status: "canceled", metrics }), flux)).toEqual({
      ended: "cancelled",
      metrics,
    });
  });

  it("before it began took too long", () => {
    const problem = { kind: "timed-out", model: "FLUX schnell" };
    expect(outcomeOf(prediction({ status: "aborted" }), flux)).toMatchObject({ ended: "failed", problem });
  });

  it("badly has failed, with Replicate's code where there is one", () => {
    expect(failed("CUDA out of memory")).toMatchObject({
      problem: { kind: "model-failed", model: "FLUX schnell" },
    });
    expect(failed("Prediction interrupted (code: E6716)")).toMatchObject({ problem: { code: "E6716" } });
    expect(failed({ detail: "E1001: out of memory" })).toMatchObject({ problem: { code: "E1001" } });
    expect(failed(null)).toEqual({
      ended: "failed",
      problem: { kind: "model-failed", model: "FLUX schnell" },
      metrics: {},
    });
  });

  it.each([
    "NSFW content detected. Try running it again, or try a different prompt.",
    "All generated images contained NSFW content. Try running it again with a different prompt.",
    "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
  ])("by a filter says so: %s", (error) => {
    expect(failed(error)).toMatchObject({ ended: "failed", problem: { kind: "flagged" } });
  });
});

describe("a request that failed", () => {
  it.each([
    [{ status: 0, ambiguous: true }, { kind: "create-unknown" }],
    [{ status: 0 }, { kind: "replicate-unreachable" }],
    [{ status: 401 }, { kind: "operator-account", status: 401 }],
    [{ status: 402 }, { kind: "operator-account", status: 402 }],
    [{ status: 404 }, { kind: "model-not-found", model: "FLUX schnell" }],
    [{ status: 422 }, { kind: "input-refused", model: "FLUX schnell" }],
    [
      { status: 422, invalidFields: [{ field: "input.seed", description: "Must be less" }] },
      { kind: "input-refused", model: "FLUX schnell", field: "input.seed" },
    ],
    [
      { status: 429, retryAfterMs: 4_200 },
      { kind: "rate-limited", retryAfterSeconds: 5 },
    ],
    [{ status: 429 }, { kind: "rate-limited", retryAfterSeconds: 1 }],
    [{ status: 503 }, { kind: "replicate-unreachable" }],
  ])("with %j is a problem in people's words", (facts, reason) => {
    expect(problemOf(new ReplicateFailure(facts), flux).reason).toEqual(reason);
  });

  it("stays the problem that it was", () => {
    const problem = new Problem({ kind: "output-gone" });
    expect(problemOf(problem, flux)).toBe(problem);
    expect(problemOf(new TypeError("x"), flux).reason).toEqual({ kind: "replicate-unreachable" });
  });
});

describe("progress", () => {
  it("is the last bar in the logs, however it was drawn", () => {
    expect(progressOf("  0%|          | 0/4\r 50%|█████     | 2/4\r")).toBe(0.5);
    expect(progressOf("Loading\nGenerating:  40%|████      | 2/5 [00:01<00:02]\nnot a bar: 90%")).toBe(0.4);
    expect(progressOf("100%|██████████| 4/4\n 10%|█ | 1/10")).toBe(0.1);
    expect(progressOf("250%|")).toBe(1);
  });

  it("is unknown where no bar is", () => {
    for (const logs of [undefined, null, "", "Using seed: 4471", "50% done"])
      expect(progressOf(logs)).toBeUndefined();
  });
});
