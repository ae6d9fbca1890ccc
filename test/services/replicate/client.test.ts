import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import Replicate from "replicate";
import { afterEach, describe, expect, it } from "vitest";
import { within } from "../../../src/services/deadline.ts";
import { createReplicateApi } from "../../../src/services/replicate/client.ts";
import { ReplicateFailure, retryingFetch } from "../../../src/services/replicate/retry.ts";
import { whileGarbageIsCollected } from "../garbage.ts";
import { hangUp, impatientClock, json, type LocalServer, startLocalServer } from "../local-server.ts";

const token = "r8_TheTokenThatNobodyMaySee";
const succeeded = {
  id: "p1",
  status: "succeeded",
  output: ["done"],
  error: null,
  urls: { get: "", stream: null },
};
const fox = {
  ref: "black-forest-labs/flux-schnell",
  official: true,
  input: { prompt: "a fox" },
  cancelAfterSeconds: 60,
};

const servers: LocalServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Replicate, answering as the test says, and our client for it. */
async function connect(answer: Parameters<typeof startLocalServer>[0]) {
  const clock = impatientClock();
  const server = await startLocalServer(answer, { clock });
  servers.push(server);
  const api = createReplicateApi({ token, baseUrl: `${server.origin}/v1`, clock, random: () => 0 });
  return { api, clock, arrivals: server.arrivals, origin: server.origin };
}

const failureOf = (work: Promise<unknown>): Promise<ReplicateFailure> =>
  work.then(
    () => {
      throw new Error("It went well");
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(ReplicateFailure);
      return error as ReplicateFailure;
    },
  );

describe("a prediction", () => {
  it("of an official model is created by its name, with a net under it", async () => {
    const { api, arrivals } = await connect((_, response) => json(response, 201, succeeded));
    expect(await api.create(fox)).toMatchObject({ id: "p1", status: "succeeded", output: ["done"] });
    const [arrival] = arrivals;
    expect(arrival).toMatchObject({
      method: "POST",
      path: "/v1/models/black-forest-labs/flux-schnell/predictions",
    });
    expect(arrival?.headers).toMatchObject({ authorization: `Bearer ${token}`, "cancel-after": "60s" });
    expect(JSON.parse(arrival?.body ?? "")).toEqual({ input: { prompt: "a fox" } });
  });

  it("of a community model is created by its latest version, which is looked up once an hour", async () => {
    const { api, arrivals, clock } = await connect(({ method }, response) =>
      method === "GET"
        ? json(response, 200, { latest_version: { id: "abc" } })
        : json(response, 201, succeeded),
    );
    const sdxl = { ...fox, ref: "stability-ai/sdxl", official: false };
    await api.create(sdxl);
    await api.create(sdxl);
    expect(arrivals.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/models/stability-ai/sdxl",
      "POST /v1/predictions",
      "POST /v1/predictions",
    ]);
    expect(JSON.parse(arrivals[1]?.body ?? "")).toEqual({ version: "abc", input: { prompt: "a fox" } });
    await clock.sleep(60 * 60_000);
    await api.create(sdxl);
    expect(arrivals).toHaveLength(5);
  });

  it("is never given less than the five seconds that Replicate wants", async () => {
    const { api, arrivals } = await connect((_, response) => json(response, 201, succeeded));
    await api.create({ ...fox, cancelAfterSeconds: 1.2 });
    expect(arrivals[0]?.headers["cancel-after"]).toBe("5s");
  });
});

describe("when Replicate throttles", () => {
  const throttled = (detail: string) => ({ detail, status: 429 });
  it.each([
    ["its header", throttled("Request was throttled."), { "retry-after": "7" }, 7_000],
    ["the body's number", { ...throttled("Request was throttled."), retry_after: 5 }, {}, 5_000],
    ["the body's words", throttled("Request was throttled. Your rate limit resets in ~30s."), {}, 30_000],
    [
      "the longest of them",
      { ...throttled("Your rate limit resets in ~9s."), retry_after: 3 },
      { "retry-after": "4" },
      9_000,
    ],
  ])("another request waits for as long as %s says", async (_, body, headers, waitMs) => {
    const { api, arrivals } = await connect((_, response, nth) =>
      nth === 0 ? json(response, 429, body, headers) : json(response, 201, succeeded),
    );
    await api.cancel("p1");
    expect(arrivals).toHaveLength(2);
    expect((arrivals[1]?.at ?? 0) - (arrivals[0]?.at ?? 0)).toBeGreaterThanOrEqual(waitMs);
  });

  it("Replicate is asked five times at the most, and never hammered", async () => {
    const { api, arrivals } = await connect((_, response) =>
      json(response, 429, throttled("Request was throttled.")),
    );
    expect(await failureOf(api.cancel("p1"))).toMatchObject({ status: 429, ambiguous: false });
    expect(arrivals).toHaveLength(5);
    for (const [index, { at }] of arrivals.slice(1).entries())
      expect(at - (arrivals[index]?.at ?? 0)).toBeGreaterThanOrEqual(500);
  });

  it("a creation is not repeated here: whoever paces creations does that", async () => {
    const { api, arrivals } = await connect((_, response) => json(response, 429, { retry_after: 3 }));
    expect(await failureOf(api.create(fox))).toMatchObject({ status: 429, retryAfterMs: 3_000 });
    expect(arrivals).toHaveLength(1);
  });

  it("nobody waits for longer than two minutes", async () => {
    const { api, arrivals, clock } = await connect((_, response) =>
      json(response, 429, { retry_after: 300 }),
    );
    const before = clock.now();
    expect(await failureOf(api.cancel("p1"))).toMatchObject({ status: 429, retryAfterMs: 300_000 });
    expect(arrivals).toHaveLength(1);
    expect(clock.now()).toBe(before);
  });
});

describe("a request that has an effect", () => {
  it("is sent once where the connection breaks, for nobody knows whether it had it", async () => {
    const { api, arrivals } = await connect((_, response) => hangUp(response));
    expect(await failureOf(api.create(fox))).toMatchObject({ status: 0, ambiguous: true });
    expect(arrivals).toHaveLength(1);
  });

  it("is sent once even through the client's own loop", async () => {
    const { origin, clock, arrivals } = await connect((_, response) => hangUp(response));
    const fetch = retryingFetch({ clock, random: () => 0, attempts: 5, patienceMs: 60_000 });
    const client = new Replicate({ auth: token, baseUrl: `${origin}/v1`, fetch, useFileOutput: false });
    await expect(client.predictions.create({ version: "abc", input: {} })).rejects.toMatchObject({
      ambiguous: true,
    });
    expect(arrivals).toHaveLength(1);
  });

  it("is sent once where the server failed", async () => {
    const { api, arrivals } = await connect((_, response) => json(response, 502, {}));
    expect(await failureOf(api.create(fox))).toMatchObject({ status: 502 });
    expect(arrivals).toHaveLength(1);
  });

  it("may have had it where its answer can't be read", async () => {
    const { api, arrivals } = await connect((_, response) =>
      response.writeHead(201).end('{"id": "p1", "sta'),
    );
    expect(await failureOf(api.create(fox))).toMatchObject({ status: 0, ambiguous: true });
    expect(arrivals).toHaveLength(1);
  });

  it.each([
    ["is refused", (response: ServerResponse) => json(response, 502, {})],
    ["breaks", (response: ServerResponse) => hangUp(response)],
    ["can't be read", (response: ServerResponse) => response.writeHead(201).end('{"latest_ver')],
  ])("cannot have had it where what comes before it %s", async (_, answer) => {
    const { api, arrivals } = await connect((_arrival, response) => void answer(response));
    const nothingRan = { status: 0, ambiguous: false };
    expect(await failureOf(api.create({ ...fox, official: false }))).toMatchObject(nothingRan);
    expect(await failureOf(api.upload(new File(["x"], "x.wav")))).toMatchObject(nothingRan);
    expect(arrivals.filter(({ method, path }) => method === "POST" && path !== "/v1/files")).toEqual([]);
  });

  it("is sent again where nothing was reached, so that nothing can have happened", async () => {
    const gone = await startLocalServer(() => undefined);
    const port = Number(new URL(gone.origin).port);
    await gone.close();
    const time = impatientClock();
    const clock = {
      ...time,
      // Replicate comes back while we wait.
      sleep: async (ms: number) => {
        if (servers.length === 0)
          servers.push(await startLocalServer((_, response) => json(response, 201, succeeded), { port }));
        await time.sleep(ms);
      },
    };
    const api = createReplicateApi({ token, baseUrl: `${gone.origin}/v1`, clock, random: () => 0.5 });
    expect(await api.create(fox)).toMatchObject({ id: "p1" });
    expect(servers[0]?.arrivals).toHaveLength(1);
  });
});

describe("a question", () => {
  it.each([500, 502, 503, 504])("is asked again after %i", async (status) => {
    const { api, arrivals } = await connect((_, response, nth) =>
      nth < 2
        ? response.writeHead(status, { "content-type": "text/html" }).end("<h1>Sorry</h1>")
        : json(response, 200, succeeded),
    );
    expect(await api.get("p1")).toMatchObject({ status: "succeeded" });
    expect(arrivals).toHaveLength(3);
  });

  it("is asked again where the connection breaks", async () => {
    const { api, arrivals } = await connect((_, response, nth) =>
      nth === 0 ? hangUp(response) : json(response, 200, succeeded),
    );
    expect(await api.get("p1")).toMatchObject({ status: "succeeded" });
    expect(arrivals).toHaveLength(2);
  });

  it("is not asked again where the answer is no", async () => {
    const { api, arrivals } = await connect((_, response) => json(response, 404, { detail: "Not found" }));
    expect(await failureOf(api.get("p1"))).toMatchObject({ status: 404, detail: "Not found" });
    expect(arrivals).toHaveLength(1);
  });

  it("fails like an unanswered one where its answer is no prediction", async () => {
    const { api } = await connect((_, response) => json(response, 200, { hello: "world" }));
    expect(await failureOf(api.get("p1"))).toMatchObject({ status: 0 });
  });

  it.each([
    ["its answer", () => undefined],
    ["its answer's end", (response: ServerResponse) => void response.write('{"id":')],
  ])("is given up where nothing is heard of %s", async (_, answer) => {
    const { clock, origin, arrivals } = await connect((_arrival, response) => answer(response));
    const policy = { clock, random: () => 0, attempts: 2, patienceMs: 60_000, timeoutMs: 200 };
    // With a signal of its own, as every question of a run has.
    const ask = retryingFetch(policy)(`${origin}/v1/x`, { signal: new AbortController().signal });
    const text = ask.then((response) => response.text());
    await expect(whileGarbageIsCollected(within(5_000, text))).rejects.toThrow(/no answer|Not done within/);
    expect(arrivals.length).toBeGreaterThan(0);
  });

  it("ends as soon as nobody wants its answer", async () => {
    const stop = new AbortController();
    const { api, arrivals } = await connect(() => stop.abort(new Error("stopped")));
    await expect(api.get("p1", stop.signal)).rejects.toThrow("stopped");
    expect(arrivals).toHaveLength(1);
  });
});

describe("a failure", () => {
  const invalid = {
    detail: "- input: prompt is required",
    invalid_fields: [{ type: "required", field: "input.prompt", description: "prompt is required" }],
  };

  it("says which fields were refused", async () => {
    const { api } = await connect((_, response) => json(response, 422, invalid));
    const { invalidFields } = await failureOf(api.create(fox));
    expect(invalidFields).toMatchObject([{ field: "input.prompt", description: "prompt is required" }]);
  });

  it.each(["401", "422", "429", "500", "cut", "garbled"])("never carries the token (%s)", async (kind) => {
    const { api } = await connect((_, response) => {
      if (kind === "cut") hangUp(response);
      else if (kind === "garbled") response.writeHead(201).end("{");
      else json(response, Number(kind), { detail: "no" });
    });
    const file = new File(["x"], "x.txt");
    for (const work of [
      () => api.create(fox),
      () => api.cancel("p1"),
      () => api.account(),
      () => api.upload(file),
    ]) {
      const error = await failureOf(work());
      const shown = [
        inspect(error, { depth: 9, showHidden: true }),
        JSON.stringify(error),
        String(error.stack),
      ];
      expect(shown.join("\n")).not.toContain(token);
    }
  });
});

it("a file is uploaded with its name and type, and its address comes back", async () => {
  const { api, arrivals } = await connect((_, response) =>
    json(response, 201, { id: "f", urls: { get: "https://api.replicate.com/v1/files/f" } }),
  );
  expect(await api.upload(new File(["sound"], "voice.ogg", { type: "audio/ogg" }))).toBe(
    "https://api.replicate.com/v1/files/f",
  );
  expect(arrivals[0]?.body).toContain('filename="voice.ogg"');
  expect(arrivals[0]?.body).toContain("audio/ogg");
});
