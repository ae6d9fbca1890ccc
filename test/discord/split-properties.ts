import * as fc from "fast-check";
import { expect } from "vitest";
import { MESSAGE_LIMIT, split } from "../../src/discord/split.ts";
import { markdown, soup } from "./markdown-documents.ts";
import { rendering } from "./rendering.ts";

const anything = fc.oneof(
  markdown.map(({ source }) => source),
  soup,
);
const limits = fc.constantFrom(120, 200, 500, MESSAGE_LIMIT);

/** To make a document smaller would take minutes; seed and path bring it back. */
const settings = (numRuns: number) => ({ numRuns, endOnFailure: true });

function expectTaken(text: string, limit: number): void {
  const parts = split(text, limit);
  expect(parts.map((part) => part.text).join("")).toBe(text);
  for (const { content } of parts) {
    expect(content.length).toBeLessThanOrEqual(limit);
    expect(content.trim()).not.toBe("");
    expect(content.isWellFormed()).toBe(true);
  }
}

/** Discord takes every message, and the shares are the text. */
export function expectAllTaken(numRuns: number): void {
  fc.assert(fc.property(anything, limits, expectTaken), settings(numRuns));
}

/** Beginnings of the text: ever longer ones, most of them just before or after a place where it is cut. */
const growth = fc.array(
  fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), offset: fc.nat(90) }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

/** While a text grows, its finished messages stay as they are, and the last one is one that Discord takes. */
export function expectAllStable(numRuns: number): void {
  const property = fc.property(anything, limits, growth, (text, limit, beginnings) => {
    const whole = split(text, limit);
    for (const { share, offset } of beginnings) {
      const parts = whole.slice(0, Math.ceil(share * whole.length));
      const end = parts.reduce((sum, part) => sum + part.text.length, offset - 20);
      const beginning = text.slice(0, Math.max(0, end));
      const finished = split(beginning, limit).slice(0, -1);
      expect(whole.slice(0, finished.length)).toEqual(finished);
      if (beginning.trim()) expectTaken(beginning.isWellFormed() ? beginning : text, limit);
    }
  });
  fc.assert(property, settings(numRuns));
}

/** Every message alone looks as its share does in the whole. Less than 300 characters would be too few for a table. */
export function expectAllRendered(numRuns: number): void {
  const limits = fc.constantFrom(300, 500, 1_000, MESSAGE_LIMIT);
  const property = fc.property(markdown, limits, ({ source, shown }, limit) => {
    const contents = split(source, limit).map(({ content }) => content);
    expect(rendering(contents)).toEqual(rendering([shown]));
  });
  fc.assert(property, settings(numRuns));
}
