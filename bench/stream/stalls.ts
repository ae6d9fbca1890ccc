import { percentile } from "./figures.ts";

const TICK_MS = 5;

/** Longer than this, and it is the machine that is measured. */
const TOLERATED_MS = 50;

/** Notices when this process gets to run too late, be it for others' work or for too much of its own. */
export interface Stalls {
  /** How late it was at each look, every few milliseconds. */
  late: readonly { at: number; ms: number }[];
  /** How often something was done again. */
  repeated: number;
  /** Does it once more if there was a stall meanwhile; what comes back is the attempt with the shorter one. */
  avoid<T>(attempt: () => Promise<T>): Promise<T>;
  stop(): void;
}

export function watchStalls(): Stalls {
  const late: { at: number; ms: number }[] = [];
  let due = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const at = performance.now();
    late.push({ at, ms: Math.max(0, at - due) });
    due = at + TICK_MS;
  }, TICK_MS);
  const worstSince = (begin: number) =>
    late.reduce((worst, { at, ms }) => (at >= begin ? Math.max(worst, ms) : worst), 0);

  const stalls: Stalls = {
    late,
    repeated: 0,
    async avoid(attempt) {
      const once = async () => {
        const begin = performance.now();
        return { result: await attempt(), worst: worstSince(begin) };
      };
      const first = await once();
      if (first.worst <= TOLERATED_MS) return first.result;
      stalls.repeated += 1;
      const second = await once();
      return (second.worst < first.worst ? second : first).result;
    },
    stop: () => clearInterval(timer),
  };
  return stalls;
}

/** What a reader of the figures has to know of it. */
export function describe({ late, repeated }: Stalls): string {
  const all = late.map(({ ms }) => ms);
  const [half, most, worst] = [0.5, 0.99, 1].map((share) => Math.round(percentile(all, share)));
  return [
    `This process was late by ${half} ms (p50), ${most} ms (p99), ${worst} ms (at the most);`,
    `where there is a goal, a play in which it was late by more than ${TOLERATED_MS} ms was repeated once (${repeated} were), and the less disturbed one counts.`,
  ].join(" ");
}
