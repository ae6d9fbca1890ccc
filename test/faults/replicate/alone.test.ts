import { describe, it } from "vitest";
import { replicateFaults } from "./faults.ts";
import { trial } from "./trial.ts";

/** Each fault once, under one command that it concerns; all commands and pairs are in `every.full.test.ts`. */
describe.concurrent("when Replicate", () => {
  it.each(replicateFaults)("$name", { timeout: 30_000 }, (fault) =>
    trial(fault.only?.[0] ?? "imagine", [fault]),
  );
});
