import { describe, expect, it } from "vitest";
import { beginningOf, read, textOf } from "../../../bench/stream/text.ts";
import { render } from "../../../src/discord/render.ts";

const contents = (text: string) => render({ text, quiet: ["7.6 s"] }).map(({ payload }) => payload.content);

describe("a text that can be counted", () => {
  it("is read token by token, whatever it is split into and whatever quiet lines follow", () => {
    const text = textOf(800);
    expect(contents(text)).toHaveLength(2);
    for (const tokens of [1, 37, 600, 800])
      expect(read(contents(beginningOf(text, tokens)))).toEqual({ tokens, inOrder: true, repeated: 0 });
  });

  it("is empty at first", () => {
    expect(read([""])).toEqual({ tokens: 0, inOrder: true, repeated: 0 });
  });

  it("may stand twice where one message ends and the next begins", () => {
    const text = textOf(20);
    expect(read([beginningOf(text, 12), text.slice(4 * 10)])).toEqual({
      tokens: 20,
      inOrder: true,
      repeated: 2,
    });
  });

  it("counts up to where something is missing or out of place", () => {
    const [first = "", second = ""] = contents(textOf(800));
    expect(read([second])).toEqual({ tokens: 0, inOrder: false, repeated: 0 });
    const { tokens } = read([first]);
    expect(read([first, second.slice(4)])).toEqual({ tokens, inOrder: false, repeated: 0 });
  });
});
