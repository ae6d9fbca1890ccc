/** Work that relies on something which may go: it is looked at now and then, and brought back where it is gone. */
export interface Guard {
  /** Runs beside other work, but never while the thing is being brought back. Rejects while it can't be. */
  during<R>(work: () => Promise<R>): Promise<R>;
  /** The next work looks first. */
  suspect(): void;
  /** Takes no more work, lets what is under way end, and looks once more. Rejects where the thing can't be brought back. */
  close(): Promise<void>;
}

export interface GuardOptions {
  isThere: () => Promise<boolean>;
  /** Called while no work is under way. */
  bringBack: () => Promise<void>;
  /** Before work, but at most this often in real time, and in any case four times as seldom. */
  everyMs: number;
  /** Once each time that it goes and can't be brought back, until it is there again. */
  onLost: (error: unknown) => void;
  onFound: () => void;
}

export function createGuard({ isThere, bringBack, everyMs, onLost, onFound }: GuardOptions): Guard {
  const underWay = new Set<Promise<unknown>>();
  let looking: Promise<void> | undefined;
  let dueAt = performance.now() + everyMs;
  let lost: { error: unknown } | undefined;
  let closed = false;

  async function lookOnce(): Promise<void> {
    try {
      if (!(await isThere())) {
        await Promise.allSettled(underWay);
        await bringBack();
      }
      if (lost) onFound();
      lost = undefined;
      dueAt = performance.now() + everyMs;
    } catch (error) {
      if (!lost) onLost(error);
      lost = { error };
      dueAt = performance.now() + 4 * everyMs; // A copy of everything is tried each time.
      throw error;
    }
  }

  /** Whoever asks while one is looking gets the same answer. */
  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => (looking = undefined));
    return looking;
  }

  async function unlessLost(): Promise<void> {
    if (!closed && performance.now() >= dueAt) await look();
    while (looking) await looking;
    if (closed) throw new Error("Closed");
    if (lost) throw lost.error;
  }

  const timer = setInterval(() => void look().catch(() => undefined), 4 * everyMs).unref();

  return {
    async during(work) {
      await unlessLost();
      if (closed) throw new Error("Closed"); // Since it was looked at.
      const done = work();
      underWay.add(done);
      try {
        return await done;
      } finally {
        underWay.delete(done);
      }
    },
    suspect: () => void (dueAt = 0),
    async close() {
      closed = true;
      clearInterval(timer);
      await Promise.allSettled(underWay);
      await look();
    },
  };
}
