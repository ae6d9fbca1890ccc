/** Work that several wait for, and that is done once. */
export interface Shared<T> {
  /** Joins the work of this name, or begins it. It is stopped when nobody waits for it any more. */
  join(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Going<T> {
  result: Promise<T>;
  stop: AbortController;
  waiting: number;
}

export function createShared<T>(): Shared<T> {
  const going = new Map<string, Going<T>>();

  function begin(name: string, work: (signal: AbortSignal) => Promise<T>): Going<T> {
    const stop = new AbortController();
    const forget = () => {
      if (going.get(name) === begun) going.delete(name);
    };
    const begun: Going<T> = { stop, waiting: 0, result: work(stop.signal).finally(forget) };
    // Whoever waits is told; where nobody does any more, nobody has to be.
    begun.result.catch(() => undefined);
    going.set(name, begun);
    return begun;
  }

  /** Rejects as soon as the signal is aborted; `left` is called in the end. */
  function until(result: Promise<T>, signal: AbortSignal, left: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = () => reject(signal.reason as Error);
      signal.addEventListener("abort", leave, { once: true });
      void result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    }).finally(left);
  }

  return {
    async join(name, work, signal) {
      signal.throwIfAborted();
      const known = going.get(name);
      const one = known && !known.stop.signal.aborted ? known : begin(name, work);
      one.waiting += 1;
      return until(one.result, signal, () => {
        one.waiting -= 1;
        if (one.waiting === 0) one.stop.abort(signal.reason ?? new Error("nobody waits for it"));
      });
    },
  };
}
