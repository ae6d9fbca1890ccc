import { describe, expect, it } from "vitest";
import { peers } from "../../../bench/stream/peers.ts";
import type { Policy } from "../../../bench/stream/policy.ts";
import { replicord } from "../../../bench/stream/replicord.ts";
import { outcomeOf, playScenario, type Scenario } from "../../../bench/stream/scenario.ts";
import { survive } from "../../../bench/stream/surprise.ts";

const short: Scenario = { profile: "5/5", tokens: [60, 60], answers: 2, private: false };
const named = (name: string): Policy => peers.find((each) => each.name === name)!;

describe("a scenario", () => {
  it.each([replicord, ...peers].map((policy) => [policy.name, policy] as const))(
    "is played to its end by: %s",
    async (_, policy) => {
      const outcome = outcomeOf([await playScenario(short, policy, 1)]);
      expect(outcome).toMatchObject({ refused: 0, lost: 0, jumbled: 0 });
      expect(outcome.finalP50).toBeGreaterThanOrEqual(30);
      expect(outcome.lag).toBeGreaterThan(80);
      expect(outcome.edits).toBeGreaterThanOrEqual(1);
    },
  );

  it("can be private", async () => {
    const outcome = outcomeOf([await playScenario({ ...short, private: true }, replicord, 1)]);
    expect(outcome).toMatchObject({ refused: 0, lost: 0 });
  });

  it("shows what errors cost that nobody minds", async () => {
    const long: Scenario = { ...short, tokens: [220, 220], answers: 1 };
    const outcome = outcomeOf([await playScenario(long, named("500 ms, errors swallowed"), 1)]);
    expect(outcome.refused).toBeGreaterThan(0);
    expect(outcome.lost).toBeGreaterThan(0);
    expect(outcome.finalMax).toBe(Infinity);
  });
});

it("a surprise is survived, and its end comes when it is allowed", async () => {
  const survived = await survive({ lane: "webhook", seconds: 5, private: true }, replicord);
  expect(survived).toMatchObject({ refused: 1, tooSoon: 0, lost: 0, jumbled: 0 });
  expect(survived.afterAllowedMs).toBeGreaterThanOrEqual(30);
});
