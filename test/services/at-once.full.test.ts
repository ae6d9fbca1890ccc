import { it } from "vitest";
import { expectExactlyATenth } from "./at-once.ts";

it("of a thousand requests of one person at once, with credit for a hundred, exactly a hundred run", () =>
  expectExactlyATenth(1_000));
