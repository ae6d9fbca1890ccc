/** Tells several waiters that something changed; each remembers how much it has seen. */
export interface Changes {
  readonly count: number;
  readonly notify: () => void;
  /** Resolves as soon as more than `count` changes have happened. */
  after(count: number): Promise<void>;
}

export function createChanges(): Changes {
  let count = 0;
  let wake = () => undefined as void;
  let next = new Promise<void>((resolve) => (wake = resolve));
  return {
    get count() {
      return count;
    },
    notify() {
      count += 1;
      const wakeNow = wake;
      next = new Promise((resolve) => (wake = resolve));
      wakeNow();
    },
    after: (seen) => (count > seen ? Promise.resolve() : next),
  };
}
