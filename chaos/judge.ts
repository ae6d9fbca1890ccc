import { PROBLEM_MARK, words } from "../src/locales/index.ts";
import type { MicroDollars } from "../src/services/money.ts";
import { marksIn, tagIn } from "./tag.ts";

/** A message as its reader sees it in the end. */
export interface Shown {
  /** What attached text files say is part of it. */
  content: string;
  thinking: boolean;
  attachments: readonly unknown[];
  buttons: readonly { label: string }[];
}

/** One acknowledged request, what was promised, and what is on screen. */
export interface Answer {
  interaction: string;
  /** `reply`: answered at once, without a job. */
  kind: "job" | "reply";
  tag?: number;
  marks: readonly string[];
  files: number;
  /** It was stopped, or its model fails: what came before that is enough. */
  mayEndEarly: boolean;
  /** Discord showed that the Stop button was pressed. */
  stopped?: boolean;
  messages: readonly Shown[];
}

/** One job of the ledger. */
export interface Entry {
  interaction: string;
  /** Whose account pays. */
  account: string;
  tag?: number;
  cost: MicroDollars;
  runs: number;
  /** Ids of those that its runs know. */
  predictions: readonly string[];
  open: boolean;
}

export interface Evidence {
  acknowledged: number;
  answers: readonly Answer[];
  /** Messages of the bot that belong to no interaction. */
  strays: readonly string[];
  ledger: readonly Entry[];
  /** What each spent today; left out where today is not the day on which it all began. */
  accounts: readonly { name: string; spent?: MicroDollars; held: MicroDollars }[];
  /** What is still held of the operator's money. */
  budgetHeld: MicroDollars;
  /** For which request each prediction was created. */
  predictions: readonly { id: string; tag?: number }[];
}

const labels = {
  lost: "lost",
  first: "first messages doubled",
  continuation: "continuations doubled",
  twice: "predictions twice",
  leaked: "credits leaked",
  charged: "charged twice",
  open: "left open",
};

export type Kind = keyof typeof labels;

export interface Violation {
  kind: Kind;
  /** How many of them. */
  count: number;
  what: string;
  interaction?: string;
  tag?: number;
}

/** A sentence in place of the answer, or of a part of it: `1 of 3 failed: …`. */
const isSentence = ({ content }: Pick<Shown, "content">) =>
  content.includes(PROBLEM_MARK) || /^-# \d+ of \d+ failed: /m.test(content);
/** The line that tells what it cost stands under every final View. */
const isLast = ({ content }: Pick<Shown, "content">) => /^-# .*\bcredits?\b/m.test(content);
const tellsPrice = (content: string) => /^-# (.*\bcredits?\b|Nothing was charged)/m.test(content);
const isHeading = ({ content }: Pick<Shown, "content">) =>
  content.startsWith("**") && tagIn(content) !== undefined;

type Said = Pick<Shown, "content">;

/** Both say the same, or one of them a part of it. */
function overlap(one: Said, other: Said): boolean {
  const marks = marksIn(one.content);
  const said = new Set(marksIn(other.content));
  return one.content === other.content || marks.some((each) => said.has(each));
}

/** All that one says the other says as well, and more. */
function saysMore(one: Said, other: Said): boolean {
  const said = new Set(marksIn(one.content));
  const marks = marksIn(other.content);
  return said.size > marks.length && marks.length > 0 && marks.every((each) => said.has(each));
}

/** Without what another message says as well: that is wrong, but nothing is lost by it. The later one counts, or the longer. */
const latest = <M extends Said>(messages: readonly M[]): M[] =>
  messages.filter(
    (each, at) =>
      !messages.slice(0, at).some((earlier) => saysMore(earlier, each)) &&
      !messages.slice(at + 1).some((later) => overlap(each, later) && !saysMore(each, later)),
  );

/** Nothing more is to come: a final View, or a sentence instead. */
export function isConcluded(messages: readonly Pick<Shown, "content" | "thinking" | "buttons">[]): boolean {
  if (messages.some(({ content }) => content.includes(PROBLEM_MARK))) return true;
  const shown = latest(messages);
  const runs = shown.some(({ buttons }) => buttons.some(({ label }) => label === "Stop"));
  return !runs && shown.some(isLast) && !shown.some(({ thinking }) => thinking);
}

/** What an answer without a sentence has to show; undefined where it does. */
function missing({ kind, marks, files, mayEndEarly, messages }: Answer): string | undefined {
  if (kind === "reply")
    return messages.some(({ content }) => content !== "") ? undefined : "nothing is shown";
  if (!isConcluded(messages)) return messages.length === 0 ? "nothing is shown" : "it never ends";
  const read = latest(messages).flatMap(({ content }) => marksIn(content));
  const due = mayEndEarly ? marks.slice(0, read.length) : marks;
  if (due.join() !== read.join()) return `${read.length} of ${due.length} sentences, or not in order`;
  const hang = messages.flatMap(({ attachments }) => attachments).length;
  return hang < files && !mayEndEarly ? `${hang} of ${files} files` : undefined;
}

function lost(answer: Answer): Violation[] {
  const what = answer.messages.some(isSentence) ? undefined : missing(answer);
  return what === undefined ? [] : [{ kind: "lost", count: 1, what, ...about(answer) }];
}

const about = ({ interaction, tag }: Pick<Answer, "interaction" | "tag">) => ({
  interaction,
  ...(tag === undefined ? {} : { tag }),
});

function doubled(answer: Answer): Violation[] {
  const { messages } = answer;
  const first = messages.filter(isHeading).length - 1;
  const further = messages.filter(
    (each, at) => !isHeading(each) && messages.slice(0, at).some((before) => overlap(each, before)),
  );
  const found: [Kind, number][] = [
    ["first", Math.max(0, first)],
    ["continuation", further.length],
  ];
  return found
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({ kind, count, what: "the same is there again", ...about(answer) }));
}

/** A message that no interaction has may only tell its asker that the answer is ready. */
const stray = (content: string): Violation[] => {
  const tag = tagIn(content) ?? Number(/^s(\d+)x/.exec(marksIn(content)[0] ?? "")?.[1]);
  if (Number.isNaN(tag)) return [];
  const kind = isHeading({ content }) ? "first" : "continuation";
  return [{ kind, count: 1, what: "outside of its interaction", tag }];
};

const total = (amounts: readonly number[]) => amounts.reduce((all, each) => all + each, 0);

/** Every prediction belongs to a run, and every run has one at the most. */
function twice({ predictions, ledger }: Evidence): Violation[] {
  return [...new Set(predictions.map(({ tag }) => tag))].flatMap((tag): Violation[] => {
    const made = predictions.filter((each) => each.tag === tag).length;
    const runs = total(ledger.filter((each) => each.tag === tag).map((each) => each.runs));
    if (made <= runs) return [];
    const what = `${made} predictions for ${runs} runs`;
    return [{ kind: "twice", count: made - runs, what, ...(tag === undefined ? {} : { tag }) }];
  });
}

function leaked({ accounts, budgetHeld }: Evidence): Violation[] {
  const held = [...accounts, { name: "the budget", held: budgetHeld }].filter((each) => each.held !== 0);
  return held.map(({ name, held }) => ({ kind: "leaked", count: 1, what: `${held} held by ${name}` }));
}

/** What each person spent is the sum of the ledger's costs… */
function misspent({ accounts, ledger }: Evidence): Violation[] {
  return accounts.flatMap(({ name, spent }): Violation[] => {
    const cost = total(ledger.filter(({ account }) => account === name).map((entry) => entry.cost));
    const what = `${name} spent ${spent}, but the ledger says ${cost}`;
    return spent === undefined || spent === cost ? [] : [{ kind: "charged", count: 1, what }];
  });
}

/** …and those are what the answers, or the sentences instead, say that they cost. */
function missaid({ answers, ledger }: Evidence): Violation[] {
  const say = words("en-US");
  return ledger.flatMap((entry): Violation[] => {
    const own = answers.find(({ interaction }) => interaction === entry.interaction);
    const said = own?.messages.map(({ content }) => content).filter(tellsPrice) ?? [];
    const prices = [` ${say.credits(entry.cost)}`, say.charged(entry.cost)];
    if (said.length === 0 || said.some((each) => prices.some((price) => each.includes(price)))) return [];
    return [{ kind: "charged", count: 1, what: `it does not say that it cost${prices[0]}`, ...about(entry) }];
  });
}

const left = ({ ledger }: Evidence): Violation[] =>
  ledger.flatMap((entry): Violation[] =>
    entry.open ? [{ kind: "open", count: 1, what: "its job is open", ...about(entry) }] : [],
  );

/** Everything that is not as it must be. */
export const judge = (evidence: Evidence): Violation[] => [
  ...evidence.answers.flatMap(lost),
  ...evidence.answers.flatMap(doubled),
  ...evidence.strays.flatMap(stray),
  ...twice(evidence),
  ...leaked(evidence),
  ...misspent(evidence),
  ...missaid(evidence),
  ...left(evidence),
];

/** Nothing of this is wrong in itself, but much of it would be: what it is, and how often. */
export function remarksOn({ answers, predictions, ledger }: Evidence): Map<string, number> {
  const whole = answers.filter(({ mayEndEarly }) => !mayEndEarly);
  const sentences = whole.flatMap(({ messages }) => {
    const lines = messages.flatMap(({ content }) => content.split("\n"));
    return lines.filter((content) => isSentence({ content })).slice(0, 1);
  });
  const known = new Set(ledger.flatMap((entry) => entry.predictions));
  const unknown = predictions.filter(({ id }) => !known.has(id)).map(() => "a prediction that no run knows");
  const stopped = answers.filter(
    (answer) => answer.stopped && missing({ ...answer, mayEndEarly: false }) === undefined,
  );
  const all = [
    ...sentences,
    ...unknown,
    ...stopped.map(() => "an answer that was stopped, and is there to its end"),
  ];
  return new Map(all.map((remark) => [remark, all.filter((each) => each === remark).length]));
}

export type Counts = Record<Kind, number>;

export const countsOf = (violations: readonly Violation[]): Counts =>
  Object.fromEntries(
    Object.keys(labels).map((kind) => [
      kind,
      total(violations.filter((each) => each.kind === kind).map(({ count }) => count)),
    ]),
  ) as Counts;

/** `0 lost · 0 first messages doubled · …` */
export const inWords = (counts: Counts): string =>
  Object.entries(labels)
    .map(([kind, label]) => `${counts[kind as Kind]} ${label}`)
    .join(" · ");
