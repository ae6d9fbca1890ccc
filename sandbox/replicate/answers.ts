import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { InvalidField } from "./validation.ts";

export type Ctx = Context<{ Bindings: HttpBindings }>;

/** An error as Replicate words it: `application/problem+json`. */
export function problem(
  c: Ctx,
  status: ContentfulStatusCode,
  detail: string,
  more: Record<string, unknown> = {},
) {
  const { title, ...rest } = more;
  const body = { ...(title !== undefined && { title }), detail, status, ...rest };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}

export const notFound = (c: Ctx) => problem(c, 404, "The requested resource could not be found.");

export const unauthenticated = (c: Ctx) =>
  problem(c, 401, "You did not pass a valid authentication token", { title: "Unauthenticated" });

export const badVersion = (c: Ctx) =>
  problem(c, 422, "The specified version does not exist (or perhaps you don't have permission to use it?)", {
    title: "Invalid version or not permitted",
  });

export function invalid(c: Ctx, fields: InvalidField[]) {
  const lines = fields.map(({ field, description }) => `- ${field ? `${field}: ` : ""}${description}\n`);
  return problem(c, 422, lines.join(""), { title: "Input validation failed", invalid_fields: fields });
}

export function throttled(c: Ctx, { perMinute, seconds }: { perMinute: number; seconds: number }) {
  c.header("ratelimit-remaining", "0");
  c.header("ratelimit-reset", String(seconds));
  const detail = `Request was throttled. Your rate limit for creating predictions is reduced to ${perMinute} requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~${seconds}s.`;
  return c.json({ detail, status: 429, retry_after: seconds }, 429);
}

/**
 * One page of a list, newest first: at most 100, and a cursor to go on from. `keyOf` names an item for good, so
 * that what is created between two pages moves nothing.
 */
export function page<T>(c: Ctx, origin: string, items: T[], keyOf: (item: T) => string, size = 100) {
  const { cursor, ...rest } = c.req.query();
  const from = cursor === undefined ? 0 : items.findIndex((item) => keyOf(item) === decode(cursor));
  if (from === -1) return undefined;
  const link = (item: T | undefined) => {
    if (!item) return null;
    const query = new URLSearchParams({ ...rest, cursor: Buffer.from(keyOf(item)).toString("base64url") });
    return `${origin}${c.req.path}?${query.toString()}`;
  };
  return {
    previous: from === 0 ? null : link(items[Math.max(0, from - size)]),
    next: link(items[from + size]),
    results: items.slice(from, from + size),
  };
}

const decode = (cursor: string) => Buffer.from(cursor, "base64url").toString("utf8");
