import type { Clock } from "./clock.ts";
import type { Run } from "./jobs.ts";
import type { AnyModel } from "./models/models.ts";
import type { ReplicateApi, Prediction } from "./replicate/client.ts";
import { isTerminal } from "./replicate/client.ts";
import { progressOf } from "./replicate/outcome.ts";
import { ReplicateFailure } from "./replicate/retry.ts";
import { readStream } from "./replicate/stream.ts";

/** A machine may have to be found and started, and a busy model has a queue: an hour in it is still worth the wait. */
export const WAITING_LIMIT_MS = 2 * 60 * 60_000;
/** Replicate ends a prediction after 30 minutes itself. */
export const RUNNING_LIMIT_MS = 35 * 60_000;

const POLL_FIRST_MS = 500;
const POLL_SHORTEST_MS = 200;
const POLL_LONGEST_MS = 5_000;

/** Who waits longer than this for a machine waits for one to be started. */
const COLD_AFTER_MS = 10_000;

/**
 * How long to wait before the next look. Where nothing is known of the model: half a second at first, then longer and
 * longer. Where its pace is known: seldom at first and long after, often around the time when its runs usually end.
 */
export function pollPauseMs(elapsedMs: number, expectedMs: number | undefined): number {
  if (expectedMs === undefined) return Math.min(POLL_LONGEST_MS, Math.max(POLL_FIRST_MS, elapsedMs / 4));
  const left = expectedMs - elapsedMs;
  // Before the end, not past it; after it, ever more seldom again.
  const pause = left > 0 ? left * 0.7 : -left / 4;
  return Math.min(POLL_LONGEST_MS, Math.max(POLL_SHORTEST_MS, pause));
}

const expectedMs = ({ expected }: Run) => expected && (expected.waitSeconds + expected.runSeconds) * 1000;

export interface Following {
  api: ReplicateApi;
  clock: Clock;
  /** Whether a prediction's stream may be read from this address. */
  isStreamHost: (url: string) => boolean;
  /** Aborted when nobody follows any longer. */
  signal: AbortSignal;
  /** Called after each change to the run. */
  changed: () => void;
  runningLimitMs: number;
}

/** When a prediction's machine began, by our clock; Replicate's may go wrong, or ours. */
export const startOf = ({ started_at }: Prediction, skewMs: number): number | undefined =>
  started_at ? Date.parse(started_at) - skewMs : undefined;

const KEPT_MS = 60 * 60_000;

/** When Replicate removes what the prediction made, in milliseconds since 1970 by our clock: an hour after its end. */
export const removalOf = ({ completed_at }: Prediction, skewMs: number): number | undefined =>
  completed_at ? Date.parse(completed_at) - skewMs + KEPT_MS : undefined;

const running = (run: Run, prediction: Prediction, skewMs: number) => {
  if (prediction.status === "starting" || prediction.status === "processing") run.state = prediction.status;
  const startedAt = startOf(prediction, skewMs);
  if (startedAt !== undefined) run.startedAt = startedAt;
  const progress = progressOf(prediction.logs);
  if (progress !== undefined) run.progress = progress;
};

/** Text as it is written; what was shown is replaced by the prediction's own output in the end. */
async function streamText(run: Run, url: string, { clock, signal, changed }: Following): Promise<void> {
  let text = "";
  for await (const event of readStream(url, { signal, sleep: (ms) => clock.sleep(ms, signal) })) {
    if (event.kind !== "text") return;
    text += event.text;
    run.state = "processing";
    run.startedAt ??= clock.now();
    run.result = { text };
    changed();
  }
}

/** The prediction as it is now; undefined while Replicate can't be reached, which is no reason to give a run up. */
async function look(
  id: string,
  { api, signal }: Pick<Following, "api" | "signal">,
): Promise<Prediction | undefined> {
  try {
    return await api.get(id, signal);
  } catch (error) {
    const passing = error instanceof ReplicateFailure && (error.status === 0 || error.status >= 429);
    if (!passing) throw error;
    return undefined;
  }
}

/** A prediction that was created earlier; asked for until Replicate answers. */
export async function find(
  id: string,
  following: Pick<Following, "api" | "signal" | "clock">,
): Promise<Prediction> {
  const since = following.clock.now();
  for (;;) {
    const prediction = await look(id, following);
    if (prediction) return prediction;
    await following.clock.sleep(pollPauseMs(following.clock.now() - since, undefined), following.signal);
  }
}

/**
 * Follows a prediction until it ended: by its stream where it has one, by polling otherwise.
 * Resolves with the ended prediction; with `undefined` when one of the two clocks (waiting, running) ran out.
 */
export async function followPrediction(
  run: Run,
  first: Prediction,
  model: Pick<AnyModel, "kind">,
  following: Following,
): Promise<Prediction | undefined> {
  const { clock, signal, changed } = following;
  const begunAt = clock.now();
  const waitingUntil = begunAt + WAITING_LIMIT_MS;
  let prediction = first;
  const { stream } = prediction.urls;
  if (model.kind === "text" && stream && !isTerminal(prediction) && following.isStreamHost(stream))
    await streamText(run, stream, following);

  while (!isTerminal(prediction)) {
    const seen = await look(first.id, following);
    if (seen) prediction = seen;
    if (isTerminal(prediction)) break;
    running(run, prediction, following.api.skewMs());
    const elapsedMs = clock.now() - begunAt;
    if (run.state === "starting" && elapsedMs > COLD_AFTER_MS) run.cold = true;
    changed();
    const limit = run.startedAt ? run.startedAt + following.runningLimitMs : waitingUntil;
    if (clock.now() > limit) return undefined;
    await clock.sleep(pollPauseMs(elapsedMs, expectedMs(run)), signal);
  }
  return prediction;
}

/** About half a minute altogether. */
const STOP_ATTEMPTS = 10;

/**
 * Cancels a prediction and resolves with its end, which may be that it had succeeded a moment before. A cancel that did
 * not get through is repeated, which is safe; where none does, Replicate's own net (`Cancel-After`) ends it later.
 */
export async function stopPrediction(
  id: string,
  { api, clock }: Pick<Following, "api" | "clock">,
): Promise<Prediction> {
  let taken = false;
  for (let attempt = 0; attempt < STOP_ATTEMPTS; attempt++) {
    try {
      const prediction = await (taken ? api.get(id) : api.cancel(id));
      taken = true;
      if (isTerminal(prediction)) return prediction;
    } catch (error) {
      if (!(error instanceof ReplicateFailure)) throw error;
    }
    await clock.sleep(Math.min(5_000, 300 * 2 ** attempt));
  }
  return { id, status: "canceled", output: null, error: null, urls: {} };
}
