import type { Profile } from "../../sandbox/discord/buckets.ts";
import { seeded } from "../../sandbox/replicate/seeded.ts";
import { type Figures, figuresOf, mean, percentile } from "./figures.ts";
import { play } from "./play.ts";
import type { Policy } from "./policy.ts";

/** Answers that are asked for at once in one channel. */
export interface Scenario {
  profile: Profile;
  /** How long an answer becomes, at least and at most. */
  tokens: readonly [least: number, most: number];
  answers: number;
  private: boolean;
}

export const nameOf = ({ profile, tokens: [least, most], answers, private: hidden }: Scenario) =>
  [
    `${profile} s`,
    `${least === most ? least : `${least}–${most}`} tokens`,
    answers === 1 ? "one answer" : `${answers} answers at once`,
    hidden ? "private" : "public",
  ].join(", ");

/** One play of a scenario. */
export interface Sample {
  answers: Figures[];
  /** Edits and further messages that were let through. */
  edits: number;
  /** Requests that were answered 429. */
  refused: number;
}

/** Plays the scenario once. The seed says when answers begin and how long they become. */
export async function playScenario(scenario: Scenario, policy: Policy, seed: number): Promise<Sample> {
  const random = seeded(seed);
  const [least, most] = scenario.tokens;
  const tokens = () => least + Math.floor(random() * (most - least + 1));
  const { stories, journal } = await play({ ...scenario, policy, tokens, random });
  const shows = journal.filter(({ path }) => /\/(webhooks|channels)\//.test(path));
  return {
    answers: stories.map(figuresOf),
    edits: shows.filter(({ status }) => status >= 200 && status < 300).length,
    refused: journal.filter(({ status }) => status === 429).length,
  };
}

/** What a policy came to over all plays of a scenario. Times are in milliseconds. */
export interface Outcome {
  lag: number;
  freeze: number;
  finalP50: number;
  finalP95: number;
  finalMax: number;
  /** An answer. */
  edits: number;
  refused: number;
  lost: number;
  jumbled: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Several plays as one: every answer counts alike. */
export function outcomeOf(samples: readonly Sample[]): Outcome {
  const answers = samples.flatMap((sample) => sample.answers);
  const each = (what: keyof Figures) => answers.map((figures) => figures[what]);
  return {
    lag: mean(each("lagMs")),
    freeze: Math.max(...each("freezeMs")),
    finalP50: percentile(each("finalMs"), 0.5),
    finalP95: percentile(each("finalMs"), 0.95),
    finalMax: percentile(each("finalMs"), 1),
    edits: sum(samples.map(({ edits }) => edits)) / answers.length,
    refused: sum(samples.map(({ refused }) => refused)),
    lost: sum(each("lost")),
    jumbled: sum(each("jumbled")),
  };
}
