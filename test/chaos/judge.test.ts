import { describe, expect, it } from "vitest";
import {
  type Answer,
  countsOf,
  type Entry,
  type Evidence,
  inWords,
  judge,
  remarksOn,
  type Shown,
} from "../../chaos/judge.ts";

const button = (label: string) => ({ label });
const message = (content: string, more: Partial<Shown> = {}): Shown => ({
  content,
  thinking: false,
  attachments: [],
  buttons: [],
  ...more,
});

const heading = "**please, nr7** · Mia";
const cost = "-# Claude 4.5 Haiku · 3.1 s · 2 credits (248 left)";
const first = message(`${heading}\nOne s7x0, two s7x1.`);
const last = message(`Three s7x2.\n${cost}`, { buttons: [button("Reply")] });

const answer = (messages: readonly Shown[], more: Partial<Answer> = {}): Answer => ({
  interaction: "1",
  kind: "job",
  tag: 7,
  marks: ["s7x0", "s7x1", "s7x2"],
  files: 0,
  mayEndEarly: false,
  messages,
  ...more,
});

const entry: Entry = {
  interaction: "1",
  account: "Mia",
  tag: 7,
  cost: 2_000,
  runs: 1,
  predictions: ["p"],
  open: false,
};

/** An evening on which all went well, but for what is said. */
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  acknowledged: 1,
  answers: [answer([first, last])],
  strays: [],
  ledger: [entry],
  accounts: [{ name: "Mia", spent: 2_000, held: 0 }],
  budgetHeld: 0,
  predictions: [{ id: "p", tag: 7 }],
  ...more,
});

const found = (more: Partial<Evidence>) => judge(evidence(more)).map(({ kind, count }) => [kind, count]);
const seen = (messages: readonly Shown[], more: Partial<Answer> = {}) =>
  found({ answers: [answer(messages, more)] });

it("finds nothing where all is as it must be", () => {
  expect(judge(evidence())).toEqual([]);
  expect(inWords(countsOf([]))).toBe(
    "0 lost · 0 first messages doubled · 0 continuations doubled · 0 predictions twice · 0 credits leaked · 0 charged twice · 0 left open",
  );
});

describe("an answer is lost", () => {
  it.each<[string, readonly Shown[]]>([
    ["where only a promise is there", [message("", { thinking: true })]],
    ["where nothing is there", []],
    ["where it still seems to run", [first, message(last.content, { buttons: [button("Stop")] })]],
    ["without its end", [first]],
    ["without a part in the middle", [message(`${heading}\nOne s7x0.`), last]],
    ["in the wrong order", [message(`${heading}\nTwo s7x1, one s7x0.`), last]],
    [
      "where it is another one's",
      [message(`${heading}\nOne s8x0, two s8x1.`), message(`Three s8x2.\n${cost}`)],
    ],
  ])("%s", (_, messages) => {
    expect(seen(messages)).toEqual([["lost", 1]]);
  });

  it("where a file is missing", () => {
    const shown = [message(`${heading}\n${cost}`, { attachments: [1] })];
    expect(seen(shown, { marks: [], files: 2 })).toEqual([["lost", 1]]);
    expect(seen(shown, { marks: [], files: 1 })).toEqual([]);
  });

  it("where what is answered at once says nothing", () => {
    expect(seen([], { kind: "reply", marks: [] })).toEqual([["lost", 1]]);
    expect(seen([message("You have used 3 credits today.")], { kind: "reply", marks: [] })).toEqual([]);
  });
});

describe("an answer is not lost", () => {
  it("where a sentence stands in its place, or for a part of it", () => {
    const sentence = message("⚠️ The model failed.\n-# This used 2 credits.");
    expect(seen([sentence])).toEqual([]);
    expect(seen([message(`${heading}\n-# 1 of 2 failed: Try again.\n${cost}`)])).toEqual([]);
  });

  it("where it was stopped", () => {
    const shown = [message(`${heading}\nOne s7x0.\n-# Stopped early · 2 credits`)];
    expect(seen(shown, { mayEndEarly: true })).toEqual([]);
    expect(seen([message(`${heading}\nTwo s7x1.\n${cost}`)], { mayEndEarly: true })).toEqual([["lost", 1]]);
  });
});

describe("what is there twice is seen", () => {
  it("in a first message", () => {
    expect(seen([first, message(`${heading}\n-# working`), last])).toEqual([["first", 1]]);
    expect(found({ strays: [first.content] })).toEqual([["first", 1]]);
  });

  it("in a continuation, of which one may have been left unfinished", () => {
    expect(seen([first, last, last])).toEqual([["continuation", 1]]);
    const unfinished = message("Three s7x2.\n-# working", { buttons: [button("Stop")] });
    expect(seen([first, unfinished, last])).toEqual([["continuation", 1]]);
    expect(found({ strays: ["Three s7x2."] })).toEqual([["continuation", 1]]);
  });

  it("in a sentence, and not in an announcement", () => {
    const ready = message("Your answer is ready.");
    expect(seen([first, last, ready])).toEqual([]);
    expect(seen([first, last, ready, ready])).toEqual([["continuation", 1]]);
    expect(found({ strays: [ready.content] })).toEqual([]);
  });

  it("in predictions, also in one that belongs to no run", () => {
    const again = { id: "q", tag: 7 };
    expect(found({ predictions: [{ id: "p", tag: 7 }, again] })).toEqual([["twice", 1]]);
    expect(found({ predictions: [{ id: "p", tag: 7 }, { id: "r" }] })).toEqual([["twice", 1]]);
    expect(found({ predictions: [{ id: "p", tag: 7 }, again], ledger: [{ ...entry, runs: 2 }] })).toEqual([]);
  });
});

describe("money that is not where it belongs is seen", () => {
  it("in a hold that nobody ended", () => {
    expect(found({ accounts: [{ name: "Mia", spent: 2_000, held: 5 }] })).toEqual([["leaked", 1]]);
    expect(found({ budgetHeld: 5 })).toEqual([["leaked", 1]]);
  });

  it("in an account that paid twice, or not at all", () => {
    expect(found({ accounts: [{ name: "Mia", spent: 4_000, held: 0 }] })).toEqual([["charged", 1]]);
    expect(found({ accounts: [{ name: "Mia", spent: 0, held: 0 }] })).toEqual([["charged", 1]]);
  });

  it("in an answer that says another price", () => {
    const wrong = message(last.content.replace("2 credits", "12 credits"));
    expect(seen([first, wrong])).toEqual([["charged", 1]]);
    expect(seen([message("⚠️ The model failed.\n-# Nothing was charged.")])).toEqual([["charged", 1]]);
  });
});

it("sees a job that was left open", () => {
  expect(found({ ledger: [{ ...entry, open: true }] })).toEqual([["open", 1]]);
});

it("remarks on what may be wrong: sentences, predictions that nobody knows, a Stop that changed nothing", () => {
  const whole = answer([first, last], { mayEndEarly: true, stopped: true });
  const broken = answer([message("⚠️ Please ask again.\n-# Nothing was charged.")]);
  const remarks = remarksOn(
    evidence({ answers: [whole, broken, broken], predictions: [{ id: "q", tag: 7 }] }),
  );
  expect([...remarks]).toEqual([
    ["⚠️ Please ask again.", 2],
    ["a prediction that no run knows", 1],
    ["an answer that was stopped, and is there to its end", 1],
  ]);
});
