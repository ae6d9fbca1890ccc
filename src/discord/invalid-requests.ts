import type { Clock } from "../services/clock.ts";

/** Discord bans an address that sends 10,000 invalid requests (401, 403, 429) in ten minutes; we stop well before. */
const LIMIT = 8_000;
const WINDOW_MS = 10 * 60_000;
const SLOT_MS = 1_000;

const INVALID = new Set([401, 403, 429]);

/** How many of the latest ten minutes' requests Discord held against this bot. */
export interface InvalidRequests {
  /** Counts a response, where it is one of those. A limit that is shared with others (`shared`) is not held against us. */
  count(status: number, scope: string | null): void;
  /** Resolves when another request may be sent, at once but after a storm; and when the bot stops. */
  room(): Promise<void>;
}

/** `stopped` is called when the limit is met, once until there is room again. */
export function createInvalidRequests(
  clock: Clock,
  stopped: () => void,
  signal?: AbortSignal,
): InvalidRequests {
  /** Counts by second, oldest first. */
  const slots: { at: number; count: number }[] = [];
  let total = 0;
  let waiting = false;

  function forget(): void {
    for (let [oldest] = slots; oldest && clock.now() - oldest.at >= WINDOW_MS; [oldest] = slots) {
      total -= oldest.count;
      slots.shift();
    }
  }

  return {
    count(status, scope) {
      if (!INVALID.has(status) || (status === 429 && scope === "shared")) return;
      const at = Math.floor(clock.now() / SLOT_MS) * SLOT_MS;
      const last = slots.at(-1);
      if (last?.at === at) last.count += 1;
      else slots.push({ at, count: 1 });
      total += 1;
    },
    async room() {
      for (forget(); total >= LIMIT && !signal?.aborted; forget()) {
        if (!waiting) stopped();
        waiting = true;
        const waitMs = (slots[0]?.at ?? 0) + WINDOW_MS - clock.now();
        await clock.sleep(waitMs, signal).catch(() => undefined);
      }
      waiting = false;
    },
  };
}
