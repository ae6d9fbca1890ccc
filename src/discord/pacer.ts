import type { Clock } from "../services/clock.ts";
import { type Bucket, type BucketState, createBucket } from "./bucket.ts";

/** Requests of one method share a bucket. */
export type Method = "PATCH" | "POST";

/** A request that waits for its turn. */
export interface Wish {
  method: Method;
  /** Finals go before everything, as soon as there is a slot; it may become one while it waits. */
  isFinal: () => boolean;
  /** Not before this, unless it is final; asked again whenever something changed. */
  notBefore: () => number;
  /** Leaves the slots alone that the lane keeps for finals; who has no other lane takes them. */
  yields: () => boolean;
  /** Called once, when it is its turn: by then it waits nowhere. */
  grant: (turn: Turn) => void;
}

/** Leave to send one request. Nothing else leaves on this lane until it ends. */
export interface Turn {
  /** Called as the request leaves; a turn that ends without it used nothing. */
  leave(): void;
  end(state?: BucketState): void;
  /** Ends the turn after a 429. */
  refused(retryAfterMs: number): void;
}

/** Says when the next request of one lane may leave: an interaction's webhook, or a channel. */
export interface Pacer {
  /** Waits here, maybe at another pacer as well: whoever grants it first, it is withdrawn from the other. */
  ask(wish: Wish): void;
  withdraw(wish: Wish): void;
  /** Something changed from outside, such as a wish that became final. */
  pump(): void;
  /**
   * Milliseconds between one answer's requests that use this lane evenly from a time on, as things are, with its part
   * of it; undefined where nothing is known.
   */
  gapMs(method: Method, yields: boolean, from: number): number | undefined;
  /** The same, if the answer had all of it from a new window on. */
  evenMs(method: Method): number | undefined;
  isBlocked(): boolean;
  block(ms: number): void;
  /** One more answer is shown by way of this lane; returns how it leaves. */
  join(): () => void;
  /** Nobody waits, nobody may come, and what was learnt is of no use any more. */
  isIdle(): boolean;
}

export interface PacerOptions {
  clock: Clock;
  /** Slots that regular requests leave to finals, for so many answers that are shown. */
  keeps?: (answers: number) => number;
  /** Told of every turn that is given. */
  granted?: () => void;
}

/** The name of a bucket that Discord has not named yet. */
const UNKNOWN = "unknown";

/** What was learnt of a lane is worth keeping for so long. */
const FORGET_AFTER_MS = 60_000;

export function createPacer({ clock, keeps = () => 0, granted }: PacerOptions): Pacer {
  const buckets = new Map<string, Bucket>();
  const hashes = new Map<Method, string>();
  const waiting = new Set<Wish>();
  let answers = 0;
  let busy = false;
  let usedAt = clock.now();
  let waking: { at: number; timer: AbortController } | undefined;

  /** As long as nothing is known of a method, it is taken to share the other's bucket, with what that was refused. */
  const nameOf = (method: Method) => hashes.get(method) ?? [...hashes.values()][0] ?? UNKNOWN;

  function bucketOf(method: Method): Bucket {
    const name = nameOf(method);
    const known = buckets.get(name);
    if (known) return known;
    const bucket = createBucket(() => clock.now());
    buckets.set(name, bucket);
    return bucket;
  }

  /** Only an answer tells which bucket its method has, and that may be another method's as well. */
  function learn(method: Method, state: BucketState | undefined): void {
    const bucket = bucketOf(method);
    if (state?.hash && hashes.get(method) !== state.hash) {
      const isFirst = hashes.size === 0;
      hashes.set(method, state.hash);
      // What left before the bucket had a name counts in it.
      if (isFirst) buckets.set(state.hash, bucket);
    }
    bucketOf(method).learn(state);
  }

  const keptFrom = (yields: boolean) => (yields ? keeps(answers) : 0);

  function startOf({ method, notBefore, yields, isFinal }: Wish): number {
    if (isFinal()) return bucketOf(method).readyAt();
    const slot = bucketOf(method).slotAt(keptFrom(yields()));
    // In a busy channel everybody who waits is asked, and nobody can start: that is to cost little.
    return Number.isFinite(slot) ? Math.max(notBefore(), slot) : slot;
  }

  async function pumpAt(at: number, signal: AbortSignal): Promise<void> {
    await clock.sleep(Math.ceil(at - clock.now()), signal);
    waking = undefined;
    pump();
  }

  function wakeAt(at: number): void {
    if (waking?.at === at) return;
    waking?.timer.abort(new Error("another time"));
    waking = undefined;
    if (!Number.isFinite(at)) return;
    const timer = new AbortController();
    waking = { at, timer };
    pumpAt(at, timer.signal).catch(() => undefined);
  }

  function turnOf({ method }: Wish): Turn {
    const end = () => {
      busy = false;
      usedAt = clock.now();
      pump();
    };
    return {
      leave: () => bucketOf(method).sent(),
      end(state) {
        learn(method, state);
        end();
      },
      refused(retryAfterMs) {
        bucketOf(method).block(retryAfterMs);
        end();
      },
    };
  }

  /** When something may change for those who wait, beside what they said. */
  const changesAt = () => Math.min(...[...buckets.values()].map((bucket) => bucket.changesAt()));

  /** Finals first; otherwise who waits longest, which is round-robin: who was served asks again behind the others. */
  function pump(): void {
    if (busy) return;
    const starts = [...waiting].map((wish) => ({ wish, at: startOf(wish) }));
    const ready = starts.filter(({ at }) => at <= clock.now());
    const next = ready.find(({ wish }) => wish.isFinal()) ?? ready[0];
    if (next) return serve(next.wish);
    wakeAt(
      starts.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...starts.map(({ at }) => at), changesAt()),
    );
  }

  function serve(wish: Wish): void {
    waiting.delete(wish);
    busy = true;
    granted?.();
    wish.grant(turnOf(wish));
  }

  return {
    pump,
    ask(wish) {
      waiting.add(wish);
      // Unless it comes first, all are looked at when they were to be: answers that share a channel ask very often.
      if (waking === undefined || startOf(wish) < waking.at) pump();
    },
    withdraw: (wish) => void waiting.delete(wish),
    gapMs(method, yields, from) {
      const gap = bucketOf(method).gapMs(keptFrom(yields), from);
      return gap === undefined ? undefined : gap * Math.max(1, answers);
    },
    evenMs: (method) => bucketOf(method).evenMs(),
    isBlocked: () => [...buckets.values()].some((bucket) => bucket.isBlocked()),
    block(ms) {
      for (const method of ["PATCH", "POST"] as const) bucketOf(method).block(ms);
      pump();
    },
    join() {
      answers += 1;
      return () => {
        answers -= 1;
        pump();
      };
    },
    isIdle: () => answers === 0 && !busy && waiting.size === 0 && clock.now() - usedAt > FORGET_AFTER_MS,
  };
}
