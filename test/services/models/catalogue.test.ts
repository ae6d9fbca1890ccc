import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { Attachment } from "../../../src/services/attachment.ts";
import { catalogue, findModel, modelByKey, requireExtra } from "../../../src/services/models/index.ts";
import { type Model, type ModelKind, shapes, type Wants } from "../../../src/services/models/model.ts";
import { languages } from "../../../src/commands/languages.ts";

interface Contract {
  official: boolean;
  input: object;
  example?: { output: unknown };
}

/** What the model takes and gives, as Replicate says; recorded. */
const contractOf = ({ ref }: Pick<Model, "ref">): Contract => {
  const folder = join(import.meta.dirname, "../../../sandbox/replicate/contracts");
  return JSON.parse(readFileSync(join(folder, `${ref.replace("/", "__")}.json`), "utf8")) as Contract;
};

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

const file: Attachment = {
  url: "https://cdn.discordapp.com/a/b/file",
  name: "file",
  contentType: "image/png",
  bytes: 7,
};

/** Every combination of what the commands can ask for. */
const wants: { [Kind in ModelKind]: Wants[Kind][] } = {
  image: shapes.flatMap((shape) =>
    [1, 2, 3, 4].flatMap((count) =>
      [0, 4471, 2_147_483_647].flatMap((seed) =>
        [{}, { negative: "fog" }].map((more) => ({ prompt: "a fox", shape, count, seed, ...more })),
      ),
    ),
  ),
  upscale: ([2, 4, 8] as const).flatMap((scale) =>
    [true, false].map((faces) => ({ image: file, scale, faces })),
  ),
  transcription: [undefined, ...languages("en").map(({ value }) => value)].flatMap((language) =>
    [true, false].map((translate) => ({ audio: file, translate, ...(language ? { language } : {}) })),
  ),
  text: [1_024, 8_192].flatMap((maxTokens) =>
    [{}, { system: "Be brief." }].map((more) => ({ prompt: "Why?", maxTokens, ...more })),
  ),
};

const models: readonly Model[] = Object.values(catalogue).flat();

describe.each(models)("$key", (model) => {
  const contract = contractOf(model);

  it("takes every combination of options, by its own rules and by Replicate's", () => {
    const accepts = ajv.compile(contract.input);
    for (const want of wants[model.kind]) {
      // A run makes no more pictures than its model can.
      const asked = "count" in want ? { ...want, count: Math.min(want.count, model.picturesPerRun) } : want;
      const input = model.input.parse(model.from(asked));
      const sent = Object.fromEntries(
        Object.entries(input).map(([name, value]) => [
          name,
          value === file ? file.url : ((value as Attachment).url ?? value),
        ]),
      );
      accepts(sent);
      expect({ sent, errors: accepts.errors }).toEqual({ sent, errors: null });
    }
  });

  it("runs in the way in which Replicate runs it", () => {
    expect(model.official).toBe(contract.official);
  });

  it("has a price with a day and a source", () => {
    expect(model.price.asOf).toMatch(/^\d{4}-\d{2}$/);
    expect(model.price.source).not.toBe("");
  });

  it.runIf(contract.example)("understands what it once made", () => {
    const { output } = contract.example ?? {};
    const result = model.read(output);
    if (model.kind === "transcription") {
      const { segments = [], text = "" } = result;
      expect(segments.length).toBeGreaterThan(0);
      expect(text).toMatch(/^the little tales they tell are false/i);
      expect(result.language).toMatch(/^en/);
      for (const { start, end, text } of segments) {
        expect(end).toBeGreaterThan(start);
        expect(text).toBe(text.trim());
      }
    } else expect(result.files).toEqual([output].flat());
  });

  it("makes nothing of an output that is none, and does not stumble", () => {
    for (const output of [null, undefined, 7, {}, [], [null], { segments: "x" }]) {
      const { text = "", files = [] } = model.read(output);
      expect([text, files]).toEqual(["", []]);
    }
  });
});

describe("the catalogue", () => {
  it("has every key and reference once", () => {
    for (const names of [models.map(({ key }) => key), models.map(({ ref }) => ref)])
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
        reason: { kind: "unknown-model", name: "ears", suggestions: ["whisperx", "whisper"] },
      }),
    );
  });

  it("tells a model for something else from one that there is not", () => {
    expect(() => findModel("upscale", "flux-dev")).toThrow(
      expect.objectContaining({ reason: { kind: "wrong-model", name: "flux-dev", models: ["real-esrgan"] } }),
    );
  });

  it("names those that take an option for one that does not", () => {
    requireExtra(findModel("image", "sdxl"), "negative");
    expect(() => requireExtra(findModel("image", "flux-dev"), "negative")).toThrow(
      expect.objectContaining({
        reason: { kind: "option-not-taken", option: "negative", model: "FLUX dev", models: ["sdxl"] },
      }),
    );
  });
});

it("pieces of text are one text, and anything else among them is left out", () => {
  const deepseek = findModel("text", "deepseek-v3");
  expect(deepseek.read(["Hel", "lo", null, 7])).toEqual({ text: "Hello" });
  expect(deepseek.read("Hello")).toEqual({ text: "Hello" });
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
