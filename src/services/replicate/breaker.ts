import type { Clock } from "../clock.ts";
import { ReplicateFailure } from "./retry.ts";

/** While the account can't run anything, one request a minute asks whether it can again. */
const OPEN_MS = 60_000;

/** Stops asking an account that said 401 or 402, and tells the operator once. */
export interface Breaker {
  /** @throws {ReplicateFailure} the account's own refusal, while the breaker is open. */
  run<T>(request: () => Promise<T>): Promise<T>;
}

const isRefusal = (error: unknown): error is ReplicateFailure =>
  error instanceof ReplicateFailure && (error.status === 401 || error.status === 402);

export function createBreaker(clock: Clock, tell: (status: number, open: boolean) => void): Breaker {
  let open: { refusal: ReplicateFailure; until: number } | undefined;

  return {
    async run(request) {
      if (open && clock.now() < open.until) throw open.refusal;
      // The next ones wait for what this one finds out.
      if (open) open.until = clock.now() + OPEN_MS;
      try {
        const answer = await request();
        if (open) tell(open.refusal.status, false);
        open = undefined;
        return answer;
      } catch (error) {
        if (isRefusal(error)) {
          if (!open) tell(error.status, true);
          open = { refusal: error, until: clock.now() + OPEN_MS };
        }
        throw error;
      }
    },
  };
}
