import { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import type { Clock } from "../../src/services/clock.ts";
import { ApiError, refuse } from "./api-error.ts";
import type { Buckets, Verdict } from "./buckets.ts";
import type { Ctx } from "./uploads.ts";

interface Needs {
  clock: Clock;
  token: string;
  buckets: Buckets;
  latencyMs: number;
}

/** Routes that carry their own proof: the interaction's token. */
const isTokenless = (path: string) => /^\/(interactions|webhooks)\/|^\/gateway$/.test(path);

/** What all of REST has in common: time on the wire, the bot's token, rate limits, and how errors look. */
export function createApi({ clock, token, buckets, latencyMs }: Needs): Hono<{ Bindings: HttpBindings }> {
  const api = new Hono<{ Bindings: HttpBindings }>();

  const refuseFor = (c: Ctx, { headers, retryAfterSeconds }: Verdict, global: boolean) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    if (global) c.header("X-RateLimit-Global", "true");
    const retry_after = Number(retryAfterSeconds.toFixed(3));
    return c.json({ message: "You are being rate limited.", retry_after, global, code: 0 }, 429);
  };

  api.use(async (c, next) => {
    if (latencyMs > 0) await clock.sleep(latencyMs / 2);
    const path = c.req.path.replace(/^\/api\/v10/, "");
    if (!isTokenless(path)) {
      if (c.req.header("authorization") !== `Bot ${token}`) throw refuse.unauthorized();
      const global = buckets.takeGlobal();
      if (!global.allowed) return refuseFor(c, global, true);
    }
    const verdict = buckets.take(c.req.method, path);
    if (verdict && !verdict.allowed) return refuseFor(c, verdict, false);
    for (const [name, value] of Object.entries(verdict?.headers ?? {})) c.header(name, value);
    await next();
    if (latencyMs > 0) await clock.sleep(latencyMs / 2);
    return undefined;
  });

  api.onError((error, c) => {
    if (error instanceof ApiError && error.retryAfterSeconds !== undefined) {
      c.header("Retry-After", String(Math.ceil(error.retryAfterSeconds)));
      c.header("X-RateLimit-Scope", "shared");
    }
    if (error instanceof ApiError) return c.json(error.body, error.status as 400);
    console.error("The Discord stand-in failed:", error);
    return c.json({ message: "500: Internal Server Error", code: 0 }, 500);
  });
  return api;
}
