import { afterAll, beforeAll, expect, it } from "vitest";
import { startReplicate, type ReplicateStandIn } from "../../sandbox/replicate/index.ts";
import { systemClock } from "../../src/services/clock.ts";
import { createReplicateApi } from "../../src/services/replicate/client.ts";
import { isSecret, secret, withoutSecrets, withSecrets } from "../../src/services/secret.ts";

const TOKEN = "hf_abcdefghijklmnopqrstuvwxyz";
const secrets = { huggingface: TOKEN };

it("is put in where it goes, and left out where the operator has none any more", () => {
  const input = { audio_file: "https://a", huggingface_access_token: secret("huggingface") };
  expect(withSecrets(input, secrets)).toEqual({ audio_file: "https://a", huggingface_access_token: TOKEN });
  expect(withSecrets(input, {})).toEqual({ audio_file: "https://a" });
});

it("is nothing that somebody could type", () => {
  for (const typed of ["huggingface", '{"secret":"huggingface"}', "secret:huggingface"]) {
    expect(isSecret(typed)).toBe(false);
    expect(withSecrets({ prompt: typed }, secrets)).toEqual({ prompt: typed });
  }
  expect(isSecret({ secret: "discord" })).toBe(false);
});

it("is taken out of whatever a server repeats", () => {
  expect(withoutSecrets(`The token ${TOKEN} is wrong: ${TOKEN}`, secrets)).toBe("The token … is wrong: …");
});

let replicate: ReplicateStandIn;
beforeAll(async () => void (replicate = await startReplicate({ pace: 0 })));
afterAll(() => replicate.close());

it("is in the request, and in no error that it comes back with", async () => {
  const api = createReplicateApi({
    token: replicate.token,
    baseUrl: replicate.baseUrl,
    clock: systemClock,
    secrets,
  });
  const request = {
    ref: "victor-upmeet/whisperx",
    official: false,
    cancelAfterSeconds: 60,
    input: { audio_file: "data:audio/ogg;base64,AAAA", huggingface_access_token: secret("huggingface") },
  };
  const { id } = await api.create(request);
  expect(replicate.predictions.get(id)?.input["huggingface_access_token"]).toBe(TOKEN);
  replicate.faults.add({
    method: "POST",
    path: /\/predictions$/,
    status: 422,
    body: {
      detail: `- input.huggingface_access_token: ${TOKEN} is no token`,
      invalid_fields: [{ field: "input.huggingface_access_token", description: `${TOKEN} is no token` }],
    },
  });
  const error = await api.create(request).catch((failure: unknown) => failure);
  expect(String(error)).toContain("… is no token");
  expect(JSON.stringify(error) + String(error)).not.toContain(TOKEN);
});
