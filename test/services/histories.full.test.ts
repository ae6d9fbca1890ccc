import { it } from "vitest";
import { expectHistories } from "./histories/history.ts";

it("a thousand histories of fifty people in five guilds come out as on paper", () =>
  expectHistories(1_000, 300_000));
