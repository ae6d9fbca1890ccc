import type { Clock } from "./clock.ts";
import { Problem } from "./problem.ts";

const HOUR_MS = 60 * 60_000;

/** Failures are free for people, not for the operator: nobody may have endlessly many of them. */
export interface FreeFailures {
  /** @throws {Problem} too-many-failures */
  check(person: string): void;
  count(person: string): void;
}

/** `perHour` free failures a person, counted over the last hour; forgotten when the process ends. */
export function createFreeFailures(clock: Clock, perHour: number): FreeFailures {
  const failures = new Map<string, number[]>();

  const recent = (person: string) => {
    const times = (failures.get(person) ?? []).filter((time) => clock.now() - time < HOUR_MS);
    if (times.length === 0) failures.delete(person);
    else failures.set(person, times);
    return times;
  };

  return {
    check(person) {
      const [oldest, ...others] = recent(person).slice(-perHour);
      if (oldest !== undefined && others.length + 1 >= perHour)
        throw new Problem({ kind: "too-many-failures", retryAt: oldest + HOUR_MS });
    },
    count: (person) => void failures.set(person, [...recent(person), clock.now()]),
  };
}
