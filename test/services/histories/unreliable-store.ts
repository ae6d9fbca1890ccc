import { Problem } from "../../../src/services/problem.ts";
import { type Records, type Store } from "../../../src/services/store.ts";
import { createTurns } from "../../../src/services/turns.ts";
import type { Trouble } from "./step.ts";

/** What a caller is told when its process is gone: nobody was there to tell it. */
export class Ended extends Error {
  override readonly name = "Ended";
}

/** The store as one process has it. */
export interface ProcessStore {
  store: Store;
  /** What goes wrong from now on, with writes counted from here. */
  expect(trouble: Trouble | null): void;
  /** The process ends: nothing is read or written for it any more. What it has begun to write still lands. */
  end(): void;
}

/** Over the same data for one process after the other; each has turns of its own, as it has its own memory. */
export function processStore(inner: Store): ProcessStore {
  let trouble: Trouble | null = null;
  let writes = 0;
  let isAlive = true;

  const checkAlive = () => {
    if (!isAlive) throw new Ended();
  };

  async function alive<R>(work: () => Promise<R>): Promise<R> {
    checkAlive();
    const answer = await work();
    checkAlive();
    return answer;
  }

  async function write(work: () => Promise<void>): Promise<void> {
    checkAlive();
    const met = trouble !== null && writes === trouble.write ? trouble : undefined;
    writes += 1;
    if (met?.ends) isAlive = false;
    if (!met || met.landed) await work();
    if (met && !met.ends) throw new Problem({ kind: "store-unavailable" });
    checkAlive();
  }

  const unreliable = <T>(records: Records<T>): Records<T> => ({
    get: (key) => alive(() => records.get(key)),
    set: (key, value, ttlMs) => write(() => records.set(key, value, ttlMs)),
    delete: (key) => write(() => records.delete(key)),
    entries: (prefix) => alive(() => records.entries(prefix)),
  });

  return {
    store: {
      ...inner,
      inTurn: createTurns(),
      records: (namespace, schema, form) => unreliable(inner.records(namespace, schema, form)),
    },
    expect(next) {
      trouble = next;
      writes = 0;
    },
    end: () => void (isAlive = false),
  };
}
