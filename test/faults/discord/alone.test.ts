import { describe, it } from "vitest";
import { quickFaults } from "./faults.ts";
import { trial } from "./trial.ts";

/** Each fault once, in one place and under one command that it concerns; all of them are in `every.full.test.ts`. */
describe.concurrent("when Discord", () => {
  it.each(quickFaults)("$name", { timeout: 30_000 }, (fault) => trial(fault.only?.[0] ?? "imagine", fault));
});
