/** The answer if it comes within `ms` of real time; else throws. What was asked goes on unless it is told to stop. */
export async function within<R>(ms: number, answer: Promise<R>): Promise<R> {
  // A plain timer: every call of the store has one, and an aborted sleep makes two errors with their stacks.
  let deadline: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(deadline);
  }
}

/**
 * A signal that is aborted after `ms` of real time, also as a part of `AbortSignal.any`. Node 20 forgets a signal of
 * `AbortSignal.timeout` that nothing but such a combination refers to (nodejs/node 57736), and then it never fires.
 */
export function expiry(ms: number): AbortSignal {
  const over = new AbortController();
  setTimeout(() => over.abort(new Error(`Not done within ${ms} ms`)), ms).unref();
  return over.signal;
}

/** A signal that is aborted as soon as `feed` was not called for `ms` of real time. */
export function watchdog(ms: number): { signal: AbortSignal; feed(): void; stop(): void } {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`Nothing came for ${ms} ms`)), ms).unref();
  return { signal: silence.signal, feed: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
