/** Work under one key runs in the order it was asked for, one piece at a time; other keys don't wait. */
export type Turns = <R>(key: string, work: () => Promise<R>) => Promise<R>;

/** Holds no memory for a key without work. Asking for a key from inside its own turn would wait forever. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();

  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work);
    const forget = () => {
      if (last.get(key) === over) last.delete(key);
    };
    const over = turn.then(forget, forget);
    last.set(key, over);
    return turn;
  };
}
