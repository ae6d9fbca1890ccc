import { isDeepStrictEqual } from "node:util";
import { isAttachment } from "../attachment.ts";
import type { Clock } from "../clock.ts";
import { Problem } from "../problem.ts";
import type { Breaker } from "./breaker.ts";
import type { ListedPrediction, Prediction, PredictionRequest, ReplicateApi } from "./client.ts";
import type { Limiter } from "./limiter.ts";
import { ReplicateFailure } from "./retry.ts";

/** Told of what may have to be known after a restart. */
export interface Sending {
  /** The request is about to leave: from here on it may have its effect. */
  begun(): Promise<void>;
  /** Replicate refused it for now, so nothing happened; it waits for its turn again. */
  refused(): Promise<void>;
}

/** Creates predictions: within the account's limit, and never the same one twice. */
export interface Submissions {
  /**
   * Resolves with the created prediction. Where the answer to the request was lost, it is looked for; Replicate has no
   * idempotency key, so it is never sent blindly a second time.
   * @throws {Problem} create-unknown, where it was not found; {ReplicateFailure} what Replicate refused.
   */
  create(request: PredictionRequest, sending: Sending, signal?: AbortSignal): Promise<Prediction>;
  /** Looks for a prediction that was sent at `sentAt`, before the process stopped. @throws {Problem} create-unknown */
  recover(request: PredictionRequest, sentAt: number, signal?: AbortSignal): Promise<Prediction>;
  /** This prediction belongs to a run already, so it is nobody's lost one. */
  claim(id: string): void;
}

/** A lost prediction is looked for so long after it was lost: a busy Replicate may list it late. */
const LOOKS_MS = [2_000, 10_000, 30_000];

/** How often a throttled request is sent at the most, and for how long. */
const MAX_ATTEMPTS = 20;
const PATIENCE_MS = 15 * 60_000;

/** Longer than anything is looked for, restarts included: after an hour Replicate removes inputs. */
const CLAIM_KEPT_MS = 2 * 60 * 60_000;

/** How far Replicate's clock and ours may disagree on when something was created. */
const TOLERANCE_MS = 5_000;

/** Whether the list shows what we sent. A file that we have not turned into an address yet is known by its own. */
const sameValue = (sent: unknown, listed: unknown): boolean =>
  isAttachment(sent) ? sent.url === listed : isDeepStrictEqual(sent, listed);

/**
 * Whether a listed prediction can be the one that was sent: same model, not older, and every input the same. A file that
 * cannot be told by its address makes it nobody's: somebody else's recording would be far worse than none.
 */
function matches(found: ListedPrediction, { ref, input }: PredictionRequest, sentAt: number): boolean {
  if (found.model !== ref || Date.parse(found.created_at) < sentAt - TOLERANCE_MS) return false;
  return Object.entries(input).every(([name, value]) => sameValue(value, found.input?.[name]));
}

export function createSubmissions(deps: {
  api: ReplicateApi;
  limiter: Limiter;
  breaker: Breaker;
  clock: Clock;
}): Submissions {
  const { api, limiter, breaker, clock } = deps;
  /** Predictions that belong to a run, and since when; only young ones can be mistaken for a lost one. */
  const claimed = new Map<string, number>();

  function claimId(id: string): void {
    for (const [old, at] of claimed) {
      if (clock.now() - at < CLAIM_KEPT_MS) break;
      claimed.delete(old);
    }
    claimed.set(id, clock.now());
  }

  /** @throws {Problem} create-unknown, where a run that lost its own answer was given this one. */
  const claim = (prediction: Prediction) => {
    if (claimed.has(prediction.id)) throw new Problem({ kind: "create-unknown" });
    claimId(prediction.id);
    return prediction;
  };

  async function find(request: PredictionRequest, sentAt: number): Promise<ListedPrediction | undefined> {
    const serverTime = sentAt + api.skewMs();
    const listed = await api.list(new Date(serverTime - TOLERANCE_MS)).catch(() => []);
    return listed
      .filter(({ id }) => !claimed.has(id))
      .filter((each) => matches(each, request, serverTime))
      .toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))[0];
  }

  /** Looks that were missed while nobody was there to look are not made up for, except the last. */
  async function search(
    request: PredictionRequest,
    { sentAt, lostAt }: { sentAt: number; lostAt: number },
    signal?: AbortSignal,
  ): Promise<Prediction> {
    for (const [index, after] of LOOKS_MS.entries()) {
      const waitMs = lostAt + after - clock.now();
      if (waitMs < 0 && index < LOOKS_MS.length - 1) continue;
      await clock.sleep(Math.max(0, waitMs), signal);
      const found = await find(request, sentAt);
      if (found) return claim(found);
    }
    throw new Problem({ kind: "create-unknown" });
  }

  const isLost = (error: unknown) =>
    error instanceof ReplicateFailure && (error.ambiguous || error.status >= 500);

  return {
    recover: (request, sentAt, signal) => search(request, { sentAt, lostAt: sentAt }, signal),
    claim: claimId,
    async create(request, sending, signal) {
      const until = clock.now() + PATIENCE_MS;
      for (let attempt = 1; ; attempt++) {
        await limiter.take(until, signal);
        await sending.begun();
        const sentAt = clock.now();
        try {
          // Not given up half-way: whoever stops it now needs its id to cancel it.
          return claim(await breaker.run(() => api.create(request)));
        } catch (error) {
          if (isLost(error)) return search(request, { sentAt, lostAt: clock.now() });
          const throttled = error instanceof ReplicateFailure && error.status === 429;
          if (!throttled || attempt >= MAX_ATTEMPTS || clock.now() > until) throw error;
          limiter.throttled(error.detail, error.retryAfterMs);
          await sending.refused();
        }
      }
    },
  };
}
