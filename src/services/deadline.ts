import { systemClock } from "./clock.ts";

/** The answer if it comes within `ms` of real time; else throws. What was asked goes on unless it is told to stop. */
export async function within<R>(ms: number, answer: Promise<R>): Promise<R> {
  const over = new AbortController();
  const deadline = systemClock.sleep(ms, over.signal).then(() => {
    throw new Error(`No answer within ${ms} ms`);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    over.abort();
  }
}
