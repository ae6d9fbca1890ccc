import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { languages } from "../../../src/commands/languages.ts";
import {
  catalogue,
  findModel,
  firstOf,
  modelByKey,
  orNextBest,
  requireExtra,
} from "../../../src/services/models/index.ts";
import { makesLength } from "../../../src/services/models/lengths.ts";
import type { Model, Wants } from "../../../src/services/models/model.ts";
import { whisperLanguages } from "../../../src/services/models/whisper-languages.ts";
import { contractOf, sent, wants } from "./contracts.ts";

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

const models: readonly Model[] = Object.values(catalogue).flat();

type Want = Wants[keyof Wants];

/** Whether the commands would ask this model for it. */
function isFor(model: Model, want: Want): boolean {
  if (model.needs?.some((need) => !(need in want))) return false;
  return !model.takes.includes("length") || !("seconds" in want) || makesLength(model, want.seconds);
}

/** A run makes no more pictures than its model can. */
const possible = (model: Model, want: Want): Want =>
  "count" in want ? { ...want, count: Math.min(want.count, model.picturesPerRun) } : want;

describe.each(models)("$key", (model) => {
  const contract = contractOf(model);

  it("takes every combination of options, by its own rules and by Replicate's", () => {
    const accepts = ajv.compile(contract.input);
    for (const want of wants[model.kind]) {
      if (!isFor(model, want)) continue;
      const given = sent(model.input.parse(model.from(possible(model, want))));
      accepts(given);
      expect({ given, errors: accepts.errors }).toEqual({ given, errors: null });
    }
  });

  it("runs in the way in which Replicate runs it", () => {
    expect(model.official).toBe(contract.official);
  });

  it("has a price with a day and a source, or says that it has none", () => {
    if (model.price.per === "unknown") return expect(model.official).toBe(true);
    expect(model.price.asOf).toMatch(/^\d{4}-\d{2}$/);
    expect(model.price.source).not.toBe("");
  });

  it("says how long its recorded example ran, and nothing where none did", () => {
    const { predict_time: took } = contract.example?.metrics ?? {};
    expect(model.seconds).toBe(took && Number(took.toFixed(took < 10 ? 1 : 0)));
  });

  it.runIf(contract.example)("understands what it once made", () => {
    const { output } = contract.example ?? {};
    const { segments = [], text = "", language, files } = model.read(output);
    if (model.kind === "transcription") {
      expect(text).toMatch(/^the little tales they tell are false/i);
      expect(language ?? "en").toMatch(/^en/);
      expect(segments.length).toBeGreaterThan(0);
      for (const { start, end, text } of segments) {
        expect(end).toBeGreaterThan(start);
        expect(text).toBe(text.trim());
      }
    } else if (model.kind === "caption") expect(text).toBe("a woman sitting on the beach with a dog");
    else if (model.kind === "text") expect(text).toBe([output].flat().join(""));
    else expect(files).toEqual([output].flat());
  });

  it("makes nothing of an output that is none, and does not stumble", () => {
    for (const output of [null, undefined, 7, {}, [], [null], { segments: "x" }]) {
      const { text = "", files = [] } = model.read(output);
      expect([text, files]).toEqual(["", []]);
    }
  });
});

describe("the catalogue", () => {
  it("begins with what the commands run unasked", () => {
    const first = Object.values(catalogue).map((models) => models[0]?.key);
    expect(first).toContain("flux-schnell");
    expect(first).toContain("real-esrgan");
    expect(first).toContain("whisperx");
    expect(first).toContain("claude-4.5-haiku");
  });

  it("says of a model what it can't do without only where it takes it", () => {
    for (const { takes, needs = [] } of models) expect(takes).toEqual(expect.arrayContaining([...needs]));
  });

  it("says of a model which lengths it takes exactly where it takes one", () => {
    for (const { key, takes, lengths } of models)
      expect([key, lengths !== undefined]).toEqual([key, takes.includes("length")]);
  });

  it("knows every language that people can choose", () => {
    expect(
      languages("en")
        .map(({ value }) => value)
        .toSorted(),
    ).toEqual(Object.keys(whisperLanguages).toSorted());
  });

  it("has every key once, and of each kind every reference", () => {
    for (const names of [models.map(({ key }) => key), models.map(({ kind, ref }) => `${kind} ${ref}`)])
      expect(new Set(names).size).toBe(models.length);
  });

  it("finds a model by its key or its reference, however it is typed", () => {
    for (const name of ["flux-dev", " FLUX-dev ", "black-forest-labs/flux-dev", "Black-Forest-Labs/FLUX-dev"])
      expect(findModel("image", name).title).toBe("FLUX dev");
    expect(modelByKey("whisper")?.title).toBe("Whisper");
    expect(modelByKey("nobody")).toBeUndefined();
  });

  it("names the models that there are for one that there is not", () => {
    expect(() => findModel("transcription", "ears")).toThrow(
      expect.objectContaining({
        reason: {
          kind: "unknown-model",
          name: "ears",
          suggestions: ["whisperx", "incredibly-fast-whisper", "whisper"],
        },
      }),
    );
  });

  it("tells a model for something else from one that there is not", () => {
    expect(() => findModel("upscale", "flux-dev")).toThrow(
      expect.objectContaining({
        reason: { kind: "wrong-model", name: "flux-dev", models: ["real-esrgan", "gfpgan"] },
      }),
    );
  });

  it("names those that take an option for one that does not", () => {
    requireExtra(findModel("image", "sdxl"), "negative");
    expect(() => requireExtra(findModel("image", "flux-dev"), "negative")).toThrow(
      expect.objectContaining({
        reason: {
          kind: "option-not-taken",
          option: "negative",
          model: "FLUX dev",
          models: ["sdxl", "stable-diffusion"],
        },
      }),
    );
  });
});

it("suggests no model that would be refused for want of a price, unless there is no other", () => {
  expect(() => findModel("image", "dall-e")).toThrow(
    expect.objectContaining({
      reason: expect.objectContaining({
        suggestions: expect.not.arrayContaining(["qwen-image"]) as string[],
      }) as unknown,
    }),
  );
  expect(() => requireExtra(findModel("video", "animate-diff"), "image")).toThrow(
    expect.objectContaining({
      reason: {
        kind: "option-not-taken",
        option: "image",
        model: "AnimateDiff",
        models: ["stable-video-diffusion", "hailuo-02", "seedance-2.0", "veo-3.1-fast"],
      },
    }),
  );
});

it("pieces of text are one text, and anything else among them is left out", () => {
  const deepseek = findModel("text", "deepseek-v3");
  expect(deepseek.read(["Hel", "lo", null, 7])).toEqual({ text: "Hello" });
  expect(deepseek.read("Hello")).toEqual({ text: "Hello" });
});

it("the next best model that can do something is one that may be used", () => {
  const schnell = findModel("image", "flux-schnell");
  const except =
    (...keys: string[]) =>
    (key: string) =>
      !keys.includes(key);
  expect(orNextBest(schnell, "seed", except("flux-schnell"))).toBe(schnell);
  expect(orNextBest(schnell, "reference", except()).key).toBe("flux-dev");
  expect(orNextBest(schnell, "reference", except("flux-dev")).key).toBe("flux-1.1-pro");
  expect(() => orNextBest(schnell, "reference", () => false)).toThrow(
    expect.objectContaining({ reason: { kind: "model-denied", model: "FLUX dev", models: [] } }),
  );
  expect(() => orNextBest(schnell, "voice", except())).toThrow(
    expect.objectContaining({ reason: expect.objectContaining({ kind: "option-not-taken" }) }),
  );
});

it("what runs unasked has a price, may be used and suits, or it is one whose refusal says why", () => {
  const key = (...of: Parameters<typeof firstOf<"image">>) => firstOf(...of).key;
  expect(key("image", () => true)).toBe("flux-schnell");
  expect(key("image", (model) => model !== "flux-schnell")).toBe("flux-dev");
  expect(
    key(
      "image",
      () => true,
      ({ takes }) => takes.includes("negative"),
    ),
  ).toBe("sdxl");
  // Denied, which is said; not one that may be used and can't do it.
  expect(
    key(
      "image",
      (model) => model === "flux-dev",
      ({ takes }) => takes.includes("negative"),
    ),
  ).toBe("sdxl");
  // One without a price is never the default.
  expect(
    key(
      "image",
      () => true,
      (model) => model.key === "qwen-image",
    ),
  ).toBe("flux-schnell");
});

it("a caption is said plainly, however BLIP wraps it", () => {
  const blip = findModel("caption", "blip");
  for (const output of ["Caption: a cat", "a cat", ["a cat"], [{ text: "Caption: a cat" }]])
    expect(blip.read(output)).toEqual({ text: "a cat" });
});

it("the last piece of a recording may have no end", () => {
  const whisper = findModel("transcription", "incredibly-fast-whisper");
  expect(whisper.read({ text: " Hi", chunks: [{ text: " Hi", timestamp: [0.5, null] }, "?"] })).toEqual({
    text: "Hi",
    segments: [{ start: 0.5, end: 1.5, text: "Hi" }],
  });
});

it("a translation is what was asked for, where there is one", () => {
  const whisper = findModel("transcription", "whisper");
  const output = {
    segments: [],
    detected_language: "german",
    transcription: "Guten Tag",
    translation: "Good day",
  };
  expect(whisper.read(output)).toEqual({ text: "Good day", segments: [], language: "german" });
});
