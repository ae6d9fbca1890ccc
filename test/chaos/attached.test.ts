import { expect, it } from "vitest";
import { readTogether } from "../../chaos/attached.ts";
import { marksIn } from "../../chaos/tag.ts";

const read = (content: string, text: string) => marksIn(readTogether(content, [{ name: "talk.txt", text }]));
const beginning = "-# This is the beginning; the whole is in talk.txt";

it("what is attached goes on where the message ends", () => {
  expect(read("s1x0 s1x1", "s1x2 s1x3")).toEqual(["s1x0", "s1x1", "s1x2", "s1x3"]);
});

it("the whole, of which the message shows the beginning, is read once", () => {
  const whole = "s1x0 s1x1 s1x10 s1x2";
  expect(read(`s1x0 s1x1\n${beginning}`, whole)).toEqual(["s1x0", "s1x1", "s1x10", "s1x2"]);
  expect(read(`s1x0 s1x1 s1x10 s1x2\n${beginning}`, whole)).toHaveLength(4);
});

it("what is there twice without a word stays twice, and what is another text stays another", () => {
  expect(read("s1x0 s1x1", "s1x0 s1x1 s1x2")).toHaveLength(5);
  expect(read(`s1x1 s1x2\n${beginning}`, "s1x0 s1x1 s1x2")).toHaveLength(5);
});
