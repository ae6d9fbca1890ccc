/** Tells who waits that something changed: a message's or interaction's id, "commands" or "gateway". */
export interface Changes {
  notify(about: string): void;
  /** Returns how to stop. */
  watch(listener: (about: string) => void): () => void;
}

export function createChanges(): Changes {
  const listeners = new Set<(about: string) => void>();
  return {
    notify: (about) => [...listeners].forEach((listener) => listener(about)),
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Resolves as soon as `test` holds; rejects after `timeoutMs` of real time, saying what was waited for. */
export function until(
  changes: Pick<Changes, "watch">,
  test: () => boolean,
  timeoutMs: number,
  what: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const look = () => {
      try {
        if (test()) finish(resolve);
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const timer = setTimeout(
      () => finish(() => reject(new Error(`Not within ${timeoutMs} ms: ${what}`))),
      timeoutMs,
    );
    const stop = changes.watch(look);
    look();
  });
}
