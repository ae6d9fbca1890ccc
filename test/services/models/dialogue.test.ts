import { expect, it } from "vitest";
import { dialogue } from "../../../src/services/models/dialogue.ts";

it("is the question alone where nothing was said before", () => {
  expect(dialogue({ prompt: "Why?" })).toBe("Why?");
  expect(dialogue({ prompt: "Why?", history: [] })).toBe("Why?");
});

it("is a transcript whose last word is the assistant's to say", () => {
  const history = [
    { asked: "Who?", answered: "Me." },
    { asked: "When?", answered: "Now.\n\nOr later." },
  ];
  expect(dialogue({ prompt: "Why?", history })).toBe(
    "User: Who?\n\nAssistant: Me.\n\nUser: When?\n\nAssistant: Now.\n\nOr later.\n\nUser: Why?\n\nAssistant:",
  );
});
