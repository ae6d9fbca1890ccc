import { isDeepStrictEqual } from "node:util";
import { isAttachment } from "../attachment.ts";
import type { Clock } from "../clock.ts";
import { Problem } from "../problem.ts";
import { isSecret } from "../secret.ts";
import type { Breaker } from "./breaker.ts";
import type { ListedPrediction, Prediction, PredictionRequest, ReplicateApi } from "./client.ts";
import type { Limiter } from "./limiter.ts";
import { ReplicateFailure } from "./retry.ts";

/** The run that sends it, which is told of what may have to be known after a restart. */
export interface Sending {
  /** Whose it is: what it created is found again by it alone. */
  run: string;
  /** The request is about to leave: from here on it may have its effect. */
  begun(): Promise<void>;
  /** Replicate refused it for now, so nothing happened; it waits for its turn again. */
  refused(): Promise<void>;
}

interface Sent {
  run: string;
  sentAt: number;
}

/** Creates predictions: within the account's limit, and never the same one twice. */
export interface Submissions {
  /**
   * Resolves with the created prediction. Where the answer to the request was lost, it is looked for; Replicate has no
   * idempotency key, so it is never sent blindly a second time.
   * @throws {Problem} create-unknown, where it was not found; {ReplicateFailure} what Replicate refused.
   */
  create(request: PredictionRequest, sending: Sending, signal?: AbortSignal): Promise<Prediction>;
  /**
   * Looks for a prediction that `run` sent at `sentAt`, before the process stopped or while its id could not be stored.
   * @throws {Problem} create-unknown
   */
  recover(request: PredictionRequest, sent: Sent, signal?: AbortSignal): Promise<Prediction>;
  /** This prediction belongs to that run already, so it is nobody else's lost one. */
  claim(id: string, run: string): void;
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

/**
 * Whether the list shows what we sent. A file that we have not turned into an address yet is known by its own; a secret
 * says nothing, since it is the same in all requests.
 */
function sameValue(sent: unknown, listed: unknown): boolean {
  if (isSecret(sent)) return true;
  if (isAttachment(sent)) return sent.url === listed;
  if (Array.isArray(sent) && Array.isArray(listed))
    return sent.length === listed.length && sent.every((each, index) => sameValue(each, listed[index]));
  return isDeepStrictEqual(sent, listed);
}

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
  const claimed = new Map<string, { run: string; at: number }>();

  function claimId(id: string, run: string): void {
    for (const [old, { at }] of claimed) {
      if (clock.now() - at < CLAIM_KEPT_MS) break;
      claimed.delete(old);
    }
    claimed.set(id, { run, at: clock.now() });
  }

  const isAnothers = ({ id }: Prediction, run: string) => (claimed.get(id)?.run ?? run) !== run;

  /** @throws {Problem} create-unknown, where a run that lost its own answer was given this one. */
  const claim = (prediction: Prediction, run: string) => {
    if (isAnothers(prediction, run)) throw new Problem({ kind: "create-unknown" });
    claimId(prediction.id, run);
    return prediction;
  };

  async function find(
    request: PredictionRequest,
    { run, sentAt }: Sent,
  ): Promise<ListedPrediction | undefined> {
    const serverTime = sentAt + api.skewMs();
    const listed = await api.list(new Date(serverTime - TOLERANCE_MS)).catch(() => []);
    return listed
      .filter((each) => !isAnothers(each, run))
      .filter((each) => matches(each, request, serverTime))
      .toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))[0];
  }

  /** Looks that were missed while nobody was there to look are not made up for, except the last. */
  async function search(
    request: PredictionRequest,
    sent: Sent & { lostAt: number },
    signal?: AbortSignal,
  ): Promise<Prediction> {
    for (const [index, after] of LOOKS_MS.entries()) {
      const waitMs = sent.lostAt + after - clock.now();
      if (waitMs < 0 && index < LOOKS_MS.length - 1) continue;
      await clock.sleep(Math.max(0, waitMs), signal);
      const found = await find(request, sent);
      if (found) return claim(found, sent.run);
    }
    throw new Problem({ kind: "create-unknown" });
  }

  const isLost = (error: unknown) =>
    error instanceof ReplicateFailure && (error.ambiguous || error.status >= 500);

  return {
    recover: (request, sent, signal) => search(request, { ...sent, lostAt: sent.sentAt }, signal),
    claim: claimId,
    async create(request, sending, signal) {
      const { run } = sending;
      const until = clock.now() + PATIENCE_MS;
      for (let attempt = 1; ; attempt++) {
        await limiter.take(until, signal);
        await sending.begun();
        const sentAt = clock.now();
        try {
          // Not given up half-way: whoever stops it now needs its id to cancel it.
          return claim(await breaker.run(() => api.create(request)), run);
        } catch (error) {
          if (isLost(error)) return search(request, { run, sentAt, lostAt: clock.now() });
          const throttled = error instanceof ReplicateFailure && error.status === 429;
          if (!throttled || attempt >= MAX_ATTEMPTS || clock.now() > until) throw error;
          limiter.throttled(error.detail, error.retryAfterMs);
          await sending.refused();
        }
      }
    },
  };
}
