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
  expect(model: string): Promise<Expectation | undefined>;
  learn(model: string, waitSeconds: number, runSeconds: number): Promise<void>;
}

const REMEMBERED = 20;

const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};

export function createPaces(store: Store): Paces {
  const paces = store.records<Pace>("paces", paceSchema);
  return {
    async expect(model) {
      const pace = await paces.get(model);
      return pace && { waitSeconds: median(pace.waits), runSeconds: median(pace.runs) };
    },
    learn: (model, waitSeconds, runSeconds) =>
      store.inTurn(`pace/${model}`, async () => {
        const { waits, runs } = (await paces.get(model)) ?? { waits: [], runs: [] };
        const latest = (values: number[], value: number) =>
          [...values, Math.max(0, value)].slice(-REMEMBERED);
        await paces.set(model, { waits: latest(waits, waitSeconds), runs: latest(runs, runSeconds) });
      }),
  };
}
