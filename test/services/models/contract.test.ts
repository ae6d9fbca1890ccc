import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startReplicate, type ReplicateStandIn } from "../../../sandbox/replicate/index.ts";
import { attachmentSchema, type Attachment } from "../../../src/services/attachment.ts";
import { systemClock } from "../../../src/services/clock.ts";
import { catalogue } from "../../../src/services/models/index.ts";
import type { Model } from "../../../src/services/models/model.ts";
import { createReplicateApi, isTerminal, type ReplicateApi } from "../../../src/services/replicate/client.ts";
import { attached, contractOf, type Property, sampleInput, sent, wants } from "./contracts.ts";

const ajv = new Ajv({ strict: false });
addFormats.default(ajv);

const models: readonly Model[] = Object.values(catalogue).flat();

interface Sendable extends Property {
  const?: unknown;
  properties?: Record<string, unknown>;
}

/** What an entry can send, as JSON Schema. */
const sendable = ({ input }: Model) =>
  z.toJSONSchema(input) as { properties: Record<string, Sendable>; required?: string[] };

const isFile = ({ properties }: Sendable) => properties !== undefined && "contentType" in properties;

/** What is put in its place when it is sent is a text. */
const isSecret = ({ properties }: Sendable) => properties !== undefined && "secret" in properties;

/** JSON's types that go where the model wants this one. */
const typesFor = ({ type = "" }: Property) => (type === "number" ? ["number", "integer"] : [type]);

/** Where what the entry can send leaves what the model takes. */
function disagreements(ours: Sendable, theirs: Property): string[] {
  if (isSecret(ours)) return theirs.type === "string" ? [] : [`a secret where ${theirs.type} goes`];
  if (isFile(ours)) return theirs.type === "string" ? [] : [`a file where ${theirs.type} goes`];
  const values = "const" in ours ? [ours.const] : ours.enum;
  if (values)
    return values
      .filter((value) => !ajv.validate(theirs, value))
      .map((value) => `${JSON.stringify(value)} is not taken`);
  const { minimum = -Infinity, maximum = Infinity } = theirs;
  return [
    ...(theirs.enum ? ["anything, where only some values are taken"] : []),
    ...(typesFor(theirs).includes(ours.type ?? "") ? [] : [`${ours.type} where ${theirs.type} goes`]),
    ...((ours.minimum ?? -Infinity) < minimum ? [`less than ${minimum}`] : []),
    ...((ours.maximum ?? Infinity) > maximum ? [`more than ${maximum}`] : []),
  ];
}

/** Inputs of recorded examples that an entry would not send, and why. */
const otherwise: Record<string, string> = {
  output_format: "pictures are asked for as PNG, which loses nothing",
  align_output: "always on: subtitles need short segments",
  diarization: "left out where nobody asked who speaks",
  prompt_template: "one for both Llamas, the 70B's: the 8B's example has an input that is gone",
};

/** What the recorded example gave the model, as far as the entry sends it; each taken, or refused by the entry. */
function recorded(model: Model) {
  const { properties } = sendable(model);
  const given = Object.entries(contractOf(model).example?.input ?? {})
    .filter(([name]) => name in properties)
    .map(([name, value]) => [name, isFile(properties[name]!) ? attached(String(value)) : value] as const);
  const takes = (entries: typeof given) =>
    model.input.safeParse({ ...sampleInput(model), ...Object.fromEntries(entries) }).success;
  return { takes, taken: given.filter((one) => takes([one])), refused: given.filter((one) => !takes([one])) };
}

describe.each(models)("$key and its contract", (model) => {
  const contract = contractOf(model);
  const { properties, required = [] } = sendable(model);

  it("sends only what the model takes", () => {
    const wrong = Object.entries(properties).flatMap(([name, ours]) => {
      const theirs = contract.input.properties[name];
      return theirs
        ? disagreements(ours, theirs).map((why) => `${name}: ${why}`)
        : [`${name} does not exist`];
    });
    expect(wrong).toEqual([]);
  });

  it("always sends what the model requires", () => {
    expect(required).toEqual(expect.arrayContaining(contract.input.required ?? []));
    expect(Object.keys(sampleInput(model))).toEqual(expect.arrayContaining(contract.input.required ?? []));
  });

  it("was recorded exactly where it says so", () => {
    expect(model.sure === "recorded").toBe(contract.example !== undefined);
  });

  it.runIf(contract.example)("takes what its recorded example gave it, or it is said why not", () => {
    const { takes, taken, refused } = recorded(model);
    expect(refused.map(([name]) => name).filter((name) => !(name in otherwise))).toEqual([]);
    expect(taken.length).toBeGreaterThan(0);
    expect(takes(taken)).toBe(true);
  });
});

it("excuses nothing that is taken everywhere", () => {
  const refused = models.flatMap((model) => recorded(model).refused.map(([name]) => name));
  expect(new Set(refused)).toEqual(new Set(Object.keys(otherwise)));
});

describe("on the stand-in", () => {
  let replicate: ReplicateStandIn;
  let api: ReplicateApi;
  let picture: Attachment;
  let recording: Attachment;

  const sample = async (name: string, contentType: string) => {
    const bytes = await readFile(join(import.meta.dirname, "../../../sandbox/samples", name));
    return attached(`data:${contentType};base64,${bytes.toString("base64")}`, { name, contentType });
  };

  beforeAll(async () => {
    replicate = await startReplicate({ pace: 0 });
    api = createReplicateApi({ token: replicate.token, baseUrl: replicate.baseUrl, clock: systemClock });
    picture = await sample("photo.png", "image/png");
    recording = await sample("speech.ogg", "audio/ogg");
  });
  afterAll(() => replicate.close());

  /** The first want of the model's kind, with files that can be read. */
  function inputOf(model: Model): Record<string, unknown> {
    const file = model.kind === "transcription" ? recording : picture;
    const want = Object.fromEntries(
      Object.entries(wants[model.kind][0]!).map(([name, value]) =>
        attachmentSchema.safeParse(value).success ? [name, file] : [name, value],
      ),
    );
    return sent(model.input.parse(model.from(want as never)));
  }

  async function outputOf(model: Model): Promise<unknown> {
    const { ref, official } = model;
    let prediction = await api.create({ ref, official, input: inputOf(model), cancelAfterSeconds: 60 });
    while (!isTerminal(prediction)) {
      await systemClock.sleep(5);
      prediction = await api.get(prediction.id);
    }
    expect({ status: prediction.status, error: prediction.error }).toEqual({
      status: "succeeded",
      error: null,
    });
    return prediction.output;
  }

  const contentTypes: Partial<Record<Model["kind"], RegExp>> = {
    image: /^image\//,
    edit: /^image\//,
    inpaint: /^image\//,
    upscale: /^image\//,
    cutout: /^image\/png$/,
    video: /^video\/mp4$/,
    speech: /^audio\//,
  };

  it.each(models)("$key runs and its result is of its kind", async (model) => {
    const { text = "", files = [], segments = [] } = model.read(await outputOf(model));
    const type = contentTypes[model.kind];
    if (!type) {
      expect(text).not.toBe("");
      if (model.kind === "transcription") expect(segments.length).toBeGreaterThan(0);
      return;
    }
    expect(files).toHaveLength(1);
    const file = await fetch(files[0]!);
    expect(file.headers.get("content-type")).toMatch(type);
    await file.body?.cancel();
  });
});
