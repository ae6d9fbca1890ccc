import type { Table } from "../bench.ts";
import { bestOf, type Optima } from "./optima.ts";
import type { Optimum } from "./optimum/optimum.ts";
import { RTT_MS } from "./pace.ts";
import type { Policy } from "./policy.ts";
import { nameOf, type Outcome, type Scenario } from "./scenario.ts";
import { nameOfSurprise, type Surprise, type Survived } from "./surprise.ts";

type Row = Table["rows"][number];

/** Infinite is what never happened, which JSON can't say either. */
const rounded = (value: number, to = 1) => (Number.isFinite(value) ? Math.round(value / to) * to : null);
const hundredths = (value: number) => Number(value.toFixed(2));

const COLUMNS = [
  "lag",
  "freeze",
  "final p50",
  "final p95",
  "final max",
  "edits",
  "429",
  "lost",
  "jumbled",
  "÷ optimum",
];

const ratio = (lag: number, best: Optimum | undefined) =>
  best ? { "÷ optimum": hundredths(lag / best.lagMs) } : {};

const outcomeRow = (name: string, outcome: Outcome, best: Optimum | undefined): Row => ({
  name,
  figures: {
    lag: rounded(outcome.lag),
    freeze: rounded(outcome.freeze),
    "final p50": rounded(outcome.finalP50),
    "final p95": rounded(outcome.finalP95),
    "final max": rounded(outcome.finalMax),
    edits: Number(outcome.edits.toFixed(1)),
    "429": outcome.refused,
    lost: outcome.lost,
    jumbled: outcome.jumbled,
    ...ratio(outcome.lag, best),
  },
});

function optimumRow(lanes: string, optimum: Optimum, best: Optimum): Row {
  const final = RTT_MS / 2;
  const finals = { "final p50": final, "final p95": final, "final max": final };
  return {
    name: optimum.isBound ? `no better than, ${lanes}` : `optimum, ${lanes}`,
    figures: { lag: rounded(optimum.lagMs), ...finals, ...ratio(optimum.lagMs, best) },
  };
}

/** A scenario, and every policy's outcome in it. */
export interface Compared {
  scenario: Scenario;
  optima: Optima | undefined;
  outcomes: { policy: string; outcome: Outcome }[];
}

export function tableOf({ scenario, optima, outcomes }: Compared): Table {
  const best = bestOf(optima);
  const possible = [
    ...(optima?.twoLanes ? [optimumRow("two lanes", optima.twoLanes, best!)] : []),
    ...(optima ? [optimumRow("one lane", optima.oneLane, best!)] : []),
  ];
  return {
    name: nameOf(scenario),
    columns: COLUMNS,
    rows: [...outcomes.map(({ policy, outcome }) => outcomeRow(policy, outcome, best)), ...possible],
  };
}

const survivalRow = (name: string, survived: Survived): Row => ({
  name,
  figures: {
    lag: rounded(survived.lagMs),
    freeze: rounded(survived.freezeMs),
    final: rounded(survived.finalMs),
    "after allowed": rounded(survived.afterAllowedMs),
    "429": survived.refused,
    "too soon": survived.tooSoon,
    lost: survived.lost,
    jumbled: survived.jumbled,
  },
});

export const surpriseTable = (
  surprise: Surprise,
  entries: readonly { policy: Policy; survived: readonly Survived[] }[],
): Table => ({
  name: `5/5 s, 380 tokens, one answer, ${nameOfSurprise(surprise)}`,
  columns: ["lag", "freeze", "final", "after allowed", "429", "too soon", "lost", "jumbled"],
  rows: entries.map(({ policy, survived }) => survivalRow(policy.name, survived[0]!)),
});
