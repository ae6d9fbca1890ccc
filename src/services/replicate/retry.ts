import type { Clock } from "../clock.ts";
import { expiry } from "../deadline.ts";

/** A request to Replicate that did not succeed, without the request: nothing in it carries the token. */
export class ReplicateFailure extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly detail: string;
  readonly invalidFields: readonly { field: string; description: string }[];
  readonly retryAfterMs: number;
  /** There was no answer, and nobody knows whether the request had its effect. */
  readonly ambiguous: boolean;

  constructor(facts: Partial<Omit<ReplicateFailure, keyof Error>> & { status: number }) {
    super(`Replicate answered ${facts.status || "nothing"}: ${facts.detail ?? ""}`);
    this.name = "ReplicateFailure";
    this.status = facts.status;
    this.detail = facts.detail ?? "";
    this.invalidFields = facts.invalidFields ?? [];
    this.retryAfterMs = facts.retryAfterMs ?? 0;
    this.ambiguous = facts.ambiguous ?? false;
  }
}

export interface RetryPolicy {
  clock: Clock;
  /** 0 ≤ random() < 1 */
  random: () => number;
  /** How often a request is sent at the most. */
  attempts: number;
  /** How long all waits of one request may take together. */
  patienceMs: number;
  /** How long one attempt may take until its answer begins. */
  timeoutMs?: number;
  /** Requests that are not repeated on 429 here, because somebody else paces them. */
  isPaced?: (url: string, method: string) => boolean;
  /** Told how far the server's clock is ahead of ours, by each answer's `Date`. */
  onSkew?: (ms: number) => void;
  /** Takes out of what the server said what nobody may read: it may repeat what it was sent. */
  hide?: (text: string) => string;
}

/** How long one attempt may take until its answer begins, where nothing else is said. */
const TIMEOUT_MS = 60_000;

/** Errors of a connection that was never made, so that nothing can have happened. */
const neverReached = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const codeOf = (error: unknown): string => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return typeof code === "string" ? code : cause ? codeOf(cause) : "";
};

/** "resets in ~5s", as Replicate words it where it sends no header. */
const resetsIn = (detail: string) => Number(/resets in ~?(\d+(?:\.\d+)?)s/.exec(detail)?.[1] ?? 0);

async function failureOf(response: Response, hide = (text: string) => text): Promise<ReplicateFailure> {
  const text = hide(await response.text().catch(() => ""));
  const body = parseBody(text);
  const detail = typeof body["detail"] === "string" ? body["detail"] : "";
  const header = Number(response.headers.get("retry-after") ?? 0) || 0;
  const seconds = Math.max(header, Number(body["retry_after"] ?? 0) || 0, resetsIn(detail));
  return new ReplicateFailure({
    status: response.status,
    detail,
    invalidFields: Array.isArray(body["invalid_fields"]) ? body["invalid_fields"] : [],
    retryAfterMs: seconds * 1000,
  });
}

function parseBody(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const addressOf = (url: Parameters<typeof fetch>[0]) => (url instanceof Request ? url.url : String(url));

/**
 * How long to wait before the same request may be sent again; undefined: never.
 * A POST is repeated only where the server said that it did nothing (429), or was never reached.
 */
function waitMs(
  failure: ReplicateFailure,
  method: string,
  attempt: number,
  random: () => number,
): number | undefined {
  const backoff = random() * Math.min(10_000, 500 * 2 ** attempt);
  if (failure.status === 429) return Math.max(failure.retryAfterMs, 500) + backoff;
  if (failure.status === 0 && !failure.ambiguous) return backoff;
  if (failure.status >= 500 && method === "GET") return backoff;
  return undefined;
}

/**
 * A `fetch` for the `replicate` client that does the waiting itself and throws `ReplicateFailure` for everything that
 * is not a success.
 *
 * The client's own loop (replicate@1.4.0, lib/util.js) repeats at once whatever throws, six times and POSTs too. So one
 * request of ours is sent once: the client passes the same `init` object each time, and the same outcome comes back.
 */
export function retryingFetch(policy: RetryPolicy, fetch = globalThis.fetch): typeof globalThis.fetch {
  const outcomes = new WeakMap<object, Promise<Response>>();

  async function once(url: Parameters<typeof fetch>[0], init: RequestInit): Promise<Response> {
    // By real time, as the network runs on it whatever the clock says.
    const expired = expiry(policy.timeoutMs ?? TIMEOUT_MS);
    try {
      const signal = init.signal ? AbortSignal.any([init.signal, expired]) : expired;
      // Not `redirect: "error"`: with that, Node's fetch forgets the signal once the answer began (undici 4627).
      const response = await fetch(url, { ...init, signal, redirect: "manual" });
      if (response.status >= 300 && response.status < 400) throw new Error("redirected");
      const date = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(date)) policy.onSkew?.(date - policy.clock.now());
      if (!response.ok) throw await failureOf(response, policy.hide);
      return response;
    } catch (error) {
      if (error instanceof ReplicateFailure) throw error;
      init.signal?.throwIfAborted();
      const code = codeOf(error);
      throw new ReplicateFailure({
        status: 0,
        detail: code || "no answer",
        // A GET has no effect that could be doubled.
        ambiguous: (init.method ?? "GET") !== "GET" && !neverReached.has(code),
      });
    }
  }

  async function send(url: Parameters<typeof fetch>[0], init: RequestInit): Promise<Response> {
    let patienceMs = policy.patienceMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(url, init);
      } catch (error) {
        if (!(error instanceof ReplicateFailure)) throw error;
        const method = init.method ?? "GET";
        const paced = error.status === 429 && policy.isPaced?.(addressOf(url), method);
        const wait = paced ? undefined : waitMs(error, method, attempt, policy.random);
        if (wait === undefined || attempt + 1 >= policy.attempts || wait > patienceMs) throw error;
        patienceMs -= wait;
        await policy.clock.sleep(wait, init.signal ?? undefined);
      }
    }
  }

  return (url, init = {}) => {
    const known = outcomes.get(init);
    if (known) return known;
    const outcome = send(url, init);
    outcomes.set(init, outcome);
    return outcome;
  };
}
