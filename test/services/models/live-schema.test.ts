import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkInput, nearestName } from "../../../src/services/models/live-input.ts";
import { normalise } from "../../../src/services/models/live-output.ts";
import { readLiveSchema, type ValueSchema } from "../../../src/services/models/live-schema.ts";
import { Problem, type ProblemReason } from "../../../src/services/problem.ts";

type Json = Record<string, unknown>;

/** Schemas as a model of Cog's has them. */
const schemas = (input: Json, output?: Json, more: Json = {}) => ({
  components: { schemas: { Input: input, ...(output ? { Output: output } : {}), ...more } },
});
const outputOf = (output: Json, more: Json = {}) =>
  readLiveSchema("a/b", schemas({ type: "object" }, output, more)).output;

/** One of everything that recorded models have among their inputs. */
const input: Json = {
  type: "object",
  title: "Input",
  required: ["prompt", "width"],
  properties: {
    width: { type: "integer", title: "Width", minimum: 64, maximum: 1024, "x-order": 1 },
    prompt: { type: "string", title: "Prompt", description: "What to draw", "x-order": 0 },
    scheduler: { allOf: [{ $ref: "#/components/schemas/scheduler" }], default: "DDIM", "x-order": 2 },
    outputs: { allOf: [{ $ref: "#/components/schemas/outputs" }], default: 1, "x-order": 3 },
    guidance_scale: { type: "number", minimum: 0, default: 7.5, "x-order": 4 },
    tiled: { type: "boolean", default: false, "x-order": 5 },
    image: { type: "string", format: "uri", "x-order": 6 },
    images: { type: "array", items: { type: "string", format: "uri" }, maxItems: 3, "x-order": 7 },
    name: { type: "string", minLength: 2, maxLength: 4, "x-order": 8 },
    text: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }], "x-order": 9 },
    seed: { type: "integer", nullable: true, default: null, "x-order": 10 },
    settings: { type: "object", "x-order": 11 },
  },
};
const definitions = {
  scheduler: { enum: ["DDIM", "K_EULER"], type: "string", description: "An enumeration." },
  outputs: { enum: [1, 4], type: "integer" },
};
const { fields } = readLiveSchema("a/b", schemas(input, undefined, definitions));
const field = (name: string) => fields.find((each) => each.name === name);

describe("a live schema", () => {
  it("becomes a plain list of inputs, in the page's order", () => {
    expect(fields.map(({ name }) => name)).toEqual(
      "prompt width scheduler outputs guidance_scale tiled image images name text seed settings".split(" "),
    );
    expect(field("prompt")).toEqual({
      name: "prompt",
      required: true,
      types: ["string"],
      description: "What to draw",
    });
    expect(field("width")).toMatchObject({ types: ["integer"], minimum: 64, maximum: 1024, required: true });
    expect(field("images")).toMatchObject({ items: { types: ["string"], uri: true }, maxItems: 3 });
  });

  it("has the choices that another schema names, and its own default", () => {
    expect(field("scheduler")).toMatchObject({
      choices: ["DDIM", "K_EULER"],
      default: "DDIM",
      required: false,
    });
    expect(field("outputs")).toMatchObject({ types: ["integer"], choices: [1, 4], default: 1 });
  });

  it("counts null as no default and no alternative", () => {
    expect(field("seed")).not.toHaveProperty("default");
    const nullable = { anyOf: [{ type: "string", format: "uri" }, { type: "null" }] };
    const [only] = readLiveSchema("a/b", schemas({ properties: { image: nullable } })).fields;
    expect(only?.alternatives).toEqual([{ types: ["string"], uri: true }]);
  });

  it("may speak of itself", () => {
    const tree = { type: "object", properties: { name: { type: "string" }, in: { $ref: "#/x/Tree" } } };
    expect(outputOf({ $ref: "#/x/Tree" }, { Tree: tree })?.properties?.get("in")).toEqual({ types: [] });
  });

  it.each([undefined, null, 7, "{}", {}, { components: {} }, schemas({}, {}, { Input: null }), []])(
    "that is none is a problem: %j",
    (document) => {
      expect(() => readLiveSchema("a/b", document)).toThrow(
        expect.objectContaining({ reason: { kind: "no-schema", model: "a/b" } }),
      );
    },
  );

  it("is read whatever its author wrote", () => {
    const keywords = ["type", "enum", "allOf", "anyOf", "$ref", "items", "properties", "default", "minimum"];
    const { property } = fc.letrec((tie) => ({
      property: fc.dictionary(fc.constantFrom(...keywords, "constructor", "__proto__"), tie("value")),
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>("string", "integer", null, 3, "#/components/schemas/Input", "toString"),
        tie("property"),
        fc.array(tie("value"), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(property, fc.jsonValue(), (schema, value) => {
        const document = schemas({ properties: { x: schema } }, schema);
        const live = readLiveSchema("a/b", document);
        expect(live.fields[0]?.name).toBe("x");
        expect(normalise(value, live.output)).toHaveProperty("texts");
        expect(reasonOf(live.fields, { x: value })?.kind ?? "bad-input").toBe("bad-input");
      }),
    );
  });

  it("is there for every model that the stand-in has a contract for", () => {
    const folder = join(import.meta.dirname, "../../../sandbox/replicate/contracts");
    for (const name of readdirSync(folder)) {
      const contract = JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, Json>;
      const live = readLiveSchema(name, schemas(contract["input"]!, contract["output"]));
      const names = live.fields.map(({ name }) => name);
      expect(names.sort()).toEqual(Object.keys(contract["input"]!["properties"] as Json).sort());
      expect(live.output).toBeDefined();
    }
  });
});

function reasonOf(given: typeof fields, values: Json): ProblemReason | undefined {
  try {
    checkInput(given, values);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.reason;
    throw error;
  }
}

const least = { prompt: "a fox", width: 512 };
const refusal = (values: Json) => reasonOf(fields, { ...least, ...values });

describe("an input", () => {
  it("that fits is sent as it was given, with its defaults left to Replicate", () => {
    const all = {
      ...least,
      scheduler: "K_EULER",
      outputs: 4,
      guidance_scale: 0,
      image: "data:image/png;base64,AA==",
      images: ["https://a.example/1.png", "http://a.example/2"],
      name: "👩👩👩👩",
      text: ["a", "b"],
      settings: { any: "thing" },
    };
    expect(checkInput(fields, all)).toEqual(all);
    expect(checkInput(fields, least)).toEqual(least);
  });

  it("is sent without what is null, which counts as absent", () => {
    expect(checkInput(fields, { ...least, seed: null, image: undefined, tiled: null })).toEqual(least);
    expect(refusal({ prompt: null })).toEqual({
      kind: "bad-input",
      field: "prompt",
      rule: { kind: "missing" },
    });
  });

  it("may have an attachment where a file goes, and nowhere else", () => {
    const file = { url: "https://cdn.example/a.png", name: "a.png", contentType: "image/png", bytes: 7 };
    expect(checkInput(fields, { ...least, image: file })["image"]).toBe(file);
    expect(refusal({ name: file })).toMatchObject({ field: "name", rule: { kind: "type" } });
  });

  it("with a misspelt key is refused with the nearest name, before anything is said to be missing", () => {
    expect(reasonOf(fields, { promt: "a fox", width: 512 })).toMatchObject({
      field: "promt",
      rule: { kind: "unknown", nearest: "prompt" },
    });
    expect(refusal({ zzz: 1 })).toMatchObject({
      rule: { kind: "unknown", known: expect.arrayContaining(["prompt"]) },
    });
    // Nor are the names that every object has.
    for (const name of ["constructor", "toString"])
      expect(refusal({ [name]: 1 })).toMatchObject({ field: name, rule: { kind: "unknown" } });
  });

  it.each<[Json, string, object]>([
    [{ width: "512" }, "width", { kind: "type", types: ["integer"] }],
    [{ width: 512.5 }, "width", { kind: "type", types: ["integer"] }],
    [{ guidance_scale: Number.NaN }, "guidance_scale", { kind: "type", types: ["number"] }],
    [{ prompt: 7 }, "prompt", { kind: "type", types: ["string"] }],
    [{ tiled: "true" }, "tiled", { kind: "type", types: ["boolean"] }],
    [{ images: "https://a.example/1.png" }, "images", { kind: "type", types: ["array"] }],
    [{ settings: [] }, "settings", { kind: "type", types: ["object"] }],
    [{ text: 7 }, "text", { kind: "type", types: ["string", "array"] }],
    [{ text: ["a", 7] }, "text[1]", { kind: "type", types: ["string"] }],
    [{ scheduler: "ddim" }, "scheduler", { kind: "choice", choices: ["DDIM", "K_EULER"] }],
    [{ outputs: 2 }, "outputs", { kind: "choice", choices: [1, 4] }],
    [{ width: 63 }, "width", { kind: "range", min: 64, max: 1024 }],
    [{ width: 1025 }, "width", { kind: "range", min: 64, max: 1024 }],
    [{ guidance_scale: -0.1 }, "guidance_scale", { kind: "range", min: 0 }],
    [{ name: "a" }, "name", { kind: "length", min: 2, max: 4 }],
    [{ images: Array<string>(4).fill("https://a.example/1.png") }, "images", { kind: "count", max: 3 }],
    [{ images: ["https://a.example/1.png", "fox"] }, "images[1]", { kind: "file" }],
    [{ image: "fox.png" }, "image", { kind: "file" }],
    [{ image: "" }, "image", { kind: "file" }],
    [{ image: "file:///etc/passwd" }, "image", { kind: "file" }],
    [{ image: "https://" }, "image", { kind: "file" }],
  ])("that is not what the model takes is refused: %j", (values, name, rule) => {
    expect(refusal(values)).toEqual({ kind: "bad-input", field: name, rule });
  });

  it("is refused exactly where JSON Schema refuses it", () => {
    const ajv = new Ajv({ strict: false, logger: false });
    ajv.addFormat("uri", (value) => URL.canParse(value));
    const accepts = ajv.compile({
      $ref: "#/components/schemas/Input",
      ...schemas(input, undefined, definitions),
    });
    const scalar = fc.oneof(
      fc.constantFrom("", "a", "fox", "512", "DDIM", "https://a.example/b c.png", "data:,x", "👩👩👩👩"),
      fc.constantFrom(0, 1, 2, 4, 63, 64, 512, 1024, 1025, 7.5, -1, true, false),
    );
    const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), fc.constant({}));
    const names = Object.keys(input["properties"] as Json);
    const some = fc.dictionary(fc.constantFrom(...names), value);
    const filled = some.map((values) => ({ ...least, ...values }));
    fc.assert(
      fc.property(fc.oneof(some, filled), (values) => {
        const nulls = Object.fromEntries(names.flatMap((name) => (name in values ? [] : [[name, null]])));
        expect(reasonOf(fields, { ...values, ...nulls }) === undefined).toBe(accepts(values));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the nearest name", () => {
  it.each([
    ["Prompt", "prompt"],
    ["pormpt", "prompt"],
    ["aspect-ratio", "aspect_ratio"],
    ["num_output", "num_outputs"],
    ["max_tokens", "max_new_tokens"],
    ["steps", "num_inference_steps"],
    ["fast", undefined],
    ["", undefined],
  ])("of %s is %s", (name, nearest) => {
    const known = ["prompt", "fps", "aspect_ratio", "num_outputs", "max_new_tokens", "num_inference_steps"];
    expect(nearestName(name, known)).toBe(nearest);
  });

  it("of a name with one letter wrong is that name", () => {
    const name = fc.stringMatching(/^[a-z]{6,20}$/);
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom("", "_", "__"), (name, at, instead) => {
        const place = at % name.length;
        const typed = name.slice(0, place) + instead + name.slice(place + 1);
        expect(nearestName(typed, ["0123456789", name, "9876543210123"])).toBe(name);
      }),
    );
  });
});

const address = "https://replicate.delivery/pbxt/a/out-0.png";

describe("an output", () => {
  const uri = outputOf({ type: "string", format: "uri" });
  const uris = outputOf({ type: "array", items: { type: "string", format: "uri" } });
  const pieces = outputOf({
    type: "array",
    items: { type: "string" },
    "x-cog-array-type": "iterator",
    "x-cog-array-display": "concatenate",
  });
  const details = outputOf(
    { $ref: "#/components/schemas/ModelOutput" },
    {
      ModelOutput: {
        type: "object",
        properties: { srt_file: { type: "string", format: "uri" }, text: { type: "string" }, extra: {} },
      },
    },
  );

  it.each<[string, unknown, ValueSchema | undefined, object]>([
    ["a text", "hello", outputOf({ type: "string" }), { texts: ["hello"], files: [] }],
    ["a file", address, uri, { texts: [], files: [address] }],
    ["files", [address, null, address], uris, { texts: [], files: [address, address] }],
    ["pieces of a text", ["Hel", "lo ", "there"], pieces, { texts: ["Hello there"], files: [] }],
    [
      "texts",
      ["a", "b"],
      outputOf({ type: "array", items: { type: "string" } }),
      { texts: ["a", "b"], files: [] },
    ],
    ["a number", 0.93, outputOf({ type: "number" }), { texts: [], files: [], json: 0.93 }],
    ["a boolean", false, undefined, { texts: [], files: [], json: false }],
    ["nothing", null, uri, { texts: [], files: [] }],
    ["an empty list", [], uris, { texts: [], files: [] }],
    ["no pieces", ["", ""], pieces, { texts: [], files: [] }],
    ["named files", { mesh: address, video: null }, undefined, { texts: [], files: [address] }],
    ["vectors", [[0.1], [0.2]], undefined, { texts: [], files: [], json: [[0.1], [0.2]] }],
  ])("of %s becomes what it is", (_name, output, schema, result) => {
    expect(normalise(output, schema)).toEqual(result);
  });

  it("that has everything in it is JSON as a whole, and its files are found", () => {
    const output = { srt_file: address, text: address, extra: [{ mask: address }], score: 1 };
    expect(normalise(output, details)).toEqual({ texts: [], files: [address, address], json: output });
  });

  it("of text is never a file, however much it looks like one", () => {
    for (const text of ["https://evil.example/metadata", "data:text/html,x"]) {
      expect(normalise([text], pieces)).toEqual({ texts: [text], files: [] });
      expect(normalise([text, " and more"], pieces)).toEqual({ texts: [`${text} and more`], files: [] });
      expect(normalise(text, outputOf({ type: "string" }))).toEqual({ texts: [text], files: [] });
    }
  });

  it("without a word about it is a file only if the whole of it is an address", () => {
    for (const file of [address, "http://a.example/b.mp3", "data:image/png;base64,AA=="])
      expect(normalise(file)).toEqual({ texts: [], files: [file] });
    for (const text of [`${address} is it`, `${address}\n`, "https:", "https://", "data: none", "ftp://a/b"])
      expect(normalise(text)).toEqual({ texts: [text], files: [] });
  });

  it("that is not what the model says is sorted by what it is", () => {
    expect(normalise([{ file: address, text: "x" }], uri)).toEqual({
      texts: [],
      files: [address],
      json: [{ file: address, text: "x" }],
    });
    expect(normalise("a busy street", uri)).toEqual({ texts: ["a busy street"], files: [] });
    expect(normalise(address, uris)).toEqual({ texts: [], files: [address] });
    expect(normalise("Hello", pieces)).toEqual({ texts: ["Hello"], files: [] });
    expect(normalise(["a", 7], pieces)).toEqual({ texts: ["a"], files: [], json: ["a", 7] });
  });

  it("follows the alternative that it is", () => {
    const either = outputOf({ anyOf: [{ type: "string" }, { type: "array", items: { format: "uri" } }] });
    expect(normalise(address, either)).toEqual({ texts: [address], files: [] });
    expect(normalise([address], either)).toEqual({ texts: [], files: [address] });
  });

  const leaf = fc.oneof(fc.constant(address), fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const { output } = fc.letrec((tie) => ({
    output: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("output"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("output"), { maxKeys: 4 }),
    ),
  }));

  const leaves = (value: unknown): unknown[] =>
    typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];

  it("loses nothing and makes nothing up, whatever the schema says", () => {
    const schema = fc.constantFrom(undefined, uri, uris, pieces, details);
    fc.assert(
      fc.property(output, schema, (output, schema) => {
        const { texts, files, json } = normalise(output, schema);
        const all = leaves(output).filter((each) => each !== null && each !== "");
        for (const each of all) {
          const shown = files.includes(each as string) || texts.some((text) => text.includes(String(each)));
          expect(shown || json === output).toBe(true);
        }
        expect(files.every((file) => file === address)).toBe(true);
        expect(texts.length + files.length).toBeLessThanOrEqual(all.length);
        if (json !== undefined) expect(json).toBe(output);
      }),
    );
  });

  it("of pieces is their text, to the letter", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constant(address)), { minLength: 1 }), (list) => {
        const { texts, files } = normalise(list, pieces);
        expect([texts.join(""), files]).toEqual([list.join(""), []]);
      }),
    );
  });
});
