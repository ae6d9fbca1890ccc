import type { Profile } from "../../sandbox/discord/buckets.ts";
import { hash } from "../../sandbox/replicate/seeded.ts";
import type { Task } from "./capacity.ts";
import { hasGoal } from "./goals.ts";
import { STEP_MS } from "./pace.ts";
import { peers } from "./peers.ts";
import type { Policy } from "./policy.ts";
import { replicord } from "./replicord.ts";
import { nameOf, playScenario, type Sample, type Scenario } from "./scenario.ts";
import type { Stalls } from "./stalls.ts";

/** A scenario with every policy that is tried on it. */
export interface Group {
  scenario: Scenario;
  entries: { policy: Policy; samples: Sample[] }[];
}

const profiles: readonly Profile[] = ["5/5", "5/2"];
const lengths: readonly Scenario["tokens"][] = [
  [60, 60],
  [380, 380],
  [800, 800],
];
/** Nobody's luck: the end falls anywhere in a window. */
const anyLength: Scenario["tokens"] = [280, 480];
const crowds = [1, 3, 6, 50];

/** Fewer answers say little about a scenario: it is then played in several channels. */
const FEWEST = { fixed: 6, any: 24 };

/** Peers that edit by the webhook do the same for private answers, and one crowd says all about them. */
function policiesFor({
  profile,
  tokens: [least, most],
  answers,
  private: hidden,
}: Scenario): readonly Policy[] {
  const tooMany = answers === 50 && !(profile === "5/5" && least === 380);
  const known = hidden || (least !== most && answers > 1);
  return tooMany || known ? [replicord] : [replicord, ...peers];
}

export const scenarios: readonly Scenario[] = profiles.flatMap((profile) => [
  ...lengths.flatMap((tokens) =>
    [false, true].flatMap((hidden) =>
      crowds.map((answers) => ({ profile, tokens, answers, private: hidden })),
    ),
  ),
  { profile, tokens: anyLength, answers: 1, private: false },
  { profile, tokens: anyLength, answers: 6, private: false },
  { profile, tokens: anyLength, answers: 1, private: true },
]);

export const createGroups = (): Group[] =>
  scenarios.map((scenario) => ({
    scenario,
    entries: policiesFor(scenario).map((policy) => ({ policy, samples: [] })),
  }));

/** How often a scenario is played. Peers go by the clock, so that one play of theirs is like another. */
function playsOf({ tokens: [least, most], answers }: Scenario, policy: Policy): number {
  const fewest = least === most ? FEWEST.fixed : FEWEST.any;
  return Math.ceil((policy === replicord ? fewest : fewest / 3) / answers);
}

/** A bot that shares one bucket among many answers does little, for long. */
const isSlow = ({ answers }: Scenario, { publicOnly }: Policy) => publicOnly === true && answers > 6;

/** Every play of every group, those first that take longest. */
export function tasksOf(groups: readonly Group[], runs: number, stalls: Stalls, done: () => void): Task[] {
  const tasks = groups.flatMap(({ scenario, entries }) =>
    entries.flatMap(({ policy, samples }) =>
      Array.from({ length: runs * playsOf(scenario, policy) }, (_, play) => ({
        weight: isSlow(scenario, policy) ? 6 : scenario.answers,
        ms: isSlow(scenario, policy) ? Infinity : scenario.tokens[1] * STEP_MS,
        async run() {
          // The same seed for every policy.
          const seed = hash(`${nameOf(scenario)} ${play}`);
          const once = () => playScenario(scenario, policy, seed);
          samples.push(await (hasGoal(scenario) ? stalls.avoid(once) : once()));
          done();
        },
      })),
    ),
  );
  return tasks.toSorted((a, b) => b.ms - a.ms || b.weight - a.weight);
}
