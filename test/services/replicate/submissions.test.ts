import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import { createBreaker } from "../../../src/services/replicate/breaker.ts";
import { createReplicateApi } from "../../../src/services/replicate/client.ts";
import { createLimiter } from "../../../src/services/replicate/limiter.ts";
import { createSubmissions, type Submissions } from "../../../src/services/replicate/submissions.ts";
import { secret } from "../../../src/services/secret.ts";
import type { Clock } from "../../../src/services/clock.ts";
import { systemClock } from "../../../src/services/clock.ts";

const create = /\/predictions$/;
const cat = {
  ref: "black-forest-labs/flux-schnell",
  official: true,
  input: { prompt: "a cat", seed: 7, num_outputs: 1 },
  cancelAfterSeconds: 60,
};

const nothing = () => Promise.resolve();
const silent = { run: "1", begun: nothing, refused: nothing };

let replicate: ReplicateStandIn;
let waits: number[];
let submissions: Submissions;

beforeEach(async () => {
  replicate = await startReplicate({ pace: 0 });
  waits = [];
  // Nobody waits long, and the time has passed all the same.
  let skipped = 0;
  const clock: Clock = {
    now: () => systemClock.now() + skipped,
    sleep: (ms, signal) => {
      waits.push(ms);
      skipped += ms;
      return systemClock.sleep(Math.min(ms, 5), signal);
    },
  };
  const api = createReplicateApi({ token: replicate.token, baseUrl: replicate.baseUrl, clock });
  submissions = createSubmissions({
    api,
    limiter: createLimiter(systemClock),
    breaker: createBreaker(clock, () => undefined),
    clock,
  });
});
afterEach(() => replicate.close());

const creates = () =>
  replicate.journal.filter(({ method, path }) => method === "POST" && create.test(path)).length;
const unknown = { reason: { kind: "create-unknown" } };

describe("a create whose answer was lost", () => {
  it.each([
    ["cut", { reset: "after" as const }],
    ["unreadable", { status: 201, body: "{" }],
    ["a failure of the gateway", { status: 502, body: "<html>" }],
  ])("(%s) is not sent again", async (_, fault) => {
    replicate.faults.add({ method: "POST", path: create, ...fault });
    await submissions.create(cat, silent).catch((error: unknown) => expect(error).toMatchObject(unknown));
    expect(creates()).toBe(1);
  });

  it("is found by its model, time and inputs", async () => {
    replicate.faults.add({ method: "POST", path: create, reset: "after" });
    const found = await submissions.create(cat, silent);
    expect(replicate.predictions.get(found.id)?.input).toMatchObject({ seed: 7 });
    expect(replicate.predictions.size).toBe(1);
  });

  it("is not taken for another one of the same model", async () => {
    await submissions.create({ ...cat, input: { ...cat.input, seed: 8 } }, silent);
    replicate.faults.add({ method: "POST", path: create, reset: "before" });
    await expect(submissions.create(cat, silent)).rejects.toMatchObject(unknown);
  });

  it("is not taken for one that belongs to somebody already", async () => {
    await submissions.create(cat, { ...silent, run: "2" });
    replicate.faults.add({ method: "POST", path: create, reset: "before" });
    await expect(submissions.create(cat, silent)).rejects.toMatchObject(unknown);
    expect(replicate.predictions.size).toBe(1);
  });

  it("is not taken for one with another file, even where all else is the same", async () => {
    const recording = (sound: string) => ({
      ref: "victor-upmeet/whisperx",
      official: false,
      input: { audio_file: `data:audio/wav;base64,${sound}`, align_output: true },
      cancelAfterSeconds: 60,
    });
    // Alice's create is under way, its answer lost; Bob's never arrived.
    replicate.faults.add({ method: "POST", path: "/v1/predictions", reset: "after" });
    const alice = submissions.create(recording("QUxJQ0U="), { ...silent, run: "2" });
    await expect.poll(() => replicate.predictions.size).toBe(1);
    replicate.faults.add({ method: "POST", path: "/v1/predictions", reset: "before" });
    await expect(submissions.create(recording("Qk9C"), silent)).rejects.toMatchObject(unknown);
    await expect(alice).resolves.toMatchObject({ id: [...replicate.predictions.keys()][0] });
  });

  it("is looked for three times over 30 seconds", async () => {
    replicate.faults.add({ method: "POST", path: create, reset: "before" });
    await expect(submissions.create(cat, silent)).rejects.toMatchObject(unknown);
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect(waits).toHaveLength(3);
    expect(waited).toBeGreaterThan(29_000);
    expect(waited).toBeLessThanOrEqual(30_000);
  });

  it("is looked for at once, and once, where that time is over by the time of a restart", async () => {
    await expect(submissions.recover(cat, { run: "1", sentAt: Date.now() - 60_000 })).rejects.toMatchObject(
      unknown,
    );
    expect(waits).toEqual([0]);
  });

  it("is found after a restart, from when it was sent", async () => {
    const sentAt = Date.now();
    replicate.faults.add({ method: "POST", path: create, reset: "after" });
    const lost = fetch(`${replicate.baseUrl}/models/${cat.ref}/predictions`, {
      method: "POST",
      headers: { authorization: `Bearer ${replicate.token}`, "content-type": "application/json" },
      body: JSON.stringify({ input: cat.input }),
    });
    await expect(lost).rejects.toThrow("fetch failed");
    const [prediction] = replicate.predictions.values();
    await expect(submissions.recover(cat, { run: "1", sentAt })).resolves.toMatchObject({
      id: prediction?.id,
    });
  });

  it("is found after a restart although nobody but its request had the secret in it", async () => {
    const sentAt = Date.now();
    const ref = "victor-upmeet/whisperx";
    const scalars = { audio_file: "https://cdn.discordapp.com/a", language: "en" };
    const api = createReplicateApi({
      token: replicate.token,
      baseUrl: replicate.baseUrl,
      clock: systemClock,
      secrets: { huggingface: "hf_secret" },
    });
    const request = {
      ref,
      official: false,
      cancelAfterSeconds: 60,
      input: { ...scalars, huggingface_access_token: secret("huggingface") },
    };
    const { id } = await api.create(request);
    await expect(submissions.recover(request, { run: "1", sentAt })).resolves.toMatchObject({ id });
    const other = { ...request, input: { ...request.input, language: "de" } };
    await expect(submissions.recover(other, { run: "2", sentAt })).rejects.toMatchObject(unknown);
  });

  it("is found after a restart by the addresses of its files, also in a list", async () => {
    const fox = { url: "https://cdn.discordapp.com/a/fox.png", name: "fox.png", contentType: "image/png" };
    const request = { ...cat, ref: "google/nano-banana" };
    const sentAt = Date.now();
    const sent = { prompt: "winter", image_input: [fox.url] };
    const { id } = await submissions.create({ ...request, input: sent }, silent);
    const stored = (url: string) => ({ prompt: "winter", image_input: [{ ...fox, url, bytes: 7 }] });
    const recover = (url: string) =>
      submissions.recover({ ...request, input: stored(url) }, { run: silent.run, sentAt });
    await expect(recover(fox.url)).resolves.toMatchObject({ id });
    await expect(recover("https://cdn.discordapp.com/a/other.png")).rejects.toMatchObject(unknown);
  });

  it("is found by its own run alone, where its id could not be stored", async () => {
    const sentAt = Date.now();
    const { id } = await submissions.create(cat, silent);
    await expect(submissions.recover(cat, { run: "2", sentAt })).rejects.toMatchObject(unknown);
    await expect(submissions.recover(cat, { run: "1", sentAt })).resolves.toMatchObject({ id });
  });
});

it("is stored as sent only while it may have been", async () => {
  replicate.faults.add({
    method: "POST",
    path: create,
    status: 429,
    body: { detail: "Throttled", retry_after: 0.1 },
  });
  const steps: string[] = [];
  const sending = {
    run: "1",
    begun: async () => void steps.push(`begun after ${creates()}`),
    refused: async () => void steps.push(`refused after ${creates()}`),
  };
  await submissions.create(cat, sending);
  expect(steps).toEqual(["begun after 0", "refused after 1", "begun after 1"]);
});

it("a throttled create is sent again, no earlier than Replicate said", async () => {
  replicate.faults.add({
    method: "POST",
    path: create,
    status: 429,
    body: { detail: "Throttled", retry_after: 1 },
  });
  const before = Date.now();
  await submissions.create(cat, silent);
  expect(creates()).toBe(2);
  expect(Date.now() - before).toBeGreaterThanOrEqual(950);
});

it("a version that is gone is asked for anew", async () => {
  const sdxl = { ...cat, ref: "stability-ai/sdxl", official: false };
  await submissions.create(sdxl, silent);
  const gone = {
    title: "Invalid version or not permitted",
    detail: "The specified version does not exist",
    status: 422,
  };
  replicate.faults.add({ method: "POST", path: "/v1/predictions", status: 422, body: gone });
  await expect(submissions.create(sdxl, silent)).resolves.toMatchObject({
    status: expect.any(String) as string,
  });
  const looks = replicate.journal.filter(({ path }) => path === "/v1/models/stability-ai/sdxl");
  expect(looks).toHaveLength(2);
});
