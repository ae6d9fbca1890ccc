import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadInput } from "../../../sandbox/terminal/bad-input.ts";
import { quote, readOptionText, readWords } from "../../../sandbox/terminal/option-text.ts";

const known = ["prompt", "count", "set-up"];
const read = (text: string) => Object.fromEntries(readOptionText(text, "/imagine", known));

describe("options as one types them in Discord", () => {
  it.each([
    ['prompt:"a lighthouse at dusk" count:2', { prompt: "a lighthouse at dusk", count: "2" }],
    ["prompt:'a lighthouse' count:2", { prompt: "a lighthouse", count: "2" }],
    ["prompt:a lighthouse at dusk count:2", { prompt: "a lighthouse at dusk", count: "2" }],
    ['prompt: "spaced"   count:  2 ', { prompt: "spaced", count: "2" }],
    [String.raw`prompt:"say \"hi\" \\ C:\temp"`, { prompt: String.raw`say "hi" \ C:\temp` }],
    ["prompt:note to self: buy milk", { prompt: "note to self: buy milk" }],
    ["prompt:see https://example.com/a now", { prompt: "see https://example.com/a now" }],
    ["prompt: count:2", { prompt: "", count: "2" }],
    ['prompt:""', { prompt: "" }],
    ["set-up:x", { "set-up": "x" }],
    ["", {}],
  ])("reads %s", (text, values) => expect(read(text)).toEqual(values));

  it.each([
    ["colour:red", '/imagine has no option "colour"; it has prompt, count, and set-up.'],
    ["prompt:red colour:blue", '/imagine has no option "colour"; it has prompt, count, and set-up.'],
    [
      "a lighthouse",
      '"a lighthouse" belongs to no option of /imagine: it has prompt, count, and set-up; write it as prompt:"a lighthouse"',
    ],
    ['prompt:"a', 'A quote is not closed: "a'],
    ['prompt:"a"b', "A space is missing after the quote: b"],
    ["count:1 count:2", '/imagine was given "count" twice.'],
  ])("refuses %s", (text, sentence) => expect(() => read(text)).toThrow(new BadInput(sentence)));

  it("reads back whatever was quoted", () => {
    const values = fc.dictionary(fc.constantFrom(...known), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(values, (given) => {
        const typed = Object.entries(given).map(([name, value]) => `${name}:${quote(value)}`);
        expect(read(typed.join(" "))).toEqual({ ...given });
      }),
    );
  });
});

it("reads words, those with spaces in quotes", () => {
  expect(readWords(`./a.ogg "./my voice.ogg" 'b c'`)).toEqual(["./a.ogg", "./my voice.ogg", "b c"]);
});
