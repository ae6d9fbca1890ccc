import { z } from "zod";
import type { Store } from "./store.ts";

/** How long a model's latest runs took, in seconds: how long they waited for a machine, and how long they ran. */
const paceSchema = z.object({ waits: z.array(z.number()), runs: z.array(z.number()) });
type Pace = z.output<typeof paceSchema>;

/** What to expect of a model's next run, learnt from its own. Undefined before there were any. */
export interface Expectation {
  waitSeconds: number;
  runSeconds: number;
}

/** The time that each model takes, learnt and stored. */
export interface Paces {
  /**
   * What is known of the model at once, without waiting for the store. Where that is nothing yet, it is read meanwhile,
   * for whoever asks next.
   */
  known(model: string): Expectation | undefined;
  expect(model: string): Promise<Expectation | undefined>;
  learn(model: string, waitSeconds: number, runSeconds: number): Promise<void>;
}

const REMEMBERED = 20;

const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};

const expectationOf = ({ waits, runs }: Pace): Expectation => ({
  waitSeconds: median(waits),
  runSeconds: median(runs),
});

export function createPaces(store: Store): Paces {
  const paces = store.records<Pace>("paces", paceSchema);
  /** What was read or learnt last, by model; undefined where nothing is stored. */
  const inMind = new Map<string, Expectation | undefined>();

  async function expect(model: string): Promise<Expectation | undefined> {
    const pace = await paces.get(model);
    const expected = pace && expectationOf(pace);
    inMind.set(model, expected);
    return expected;
  }

  return {
    expect,
    known(model) {
      if (!inMind.has(model)) {
        inMind.set(model, undefined);
        // Asked for again by the next one.
        expect(model).catch(() => inMind.delete(model));
      }
      return inMind.get(model);
    },
    learn: (model, waitSeconds, runSeconds) =>
      store.inTurn(`pace/${model}`, async () => {
        const { waits, runs } = (await paces.get(model)) ?? { waits: [], runs: [] };
        const latest = (values: number[], value: number) =>
          [...values, Math.max(0, value)].slice(-REMEMBERED);
        const pace = { waits: latest(waits, waitSeconds), runs: latest(runs, runSeconds) };
        await paces.set(model, pace);
        inMind.set(model, expectationOf(pace));
      }),
  };
}
