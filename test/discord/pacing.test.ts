import { describe, it } from "vitest";
import { expectRefusalsOvercome, expectNoLimitMet } from "./pacing.ts";

describe("answers in one channel, word by word", () => {
  it("never meet a limit, have every word on screen within a window, and end on their last", () =>
    expectNoLimitMet(150));

  it("get over every refusal, and repeat nothing before its time is over", () => expectRefusalsOvercome(150));
});
