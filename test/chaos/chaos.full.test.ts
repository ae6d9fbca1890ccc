import { expect, it } from "vitest";
import { runChaos } from "../../chaos/chaos.ts";
import { steps } from "../../chaos/steps.ts";

it("loses nothing and does nothing twice, killed at each step of a job", async () => {
  const outcome = await runChaos({ seed: 1, kills: steps.length, mode: "steps", minutes: 2 });
  for (const violation of outcome.violations)
    console.error([`${violation.kind}: ${violation.what}`, ...outcome.story(violation)].join("\n"));
  expect(outcome.counts).toEqual({
    lost: 0,
    first: 0,
    // Of a private answer, at one of the steps of a further message: there nobody can look for it.
    continuation: expect.toSatisfy((count: number) => count <= 2),
    twice: 0,
    leaked: 0,
    charged: 0,
    open: 0,
  });
  expect(outcome.kills.map(({ when }) => when)).toEqual(steps.map(({ name }) => name));
  expect(outcome.acknowledged).toBeGreaterThan(steps.length / 2);
  expect(outcome).toMatchObject({ overdue: false, crashed: false, exitCode: 0 });
});
