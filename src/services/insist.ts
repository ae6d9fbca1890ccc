import type { Logger } from "pino";
import type { Clock } from "./clock.ts";

/** Repeats a write that may be repeated: a store that is away for a moment is no reason to fail. */
export type Insist = <T>(write: () => Promise<T>) => Promise<T>;

const PAUSES_MS = [500, 2_000, 5_000];

/** Four attempts over 7.5 s; rejects with the last one's error. */
export const createInsist =
  ({ clock, log }: { clock: Clock; log: Logger }): Insist =>
  async (write) => {
    for (const pauseMs of PAUSES_MS) {
      try {
        return await write();
      } catch (error) {
        log.warn({ error }, "the store did not take it; trying again");
        await clock.sleep(pauseMs);
      }
    }
    return write();
  };
