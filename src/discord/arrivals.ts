import type { Clock } from "../services/clock.ts";
import { TOKEN_LIFE_MS } from "./address.ts";

/** Which interactions arrived lately, so that one that arrives twice is handled once. */
export interface Arrivals {
  /** Whether it was here already; from now on it was. */
  wasBefore(id: string): boolean;
}

export function createArrivals(clock: Clock): Arrivals {
  const seen = new Map<string, number>();
  return {
    wasBefore(id) {
      for (const [old, at] of seen) {
        if (clock.now() - at < TOKEN_LIFE_MS) break;
        seen.delete(old);
      }
      if (seen.has(id)) return true;
      seen.set(id, clock.now());
      return false;
    },
  };
}
