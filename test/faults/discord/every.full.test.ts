import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { DiscordFault } from "./fault.ts";
import { discordFaults } from "./faults.ts";
import { passing } from "./passing.ts";
import { commands, trial } from "./trial.ts";

const concerning = (command: string, faults: readonly DiscordFault[]) =>
  faults.filter(({ only }) => !only || only.includes(command));

/** Both at once. What passes passes also where it comes together. */
const together = ([one, other]: [DiscordFault, DiscordFault]): DiscordFault => ({
  ...one,
  ...other,
  name: `${one.name}, and ${other.name}`,
  strikes: [...(one.strikes ?? []), ...(other.strikes ?? [])],
});

describe.concurrent.each(commands)("/%s, when Discord", (command) => {
  it.each(concerning(command, discordFaults))("$name", (fault) => trial(command, fault));

  const passes = fc.constantFrom(...concerning(command, passing));
  const pairs = fc.sample(fc.tuple(passes, passes), { numRuns: 25, seed: 1 }).map(together);
  it.each(pairs.map((pair): [string, DiscordFault] => [pair.name, pair]))("%s", (_, pair) =>
    trial(command, pair),
  );
});
