import { Problem } from "./problem.ts";

/** Bytes that somebody may hold until they are given back. */
export interface Reservation {
  readonly bytes: number;
  /** Gives back what turned out not to be needed. */
  shrink(bytes: number): void;
  /** Gives everything back; once is enough, more does no harm. */
  release(): void;
}

/**
 * A number of bytes that may be held at once, given out in the order in which they were asked for.
 *
 * Whoever holds some must not ask for more: two who each wait for what the other holds would wait for ever. So the most
 * that may be needed is asked for at once, and what is not needed is given back early.
 */
export interface Memory {
  readonly totalBytes: number;
  readonly heldBytes: number;
  /** Undefined where one would have to wait. */
  tryReserve(bytes: number): Reservation | undefined;
  /** @throws {Problem} result-too-large, where it is more than there is at all. */
  reserve(bytes: number, signal?: AbortSignal): Promise<Reservation>;
}

interface Waiting {
  bytes: number;
  grant(): void;
}

export function createMemory(totalBytes: number): Memory {
  const queue: Waiting[] = [];
  let held = 0;

  /** Whoever came first is served first, so that a large file is not overtaken for ever by small ones. */
  function serve(): void {
    for (let next = queue[0]; next && held + next.bytes <= totalBytes; next = queue[0]) {
      queue.shift();
      next.grant();
    }
  }

  function take(bytes: number): Reservation {
    let own = bytes;
    held += own;
    const shrink = (to: number) => {
      if (to >= own) return;
      held -= own - to;
      own = to;
      serve();
    };
    return {
      get bytes() {
        return own;
      },
      shrink,
      release: () => shrink(0),
    };
  }

  const check = (bytes: number) => {
    if (bytes > totalBytes) throw new Problem({ kind: "result-too-large", bytes, limitBytes: totalBytes });
  };

  return {
    totalBytes,
    get heldBytes() {
      return held;
    },
    tryReserve(bytes) {
      check(bytes);
      return queue.length === 0 && held + bytes <= totalBytes ? take(bytes) : undefined;
    },
    async reserve(bytes, signal) {
      check(bytes);
      signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        const leave = () => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(signal?.reason as Error);
          serve();
        };
        const waiting: Waiting = {
          bytes,
          grant() {
            signal?.removeEventListener("abort", leave);
            resolve(take(bytes));
          },
        };
        signal?.addEventListener("abort", leave, { once: true });
        queue.push(waiting);
        serve();
      });
    },
  };
}
