import type { StandInServer } from "../server.ts";
import { badVersion, type Ctx, invalid, notFound, page, problem, throttled } from "./answers.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Limit } from "./limits.ts";
import type { Model } from "./model.ts";
import { isOver, type Prediction, toJson } from "./prediction.ts";
import type { Predictions } from "./predictions.ts";
import { checkBody, checkInput } from "./validation.ts";

interface Parts {
  server: StandInServer;
  predictions: Predictions;
  catalogue: Catalogue;
  deployments: ReadonlyMap<string, string>;
  limit: Limit;
  now: () => number;
  closing: AbortSignal;
}

interface Body {
  version?: string;
  input: Record<string, unknown>;
  webhook?: string;
  webhook_events_filter?: string[];
}

/** `30`, `30s`, `5m`, `1h30m45s`; undefined for anything else, and for less than the 5 seconds that are allowed. */
export function parseCancelAfter(header: string): number | undefined {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(header.trim());
  if (!match) return undefined;
  const [h = 0, m = 0, s = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const seconds = h * 3600 + m * 60 + s;
  return seconds >= 5 ? seconds * 1000 : undefined;
}

/** `wait` and `wait=n`, as the API's pattern has it; undefined without the header. */
export function parsePrefer(header: string | undefined): number | "malformed" | undefined {
  if (header === undefined) return undefined;
  const match = /^wait(?:=([1-9]|[1-9][0-9]))?$/.exec(header.trim());
  return match ? Math.min(60, Number(match[1] ?? 60)) * 1000 : "malformed";
}

/** Everything under /v1 that makes, shows, lists or ends predictions. */
export function predictionRoutes(parts: Parts): void {
  const { server, predictions, catalogue, deployments, limit, now } = parts;
  const { app, origin } = server;
  const show = (prediction: Prediction) => toJson(prediction, origin, now());

  /** hex | owner/name:hex | owner/name (official only). A versioned official model is refused. */
  async function byVersion(version: string): Promise<Model | undefined> {
    const [ref, hex] = version.includes("/") ? version.split(":") : [undefined, version];
    const model = ref === undefined ? await catalogue.byVersion(hex) : await catalogue.find(ref);
    if (hex === undefined) return model?.official ? model : undefined;
    return model && !model.official && model.version === hex ? model : undefined;
  }

  async function create(c: Ctx, model: Model, body: Body, deployment?: string) {
    const wrong = checkInput(model, body.input);
    if (wrong.length > 0) return invalid(c, wrong);
    const waitMs = parsePrefer(c.req.header("prefer"));
    if (waitMs === "malformed")
      return problem(c, 400, "Invalid Prefer header: must match wait or wait=n (1-60).");
    const lifetime = c.req.header("cancel-after");
    const cancelAfterMs = lifetime === undefined ? undefined : parseCancelAfter(lifetime);
    if (lifetime !== undefined && cancelAfterMs === undefined)
      return problem(c, 400, "Invalid Cancel-After header: must be a duration of at least 5 seconds.");
    const prediction = predictions.create(model, {
      input: body.input,
      ...(cancelAfterMs !== undefined && { cancelAfterMs }),
      ...(deployment !== undefined && { deployment }),
      ...(body.webhook !== undefined && { webhook: body.webhook }),
      ...(body.webhook_events_filter !== undefined && { webhookEvents: body.webhook_events_filter }),
    });
    if (waitMs === undefined) return c.json(show(prediction), 201);
    await predictions.wait(prediction, waitMs);
    return c.json(show(prediction), isOver(prediction) ? 201 : 202);
  }

  /** Throttle first, then the body's own shape, then whom it is for. */
  async function receive(
    c: Ctx,
    versioned: boolean,
    find: (body: Body) => Promise<Model | undefined>,
    missing: (c: Ctx) => Response,
    deployment?: string,
  ) {
    const wait = limit.take();
    if (wait) return throttled(c, wait);
    const body: unknown = await c.req.json().catch(() => undefined);
    if (body === undefined) return problem(c, 400, "The request body is not valid JSON.");
    const wrong = checkBody(body, versioned);
    if (wrong.length > 0) return invalid(c, wrong);
    const model = await find(body as Body);
    return model ? create(c, model, body as Body, deployment) : missing(c);
  }

  app.post("/v1/predictions", (c) => receive(c, true, (body) => byVersion(body.version!), badVersion));

  app.post("/v1/models/:owner/:name/predictions", (c) => {
    const ref = `${c.req.param("owner")}/${c.req.param("name")}`;
    // A community model has no endpoint by name: 404.
    const official = async () => {
      const model = await catalogue.find(ref);
      return model?.official ? model : undefined;
    };
    return receive(c, false, official, notFound);
  });

  app.post("/v1/deployments/:owner/:name/predictions", (c) => {
    const deployment = `${c.req.param("owner")}/${c.req.param("name")}`;
    const ref = deployments.get(deployment);
    const find = async () => (ref === undefined ? undefined : catalogue.find(ref));
    return receive(c, false, find, notFound, deployment);
  });

  app.get("/v1/predictions", (c) => {
    const { created_after: after, created_before: before, source } = c.req.query();
    const from = after === undefined ? -Infinity : Date.parse(after);
    const until = before === undefined ? Infinity : Date.parse(before);
    const newestFirst = [...predictions.all.values()].reverse();
    const found = newestFirst.filter(
      (each) => each.createdAt >= from && each.createdAt < until && source !== "web",
    );
    const listed = page(c, origin, found, (prediction) => prediction.id);
    return listed ? c.json({ ...listed, results: listed.results.map(show) }) : notFound(c);
  });

  app.get("/v1/predictions/:id", (c) => {
    const prediction = predictions.all.get(c.req.param("id"));
    return prediction ? c.json(show(prediction)) : notFound(c);
  });

  app.post("/v1/predictions/:id/cancel", (c) => {
    const prediction = predictions.all.get(c.req.param("id"));
    if (!prediction) return notFound(c);
    predictions.cancel(prediction);
    return c.json(show(prediction));
  });

  // Real ones are at https://stream.replicate.com/v1/files/…; reading needs no token, and ends after an hour.
  app.get("/stream/v1/files/:id", (c) => {
    const prediction = [...predictions.all.values()].find((each) => each.streamId === c.req.param("id"));
    if (!prediction || toJson(prediction, origin, now()).data_removed) return c.text("Not Found", 404);
    const reset = () => void c.env.outgoing.destroy();
    const events = prediction.channel.read(c.req.header("last-event-id"), parts.closing, reset);
    return c.body(events, 200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  });
}
