import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import type { View, ViewFile } from "../../src/commands/command.ts";
import { createLanes } from "../../src/discord/lanes.ts";
import { UnpostableFile } from "../../src/discord/files.ts";
import { createLiveReply, type LiveReply, type LiveReplyOptions } from "../../src/discord/live-reply.ts";
import { createMessages } from "../../src/discord/messages.ts";
import { Problem } from "../../src/services/problem.ts";
import { addressOf, createScreen, type Screen } from "./screen.ts";

let clock: VirtualClock;
let screen: Screen;
let loaded: string[];
let grown: (readonly string[])[];
let live: LiveReply;

const picture = (name: string): ViewFile => ({ name, from: { url: `https://replicate.delivery/${name}` } });
const says = (text: string): View => ({ text });
const show = (view: View) => live.show(() => view);

const many = (count: number) => Array.from({ length: count }, (_, index) => picture(`p${index + 1}`));
const zip: ViewFile = { name: "all", from: { zip: [{ name: "p1", url: "https://replicate.delivery/p1" }] } };
const named = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `p${from + index}.png`);
const hanging = () => screen.messages.map(({ files }) => files.map(({ name }) => name));

const postFiles: LiveReplyOptions["postFiles"] = async (files, post) => {
  loaded.push(...files.map(({ name }) => name));
  return post(files.map(({ name }) => ({ name: `${name}.png`, data: Buffer.from(name) })));
};

/** One answer that is private, so it has the webhook's lane alone. */
function onScreen(address = screen.answer({ private: true })) {
  const { rest } = screen;
  const messages = createMessages({ lanes: createLanes({ webhook: rest, channel: rest, clock }), clock });
  return {
    shown: address.messages,
    messages: messages.of(address),
    clock,
    owner: { command: "ask", job: "4" },
    locale: "en-US",
  };
}

function begin(): void {
  clock = virtualClock();
  screen = createScreen(clock);
  [loaded, grown] = [[], []];
  live = createLiveReply({
    ...onScreen(),
    postFiles,
    grew: async (ids) => void grown.push(ids),
  });
}

/** Shows this for good, however long that takes. */
async function finished(view: View): Promise<void> {
  const finishing = live.finish(view);
  finishing.catch(() => undefined);
  await clock.advance(60_000);
  return finishing;
}

beforeEach(begin);

describe("an answer that grows", () => {
  it("is shown at once, and then as often as the channel allows", async () => {
    show(says("one"));
    await clock.advance(100);
    expect(screen.contents).toEqual(["one"]);
    for (const text of ["two", "three", "four"]) {
      show(says(text));
      await clock.advance(50);
    }
    expect(screen.contents).toEqual(["one"]);
    await clock.advance(2_000);
    expect(screen.contents).toEqual(["four"]);
    expect(screen.requests).toHaveLength(2);
  });

  it("has one edit in flight, and shows the newest when that is over", async () => {
    show(says("one"));
    await clock.advance(10);
    for (let count = 0; count < 20; count++) show(says(`newer ${count}`));
    await finished(says("done"));
    expect(screen.mostInFlight).toBe(1);
    expect(screen.requests).toHaveLength(2);
    expect(screen.contents).toEqual(["done"]);
  });

  it("is not sent again while it stays the same", async () => {
    for (let count = 0; count < 5; count++) {
      show(says("same"));
      await clock.advance(3_000);
    }
    await finished(says("same"));
    expect(screen.requests).toEqual(["edit 1"]);
  });

  it("does not go on after its last word", async () => {
    await finished(says("done"));
    show(says("late"));
    await clock.advance(10_000);
    expect(screen.contents).toEqual(["done"]);
  });

  it("gets over a server's trouble", async () => {
    screen.refusals = [Object.assign(new Error("Bad Gateway"), { status: 502 }), new Error("socket hang up")];
    show(says("one"));
    await clock.advance(400);
    show(says("two"));
    await clock.advance(1_000);
    expect(screen.contents).toEqual([""]);
    await clock.advance(1_000);
    expect(screen.contents).toEqual(["two"]);
    screen.refusals = Array.from({ length: 6 }, () =>
      Object.assign(new Error("Bad Gateway"), { status: 502 }),
    );
    await finished(says("done"));
    expect(screen.contents).toEqual(["done"]);
  });

  it("is given up where its message is gone", async () => {
    show(says("one"));
    await clock.advance(3_000);
    screen.messages.length = 0;
    show(says("two"));
    await clock.advance(3_000);
    show(says("three"));
    await expect(finished(says("done"))).rejects.toMatchObject({ code: 10_008 });
    // Once for each that was asked for, and once more for the last word.
    expect(screen.asked).toBe(3);
  });

  it("always ends with its last word on screen, and never more than one edit at a time", async () => {
    const steps = fc.array(fc.record({ words: fc.nat({ max: 900 }), ms: fc.nat({ max: 900 }) }), {
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.nat({ max: 900 }), async (steps, last) => {
        begin();
        for (const { words, ms } of steps) {
          show(says("word ".repeat(words)));
          await clock.advance(ms);
        }
        const text = `${"word ".repeat(last)}end`;
        await finished(says(text));
        expect(screen.contents.join(" ").split(/\s+/).join(" ")).toBe(text);
        expect(screen.mostInFlight).toBeLessThanOrEqual(1);
      }),
      { numRuns: 12, endOnFailure: true, interruptAfterTimeLimit: 5_000 },
    );
  });
});

it("a View that can't be made, or is refused, says nothing about the last word", async () => {
  live.show(() => {
    throw new TypeError("no such model");
  });
  await clock.advance(1_000);
  await finished(says("done"));
  expect(screen.contents).toEqual(["done"]);
});

it("a last word that can't be made is said to be so", async () => {
  const broken = {
    get text(): string {
      throw new TypeError("no such model");
    },
  };
  await expect(finished(broken)).rejects.toThrow("no such model");
});

describe("an answer of several messages", () => {
  const long = `${"a".repeat(1_500)}\n\n${"b".repeat(1_500)}`;

  it("gets its further messages, each told of before anything else is sent", async () => {
    show(says(long));
    await clock.advance(2_000);
    expect(screen.requests).toEqual(["edit 1", "send"]);
    expect(screen.contents).toEqual(["a".repeat(1_500), "b".repeat(1_500)]);
    expect(grown).toEqual([["1", "2"]]);
    await finished(says(`${long}!`));
    // What stands finished in the first message is left alone.
    expect(screen.requests).toEqual(["edit 1", "send", "edit 2"]);
  });

  it("shows a further message before it cuts what stands above it, so that no word vanishes in between", async () => {
    const paragraphs = (words: number) => says(`${"a ".repeat(750)}\n\n${"b ".repeat(words)}`);
    show(paragraphs(200));
    await clock.advance(2_000);
    show(paragraphs(600));
    await clock.advance(4_000);
    expect(screen.requests).toEqual(["edit 1", "send", "edit 1"]);
  });

  it("brings what stands above up to date before a further message, so that no word is skipped", async () => {
    show(says("a ".repeat(500)));
    await clock.advance(2_000);
    show(says(`${"a ".repeat(990)}${"b ".repeat(100)}`));
    await clock.advance(4_000);
    expect(screen.requests).toEqual(["edit 1", "edit 1", "send"]);
  });

  it("loses its surplus messages where the last word is shorter, and not before", async () => {
    show(says(long));
    await clock.advance(2_000);
    show(says("shorter"));
    await clock.advance(5_000);
    expect(screen.messages).toHaveLength(2);
    await finished(says("short"));
    expect(screen.contents).toEqual(["short"]);
  });

  it("takes up the messages that it had before a restart", async () => {
    await finished(says(long));
    const again = createLiveReply({
      ...onScreen(addressOf({ token: "token-1", messages: screen.messages.map(({ id }) => id) })),
      postFiles: (files, post) => (files.length > 0 ? Promise.reject(new Error("no file")) : post([])),
      grew: () => Promise.reject(new Error("no further message")),
    });
    const finishing = again.finish(says("short"));
    await clock.advance(10_000);
    await finishing;
    expect(screen.contents).toEqual(["short"]);
  });
});

describe("files", () => {
  it("are uploaded once and stay, whatever is shown after them", async () => {
    show({ text: "one of two", files: [picture("one")] });
    await clock.advance(3_000);
    show({ text: "nearly", files: [picture("one")] });
    await clock.advance(3_000);
    await finished({ text: "both", files: [picture("one"), picture("two")] });
    expect(loaded).toEqual(["one", "two"]);
    expect(screen.messages[0]?.files.map(({ name }) => name)).toEqual(["one.png", "two.png"]);
  });

  it("are ten a message at the most", async () => {
    show(says("working"));
    await clock.advance(2_000);
    await finished({ text: "done", files: [...many(23), zip] });
    expect(hanging()).toEqual([named(1, 10), named(11, 20), named(21, 23), ["all.png"]]);
    expect(screen.contents).toEqual(["done", "", "", ""]);
    expect(loaded).toHaveLength(24);
    expect(grown.at(-1)).toEqual(["1", "2", "3", "4"]);
  });

  it("that find no messages are in the ZIP alone, and that is said", async () => {
    const full = () =>
      Object.assign(new Error("Maximum number of follow-ups"), { status: 400, code: 40_094 });
    screen.refusals.push(undefined, undefined, full());
    await finished({ text: "done", quiet: ["3 credits"], files: [...many(30), zip] });
    expect(hanging()).toEqual([["all.png"]]);
    expect(screen.contents).toEqual([
      "done\n-# No more messages are possible here, so the 30 pictures are in the ZIP alone\n-# 3 credits",
    ]);
  });

  it("without a ZIP as many as there is room for are shown, and how many are missing is said", async () => {
    const full = () =>
      Object.assign(new Error("Maximum number of follow-ups"), { status: 400, code: 40_094 });
    screen.refusals.push(undefined, undefined, full());
    await finished({ text: "done", files: many(30) });
    expect(hanging()).toEqual([named(1, 10), named(11, 20)]);
    expect(screen.contents[0]).toContain("10 more files could not be posted here");
  });

  it("are put on the messages of before after a restart, and none hangs there twice", async () => {
    const view = { text: "done", files: [...many(23), zip] };
    await finished({ text: "done", files: many(20) });
    const again = createLiveReply({
      ...onScreen(addressOf({ token: "token-1", messages: screen.messages.map(({ id }) => id) })),
      postFiles,
      grew: () => Promise.resolve(),
    });
    const finishing = again.finish(view);
    await clock.advance(60_000);
    await finishing;
    expect(hanging()).toEqual([named(1, 10), named(11, 20), named(21, 23), ["all.png"]]);
  });

  it("one that can't be had any more does not lose the others, and what a ZIP lacks is said beside it", async () => {
    const gone = new Problem({ kind: "output-gone" });
    const [first, ...others] = many(11);
    const lossy = createLiveReply({
      ...onScreen(addressOf({ token: "token-1", messages: ["1"] })),
      grew: () => Promise.resolve(),
      postFiles: (files, post) =>
        files.some((file) => file === first)
          ? Promise.reject(new UnpostableFile(first!, gone))
          : post(
              files.map(({ name, from }) => ({
                name,
                data: Buffer.from(name),
                ...("zip" in from ? { note: { smaller: true, missing: ["p1"] } } : {}),
              })),
            ),
    });
    const finishing = lossy.finish({ text: "done", files: [first!, ...others, zip] });
    await clock.advance(60_000);
    await finishing;
    expect(screen.messages.map(({ files }) => files.length)).toEqual([10, 1]);
    expect(screen.contents).toEqual([
      "done\n-# p1 could not be fetched any more",
      "-# The pictures in the ZIP are smaller than they were made, so that it can be posted here\n-# Not in the ZIP, because it could not be fetched any more: p1",
    ]);
  });
});
