import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { ReplicateFault } from "./fault.ts";
import { replicateFaults } from "./faults.ts";
import { commands, trial } from "./trial.ts";

const concerning = (command: string) => replicateFaults.filter(({ only }) => !only || only.includes(command));

describe.each(commands)("/%s, when Replicate", (command) => {
  it.each(concerning(command))("$name", (fault) => trial(command, [fault]));

  const pairs = fc.sample(
    fc.tuple(fc.constantFrom(...concerning(command)), fc.constantFrom(...concerning(command))),
    { numRuns: 25, seed: 1 },
  );
  it.each(
    pairs.map(([one, other]): [string, ReplicateFault[]] => [`${one.name}, and ${other.name}`, [one, other]]),
  )("%s", (_, faults) => trial(command, faults));
});
