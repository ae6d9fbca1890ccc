import { describe, it } from "vitest";
import { expectRefusalsOvercome, expectNoLimitMet } from "./pacing.ts";

describe("ten thousand scenes of answers in one channel", () => {
  it("never meet a limit, have every word on screen within a window, and end on their last", () =>
    expectNoLimitMet(10_000));

  it("get over every refusal, and repeat nothing before its time is over", () =>
    expectRefusalsOvercome(10_000));
});
