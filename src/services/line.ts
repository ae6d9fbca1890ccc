import PQueue from "p-queue";

/** Work that waits for its turn: so much runs at once, in the order in which it came. */
export interface Line {
  /**
   * Resolves when the work is done. Work whose signal is aborted while it waits is never begun by the line; the promise
   * then rejects with the signal's reason.
   */
  add(work: () => Promise<void>, how: { signal: AbortSignal; moved: (ahead: number) => void }): Promise<void>;
}

/** Those far back are told less often where they stand, so that a long line costs no more than a short one. */
const isTold = (ahead: number) => ahead <= 8 || Number.isInteger(Math.log2(ahead));

/** `concurrency`: how much runs at once. */
export function createLine(concurrency: number): Line {
  const queue = new PQueue({ concurrency });
  const waiting = new Set<(ahead: number) => void>();

  function tell(): void {
    let ahead = 0;
    for (const moved of waiting) {
      if (isTold(ahead)) moved(ahead);
      ahead += 1;
    }
  }

  return {
    async add(work, { signal, moved }) {
      const leave = () => {
        if (waiting.delete(moved)) tell();
      };
      const begin = () => {
        leave();
        return work();
      };
      const done = queue.add(begin, { signal });
      if (queue.size > 0) {
        waiting.add(moved);
        moved(waiting.size - 1);
      }
      await done.finally(leave);
    },
  };
}
