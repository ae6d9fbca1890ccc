import type { Clock } from "../../src/services/clock.ts";

/** How many requests fit into how many seconds. No official number exists; both were seen by others. */
export const profiles = {
  "5/5": { limit: 5, windowMs: 5_000 },
  "5/2": { limit: 5, windowMs: 2_000 },
} as const;
export type Profile = keyof typeof profiles;

// topics/rate-limits: 50 requests a second a bot; interaction endpoints are not bound to it.
const GLOBAL = { limit: 50, windowMs: 1_000 };
// Editing messages older than an hour by the channel route: 3 per 6 s a channel (30046).
const OLD_EDITS = { limit: 3, windowMs: 6_000 };

interface Window {
  startedAt: number;
  used: number;
}

export interface Verdict {
  allowed: boolean;
  headers: Record<string, string>;
  retryAfterSeconds: number;
}

export interface Buckets {
  /** Takes one request out of the route's bucket; undefined where the route has none. */
  take(method: string, path: string): Verdict | undefined;
  takeGlobal(): Verdict;
  takeOldEdit(channelId: string): Verdict;
}

/**
 * Which bucket a request falls into: `/channels/{id}/…` share one a method and channel, `/webhooks/{app}/{token}/…`
 * one a token. Other routes have none here; their limits are wide and a bot of this kind never meets them.
 */
function bucketOf(method: string, path: string): { hash: string; major: string } | undefined {
  const [, kind, id, token] = path.split("/");
  if (kind === "webhooks" && token) return { hash: "webhook", major: `${id}/${token}` };
  if (kind === "channels" && id) return { hash: `channel-${method.toLowerCase()}`, major: id };
  return undefined;
}

export function createBuckets(clock: Clock, profile: Profile): Buckets {
  const windows = new Map<string, Window>();

  const take = (
    key: string,
    hash: string,
    { limit, windowMs }: { limit: number; windowMs: number },
    scope: string,
  ): Verdict => {
    const now = clock.now();
    let window = windows.get(key);
    if (!window || now >= window.startedAt + windowMs)
      windows.set(key, (window = { startedAt: now, used: 0 }));
    const allowed = window.used < limit;
    if (allowed) window.used += 1;
    const resetAt = window.startedAt + windowMs;
    const retryAfterSeconds = (resetAt - now) / 1000;
    return {
      allowed,
      retryAfterSeconds,
      headers: {
        "X-RateLimit-Limit": String(limit),
        "X-RateLimit-Remaining": String(limit - window.used),
        "X-RateLimit-Reset": (resetAt / 1000).toFixed(3),
        "X-RateLimit-Reset-After": retryAfterSeconds.toFixed(3),
        "X-RateLimit-Bucket": hash,
        ...(!allowed && { "Retry-After": String(Math.ceil(retryAfterSeconds)), "X-RateLimit-Scope": scope }),
      },
    };
  };

  return {
    take(method, path) {
      const bucket = bucketOf(method, path);
      return bucket && take(`${bucket.hash}:${bucket.major}`, bucket.hash, profiles[profile], "user");
    },
    takeGlobal: () => take("global", "global", GLOBAL, "global"),
    takeOldEdit: (channelId) => take(`old-edit:${channelId}`, "old-edit", OLD_EDITS, "shared"),
  };
}
