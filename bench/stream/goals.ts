import type { Goal } from "../bench.ts";
import { bestOf, type Optima } from "./optima.ts";
import { RTT_MS } from "./pace.ts";
import { nameOf, type Outcome, type Scenario } from "./scenario.ts";
import { nameOfSurprise, type Surprise, type Survived } from "./surprise.ts";

/** What we want of answers of 380 tokens: how far they lag, and how late their last word may be. */
interface Wish {
  scenario: Scenario;
  lagMs: number;
  final: "finalP95" | "finalMax";
  finalMs: number;
}

const of380 = (profile: Scenario["profile"], answers: number, hidden = false): Scenario => ({
  profile,
  tokens: [380, 380],
  answers,
  private: hidden,
});

const wishes: readonly Wish[] = [
  { scenario: of380("5/5", 1), lagMs: 400, final: "finalMax", finalMs: 100 },
  { scenario: of380("5/5", 6), lagMs: 620, final: "finalP95", finalMs: 300 },
  { scenario: of380("5/5", 50), lagMs: 650, final: "finalMax", finalMs: 1_100 },
  { scenario: of380("5/5", 1, true), lagMs: 650, final: "finalMax", finalMs: 1_100 },
  { scenario: of380("5/5", 50, true), lagMs: 650, final: "finalMax", finalMs: 1_100 },
  { scenario: of380("5/2", 1), lagMs: 220, final: "finalMax", finalMs: 100 },
];

/** After a surprise nothing is lost, and the last word comes as soon as a lane lets it: one that is fresh, or one in use. */
const AFTER_ALLOWED_MS = { private: 300, public: 1_100 };

function goal(name: string, value: number, most: number, unit = "ms", optimum?: number): Goal {
  const best = optimum === undefined ? {} : { optimum: Math.round(optimum) };
  const shown = Number.isFinite(value) ? Math.round(value) : null;
  return { name, unit, goal: most, value: shown, ...best, met: value <= most };
}

/** What Replicord came to in a scenario. */
export interface Seen {
  scenario: Scenario;
  optima: Optima | undefined;
  outcome: Outcome;
}

export const hasGoal = (scenario: Scenario) =>
  wishes.some((wish) => nameOf(wish.scenario) === nameOf(scenario));

function wished({ scenario, lagMs, final, finalMs }: Wish, seen: readonly Seen[]): Goal[] {
  const name = nameOf(scenario);
  const { outcome, optima } = seen.find((each) => nameOf(each.scenario) === name)!;
  const late = `final late, ${final === "finalP95" ? "p95" : "at the most"}`;
  return [
    goal(`${name}: mean lag`, outcome.lag, lagMs, "ms", bestOf(optima)?.lagMs),
    goal(`${name}: ${late}`, outcome[final], finalMs, "ms", RTT_MS / 2),
  ];
}

function survived(surprise: Surprise, { afterAllowedMs, lost, jumbled, tooSoon }: Survived): Goal[] {
  const most = AFTER_ALLOWED_MS[surprise.private ? "private" : "public"];
  const name = nameOfSurprise(surprise);
  return [
    goal(`${name}: final after it was allowed`, afterAllowedMs, most),
    goal(`${name}: lost, out of order, or sent too soon`, lost + jumbled + tooSoon, 0, ""),
  ];
}

/** Every goal, held against what Replicord came to. */
export function goalsOf(
  seen: readonly Seen[],
  survivals: readonly (readonly [Surprise, Survived])[],
): Goal[] {
  const all = (what: "refused" | "lost" | "jumbled") =>
    seen.reduce((sum, { outcome }) => sum + outcome[what], 0);
  return [
    ...wishes.flatMap((wish) => wished(wish, seen)),
    goal("everywhere: 429s", all("refused"), 0, ""),
    goal("everywhere: tokens lost", all("lost"), 0, ""),
    goal("everywhere: changes out of order", all("jumbled"), 0, ""),
    ...survivals.flatMap(([surprise, each]) => survived(surprise, each)),
  ];
}
