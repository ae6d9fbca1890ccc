import type { Clock } from "../services/clock.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** How long to wait after so many failures in a row, in milliseconds: a server's trouble passes. */
export const pauseMs = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);

/** Discord refused the request, so it had no effect; whatever else went wrong, it may have had it. */
export const wasRefused = (error: unknown): boolean => {
  const { status } = error as { status?: unknown };
  return typeof status === "number" && status >= 400 && status < 500;
};

/** Refusals, such as that of a message that is gone, come again, and so do our own mistakes. */
export const isLasting = (error: unknown): boolean =>
  wasRefused(error) || [TypeError, RangeError, ReferenceError].some((mistake) => error instanceof mistake);

/** What the patience is for: what may be done twice, until it is done. */
export interface Patience {
  /** Repeats it until it succeeds. @throws {unknown} what `lasts`, or the last failure once `signal` is aborted. */
  until<T>(work: () => Promise<T>, lasts: (error: unknown) => boolean): Promise<T>;
}

export const createPatience = (clock: Clock, signal: AbortSignal): Patience => ({
  async until(work, lasts) {
    for (let failures = 0; ; failures++)
      try {
        return await work();
      } catch (error) {
        if (lasts(error) || signal.aborted) throw error;
        await clock.sleep(pauseMs(failures), signal).catch(() => undefined);
      }
  },
});
