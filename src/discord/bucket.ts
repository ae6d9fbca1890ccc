/** What a response says about its rate-limit bucket (`X-RateLimit-*`). */
export interface BucketState {
  /** The bucket's own name; several routes may share it. */
  hash: string | undefined;
  limit: number;
  remaining: number;
  resetAfterMs: number;
}

/** Reads Discord's rate-limit headers; undefined where there are none. */
export function bucketState(headers: { get(name: string): string | null }): BucketState | undefined {
  const [limit, remaining, resetAfter] = ["limit", "remaining", "reset-after"].map((name) =>
    Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
  ) as [number, number, number];
  if (![limit, remaining, resetAfter].every(Number.isFinite)) return undefined;
  return {
    hash: headers.get("x-ratelimit-bucket") ?? undefined,
    limit,
    remaining,
    resetAfterMs: Math.ceil(resetAfter * 1000),
  };
}

/**
 * One rate-limit bucket as its responses tell of it: so many requests in a window that begins with its first one. One
 * request is on its way at a time. Nothing is hard-coded: Discord promises no numbers.
 */
export interface Bucket {
  /** When a final request may leave, which nothing is kept back from. */
  readyAt(): number;
  /** When a regular request may leave, which leaves `kept` slots alone. */
  slotAt(kept: number): number;
  /** How far apart regular requests are that use up the window evenly from a time on; undefined where nothing is known. */
  gapMs(kept: number, from: number): number | undefined;
  /** How far apart they are in a window of which nothing is used or kept; undefined where nothing is known. */
  evenMs(): number | undefined;
  isBlocked(): boolean;
  /** When time alone changes what is said here: a window or a refusal is over. Infinity where nothing does. */
  changesAt(): number;
  /** A request leaves. */
  sent(): void;
  /** Its answer has come; undefined where that says nothing of limits. */
  learn(state: BucketState | undefined): void;
  /** Discord refused a request (429): none leaves for so long. */
  block(ms: number): void;
}

/** Between requests as long as no response named a limit; no bucket that was ever seen refuses that. */
const UNKNOWN_GAP_MS = 500;

/**
 * The pause after a window's last regular request, as a part of the pauses between the others. A final word that comes
 * in it has to wait for the next window, so it is the shortest.
 */
const LAST_PAUSE = 0.8;

export function createBucket(now: () => number): Bucket {
  let limit: number | undefined;
  let windowMs = 0;
  let remaining = 0;
  let startedAt = Number.NEGATIVE_INFINITY;
  let resetAt = 0;
  let sentAt = Number.NEGATIVE_INFINITY;
  let blockedUntil = Number.NEGATIVE_INFINITY;

  const isFresh = () => now() >= resetAt;
  const open = (at: number) => Math.max(now(), blockedUntil, at);
  /** Between regular requests, when so many of them follow in so much time. */
  const gap = (ms: number, requests: number) => (requests > 0 ? ms / (requests + LAST_PAUSE) : ms);
  /** From then, or from the window's beginning: its slots were not there before. */
  const leftMs = (from: number) => resetAt - Math.max(from, startedAt);

  return {
    readyAt: () => open(limit === undefined || isFresh() || remaining > 0 ? 0 : resetAt),

    slotAt(kept) {
      if (limit === undefined && Number.isFinite(kept)) return open(sentAt + UNKNOWN_GAP_MS);
      if (limit === undefined || limit <= kept) return Number.POSITIVE_INFINITY;
      return open(isFresh() || remaining > kept ? 0 : resetAt);
    },

    gapMs(kept, from) {
      if (limit === undefined) return undefined;
      if (limit <= kept) return Number.POSITIVE_INFINITY;
      // Slots that would be lost with the window are no reason to hurry: the next one has as many.
      const even = gap(windowMs, limit - kept - 1);
      if (isFresh()) return even;
      return remaining > kept
        ? Math.max(even, gap(leftMs(from), remaining - kept))
        : Math.max(even * LAST_PAUSE, leftMs(from));
    },

    evenMs: () => (limit === undefined ? undefined : gap(windowMs, limit - 1)),

    isBlocked: () => now() < blockedUntil,

    changesAt: () => Math.min(...[resetAt, blockedUntil].filter((at) => at > now())),

    sent() {
      if (isFresh()) startedAt = now();
      if (isFresh() && limit !== undefined) [remaining, resetAt] = [limit, now() + windowMs];
      remaining -= 1;
      sentAt = now();
    },

    learn(state) {
      if (!state) return;
      ({ limit, remaining } = state);
      windowMs = remaining === limit - 1 ? state.resetAfterMs : Math.max(windowMs, state.resetAfterMs);
      // As of the answer's arrival, which is a little later than Discord counts: never too early.
      resetAt = now() + state.resetAfterMs;
    },

    block: (ms) => void (blockedUntil = Math.max(blockedUntil, now() + ms)),
  };
}
