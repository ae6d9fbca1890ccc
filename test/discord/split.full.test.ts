import { describe, it } from "vitest";
import { expectAllRendered, expectAllStable, expectAllTaken } from "./split-properties.ts";

const CASES = 10_000;

describe("any Markdown", () => {
  it("becomes messages that Discord takes and that lose nothing", () => expectAllTaken(CASES));
  it("keeps its finished messages while it grows", () => expectAllStable(CASES));
  it("looks the same in each message as it would in a single one", () => expectAllRendered(CASES));
});
