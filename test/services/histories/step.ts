import * as fc from "fast-check";
import type { Allowance } from "../../../src/services/quota.ts";
import { accounts, guilds, PEOPLE, roles } from "./people.ts";

/** What one caller asks for. `who` is a place in the list of accounts. */
export type Step =
  | { do: "hold"; who: number; runs: Record<string, number> }
  | { do: "settle" | "forgive"; who: number; run: string; cost: number }
  | { do: "release"; who: number; runs: string[] }
  | { do: "grant"; who: number; amount: number }
  | { do: "reset"; who: number }
  | { do: "rule"; guild: string; of: "everyone" | "role" | "person"; id: string; rule: Allowance | "default" }
  | { do: "limit"; guild: string; limit: number | "default" }
  /** A guild, or `everywhere`. */
  | { do: "pause"; guild: string; paused: boolean };

/** One write of the store, counted from the beginning of a moment, does not come through as it should. */
export interface Trouble {
  write: number;
  landed: boolean;
  /** Either only the write fails, or the process ends with it. */
  ends: boolean;
}

/** Steps that are begun together, or time that passes. */
export type Moment = { steps: Step[]; trouble: Trouble | null } | { hours: number } | { month: "ends" };

// A few ask far more often than others, three of them in one guild: so much of it meets.
const USUAL = [0, 5, 10, 1];
const member = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...USUAL) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: PEOPLE - 1 }) },
);
const account = fc.oneof(
  { weight: 10, arbitrary: member },
  { weight: 1, arbitrary: fc.integer({ min: PEOPLE, max: accounts.length - 1 }) },
);
const guild = fc.constantFrom(...guilds.map(({ id }) => id));
// Some runs are named more often than others, so that what ends is often held.
const job = fc.constantFrom("job-1", "job-1", "job-1", "job-2", "job-2", "job-3");
const run = fc.tuple(job, fc.constantFrom("a", "a", "b")).map((parts) => parts.join("/"));
/** Round ones meet a limit exactly. */
const upTo = (most: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: most / 10_000 }).map((times) => times * 10_000),
    fc.integer({ min: 1, max: most }),
  );
const amount = upTo(60_000);
/** A run may cost more than was held for it. */
const cost = upTo(90_000);
const rule = fc.oneof(
  fc.constantFrom<Allowance | "default">("unlimited", "unlimited", "default", 0),
  upTo(150_000),
);

const hold = fc
  .record({
    who: account,
    job,
    amounts: fc.array(amount, { minLength: 1, maxLength: 2 }),
  })
  .map(({ who, job, amounts }) => ({
    do: "hold" as const,
    who,
    runs: Object.fromEntries(amounts.map((each, place) => [`${job}/${"ab"[place]}`, each])),
  }));
const end = fc.record({
  do: fc.constantFrom("settle" as const, "forgive" as const),
  who: account,
  run,
  cost,
});
const release = fc.record({
  do: fc.constant("release" as const),
  who: account,
  runs: run.map((each) => [each]),
});
const grant = fc.record({
  do: fc.constant("grant" as const),
  who: member,
  amount: fc.integer({ min: -40_000, max: 80_000 }),
});
const ofPerson = member.map((who) => ({
  guild: accounts[who]!.guild!,
  of: "person" as const,
  id: accounts[who]!.person,
}));
const ofRole = fc.record({ guild, of: fc.constant("role" as const), id: fc.constantFrom(...roles) });
const ofEveryone = fc.record({ guild, of: fc.constant("everyone" as const), id: fc.constant("") });
const setRule = fc
  .tuple(fc.oneof(ofPerson, ofRole, ofEveryone), rule)
  .map(([whose, each]) => ({ do: "rule" as const, ...whose, rule: each }));
const setLimit = fc.record({
  do: fc.constant("limit" as const),
  guild,
  limit: fc.oneof(fc.constant("default" as const), upTo(250_000)),
});
const pause = fc.record({
  do: fc.constant("pause" as const),
  guild: fc.oneof({ weight: 4, arbitrary: guild }, { weight: 1, arbitrary: fc.constant("everywhere") }),
  // Otherwise most histories would stand still.
  paused: fc.constantFrom(true, false, false, false),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: hold },
  { weight: 8, arbitrary: end },
  { weight: 2, arbitrary: release },
  { weight: 2, arbitrary: grant },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), who: member }) },
  { weight: 2, arbitrary: setRule },
  { weight: 1, arbitrary: setLimit },
  { weight: 1, arbitrary: pause },
);

const trouble = fc.oneof(
  fc.constant(null),
  fc.record({ write: fc.integer({ min: 0, max: 7 }), landed: fc.boolean(), ends: fc.boolean() }),
);

/** The jobs that a step is about. */
const jobsOf = (step: Step): string[] => {
  const runs = "run" in step ? [step.run] : "runs" in step ? runsOf(step) : [];
  return runs.map((run) => `${"who" in step ? step.who : ""}/${run.split("/")[0]}`);
};

const runsOf = ({ runs }: Extract<Step, { runs: unknown }>) =>
  Array.isArray(runs) ? runs : Object.keys(runs);

/** Only one follows a job: nobody else ends its runs, at another cost, while its own attempt fails halfway. */
function oneForEachJob(steps: readonly Step[]): Step[] {
  const followed = new Set<string>();
  return steps.filter((step) => {
    const jobs = jobsOf(step);
    const isFirst = !jobs.some((job) => followed.has(job));
    for (const job of jobs) followed.add(job);
    return isFirst;
  });
}

const moment: fc.Arbitrary<Moment> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({ steps: fc.array(step, { minLength: 1, maxLength: 6, size: "max" }), trouble })
      .map(({ steps, trouble }) => ({ steps: trouble ? oneForEachJob(steps) : steps, trouble })),
  },
  { weight: 3, arbitrary: fc.record({ hours: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ month: "ends" as const }) },
);

export const histories = fc.array(moment, { minLength: 1, maxLength: 25, size: "max" });
