import { it } from "vitest";
import { expectHistories } from "./histories/history.ts";

it("fifty people in five guilds, whatever they do at once, and whatever fails: all comes out as on paper", () =>
  expectHistories(40, 12_000));
