import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import { type VirtualClock, virtualClock } from "../../../sandbox/virtual-clock.ts";
import { ask, closeHonestly, connect } from "./client.ts";

const haiku = "anthropic/claude-4.5-haiku";
const esrgan = "nightmareai/real-esrgan";
const input = { prompt: "Why is the sky blue?" };
const rawPath = "/models/anthropic/claude-4.5-haiku/predictions";

describe("predictions", () => {
  let clock: VirtualClock;
  let replicate: ReplicateStandIn;
  let client: ReturnType<typeof connect>;

  beforeEach(async () => {
    clock = virtualClock();
    replicate = await startReplicate({ clock, pace: 0 });
    client = connect(replicate);
  });
  afterEach(() => closeHonestly(replicate));

  it("go from starting over processing to succeeded", async () => {
    replicate.script({ tokens: ["a", "b"], stuck: "processing" });
    const created = await client.predictions.create({ model: haiku, input });
    expect(created).toMatchObject({
      status: "starting",
      model: haiku,
      version: "hidden",
      output: null,
      input,
    });
    expect(created.id).toMatch(/^[0-9a-z]{26}$/);
    await expect
      .poll(() => client.predictions.get(created.id))
      .toMatchObject({ status: "processing", output: ["a", "b"] });

    const next = await client.predictions.create({ model: haiku, input });
    const done = await client.wait(next, { interval: 5 });
    expect(done).toMatchObject({ status: "succeeded", error: null, data_removed: false });
    expect((done.output as string[]).join("")).toMatch(/^\*\*\(sandbox\)\*\*[^]*Why is the sky blue\?/);
    expect(done.metrics).toMatchObject({ token_output_count: (done.output as string[]).length });
    expect(Number(done.metrics?.predict_time)).toBeGreaterThan(0);
  });

  it("do what they are directed to for their input, as long as no script waits", async () => {
    const directed = await startReplicate({
      clock,
      direct: (model, { prompt }) =>
        model === haiku && prompt === "slowly"
          ? { bootMs: 2_000, waitMs: 3_000, output: ["now"] }
          : undefined,
    });
    const at = connect(directed);
    const { id } = await at.predictions.create({ model: haiku, input: { prompt: "slowly" } });
    const seen = async () => {
      const { status, output } = await at.predictions.get(id);
      return { status, output: output as unknown };
    };
    await clock.advance(1_900);
    expect(await seen()).toEqual({ status: "starting", output: null });
    await clock.advance(3_000);
    expect(await seen()).toEqual({ status: "processing", output: null });
    await clock.advance(200);
    expect(await seen()).toEqual({ status: "succeeded", output: ["now"] });

    directed.script({ output: ["as scripted"] });
    const next = await at.predictions.create({ model: haiku, input: { prompt: "slowly" } });
    await clock.advance(200);
    expect(await at.predictions.get(next.id)).toMatchObject({ output: ["as scripted"] });
    await closeHonestly(directed);
  });

  it("answer 201 at once, 201 when done within the wait, 202 when not", async () => {
    expect(await ask(replicate, "POST", rawPath, { input })).toMatchObject({
      status: 201,
      body: { status: "starting" },
    });
    const waited = await ask(replicate, "POST", rawPath, { input }, { prefer: "wait" });
    expect(waited).toMatchObject({ status: 201, body: { status: "succeeded" } });

    replicate.script({ tokens: ["half"], stuck: "processing" });
    const late = ask(replicate, "POST", rawPath, { input }, { prefer: "wait=5" });
    await expect.poll(() => [...replicate.predictions.values()].at(-1)?.output).toEqual(["half"]);
    await clock.advance(5000);
    expect(await late).toMatchObject({ status: 202, body: { status: "processing", output: ["half"] } });
  });

  it("are canceled once, and stay succeeded once they are", async () => {
    replicate.script({ stuck: "processing" });
    const { id } = await client.predictions.create({ model: haiku, input });
    await expect.poll(async () => (await client.predictions.get(id)).status).toBe("processing");
    await clock.advance(3000);
    const canceled = await client.predictions.cancel(id);
    expect(canceled).toMatchObject({
      status: "canceled",
      metrics: { predict_time: expect.closeTo(3, 1) as number },
    });
    expect(await client.predictions.cancel(id)).toEqual(canceled);

    const done = await client.predictions.create({ model: haiku, input, wait: true });
    expect(await client.predictions.cancel(done.id)).toMatchObject({ status: "succeeded" });
  });

  it("are aborted by their deadline before they start, canceled after", async () => {
    const withDeadline = async () => {
      const answer = await ask(replicate, "POST", rawPath, { input }, { "cancel-after": "1m30s" });
      return answer.body as { id: string; deadline: string; created_at: string };
    };
    replicate.script({ stuck: "starting" });
    const first = await withDeadline();
    expect(Date.parse(first.deadline) - Date.parse(first.created_at)).toBe(90_000);
    replicate.script({ stuck: "processing" });
    const second = await withDeadline();
    await expect.poll(async () => (await client.predictions.get(second.id)).status).toBe("processing");
    await clock.advance(89_000);
    expect((await client.predictions.get(first.id)).status).toBe("starting");
    await clock.advance(1000);
    const aborted = await client.predictions.get(first.id);
    expect(aborted.status).toBe("aborted");
    expect(aborted.metrics).not.toHaveProperty("predict_time");
    expect((await client.predictions.get(second.id)).status).toBe("canceled");
  });

  it("lose their data after an hour", async () => {
    const { id } = await client.predictions.create({ model: haiku, input, wait: true });
    await clock.advance(3_599_000);
    expect(await client.predictions.get(id)).toMatchObject({ data_removed: false, input });
    await clock.advance(1000);
    expect(await client.predictions.get(id)).toMatchObject({
      data_removed: true,
      input: {},
      output: null,
      logs: "",
    });
  });

  it("are listed newest first, a hundred a page, from a time on", async () => {
    for (let i = 0; i < 3; i++) await client.predictions.create({ model: haiku, input });
    await clock.advance(60_000);
    const since = new Date(clock.now()).toISOString();
    const ids: string[] = [];
    for (let i = 0; i < 120; i++) ids.unshift((await client.predictions.create({ model: haiku, input })).id);
    const first = await client.predictions.list();
    expect(first.results.map((each) => each.id)).toEqual(ids.slice(0, 100));
    const all: string[] = [];
    for await (const page of client.paginate(() => client.predictions.list()))
      all.push(...page.map((each) => each.id));
    expect(all).toHaveLength(123);
    expect(new Set(all).size).toBe(123);
    const recent = await ask(
      replicate,
      "GET",
      `/predictions?created_after=${since}&cursor=${cursorOf(first.next)}`,
    );
    expect((recent.body as { results: unknown[] }).results).toHaveLength(20);
  });

  const cursorOf = (next: string | undefined) => new URL(next!).searchParams.get("cursor");

  it("are dated by a clock that may go wrong", async () => {
    replicate.skew(600_000);
    const { headers, body } = await ask(replicate, "POST", rawPath, { input });
    const { created_at: createdAt } = body as { created_at: string };
    expect(Date.parse(createdAt)).toBe(clock.now() + 600_000);
    expect(Date.parse(headers.get("date")!)).toBeGreaterThan(clock.now() + 598_000);
  });

  it("follow a script, as often as it says", async () => {
    replicate.script({ model: haiku, error: "Out of memory. (E1001)", logs: ["oh no\n"], times: 2 });
    replicate.script({ status: "aborted" });
    replicate.script({ output: null });
    const run = () => client.predictions.create({ model: haiku, input, wait: true });
    expect(await run()).toMatchObject({ status: "failed", error: "Out of memory. (E1001)", logs: "oh no\n" });
    expect((await run()).status).toBe("failed");
    expect((await run()).status).toBe("aborted");
    expect(await run()).toMatchObject({ status: "succeeded", output: null });
    expect((await run()).output).not.toBeNull();
  });

  it("run community models by version, official ones by name", async () => {
    const { latest_version } = await client.models.get("salesforce", "blip");
    const image = `data:image/png;base64,${Buffer.from("x").toString("base64")}`;
    const version = latest_version!.id;
    for (const named of [version, `salesforce/blip:${version}`]) {
      const done = await client.predictions.create({ version: named, input: { image }, wait: true });
      expect(done).toMatchObject({ model: "salesforce/blip", version, status: "succeeded" });
    }
    const official = await client.predictions.create({ version: haiku, input, wait: true });
    expect(official).toMatchObject({ model: haiku, version: "hidden" });
    expect(await ask(replicate, "POST", `/models/${esrgan}/predictions`, { input: { image } })).toMatchObject(
      {
        status: 404,
        body: { detail: "The requested resource could not be found.", status: 404 },
      },
    );
    const hidden = (await client.models.get("anthropic", "claude-4.5-haiku")).latest_version!.id;
    const refused = ["0".repeat(64), "latest", esrgan, `${esrgan}:latest`, hidden, `${haiku}:${hidden}`];
    for (const version of refused)
      expect(await ask(replicate, "POST", "/predictions", { version, input })).toMatchObject({
        status: 422,
        body: { title: "Invalid version or not permitted" },
      });
    const deployed = await client.deployments.predictions.create("sandbox", "words", { input, wait: true });
    expect(deployed).toMatchObject({ deployment: "sandbox/words", status: "succeeded" });
  });

  it("ask for a token, by either scheme", async () => {
    const status = async (authorization?: string) => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const response = await fetch(`${replicate.baseUrl}/account`, { headers });
      return { status: response.status, body: await response.json() };
    };
    const refusal = {
      status: 401,
      body: {
        title: "Unauthenticated",
        detail: "You did not pass a valid authentication token",
        status: 401,
      },
    };
    expect(await status()).toEqual(refusal);
    expect(await status("Bearer wrong")).toEqual(refusal);
    expect(await status(`Bearer ${replicate.token}`)).toMatchObject({ status: 200 });
    expect(await status(`Token ${replicate.token}`)).toMatchObject({ status: 200 });
  });

  it("are throttled for an account that is low on credit", async () => {
    replicate.limit(6);
    const create = () => ask(replicate, "POST", rawPath, { input });
    expect((await create()).status).toBe(201);
    await clock.advance(5500);
    const throttled = await create();
    expect(throttled).toMatchObject({ status: 429, body: { status: 429, retry_after: 5 } });
    expect((throttled.body as { detail: string }).detail).toBe(
      "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~5s.",
    );
    expect(throttled.headers.get("ratelimit-reset")).toBe("5");
    await clock.advance(5000);
    expect((await create()).status).toBe(201);
    replicate.limit(undefined);
    expect((await create()).status).toBe(201);
  });
});

describe("what is refused", () => {
  let replicate: ReplicateStandIn;
  beforeEach(async () => void (replicate = await startReplicate({ pace: 0 })));
  afterEach(() => replicate.close());

  const flux = "/models/black-forest-labs/flux-schnell/predictions";
  const create = (body: unknown, headers = {}) => ask(replicate, "POST", flux, body, headers);

  it("is an input that its schema does not allow, in Replicate's words", async () => {
    expect((await create({ input: {} })).body).toEqual({
      title: "Input validation failed",
      detail: "- input: prompt is required\n",
      status: 422,
      invalid_fields: [{ type: "required", field: "input", description: "prompt is required" }],
    });
    const wrong = { prompt: 7, num_outputs: 9, output_format: "bmp" };
    const { body } = await create({ input: wrong });
    expect((body as { detail: string }).detail.split("\n").toSorted()).toEqual([
      "",
      "- input.num_outputs: Must be less than or equal to 4",
      '- input.output_format: output_format must be one of the following: "webp", "jpg", "png"',
      "- input.prompt: Invalid type. Expected: string, given: integer",
    ]);
    const unknownKey = await create({ input: { prompt: "fox", negative_prompt: "dog" } });
    expect(unknownKey.status).toBe(201);
  });

  it("is a body with more than the API knows", async () => {
    const { status, body } = await create({ auth: "r8_secret" });
    expect(status).toBe(422);
    expect((body as { detail: string }).detail.split("\n").toSorted()).toEqual([
      "",
      "- Additional property auth is not allowed",
      "- input is required",
    ]);
  });

  it("is a malformed wait or lifetime", async () => {
    const input = { prompt: "fox" };
    expect((await create({ input }, { prefer: "wait=0" })).status).toBe(400);
    expect((await create({ input }, { "cancel-after": "4s" })).status).toBe(400);
    expect((await create({ input }, { "cancel-after": "soon" })).status).toBe(400);
    expect((await create({ input }, { "cancel-after": "30" })).status).toBe(201);
  });
});
