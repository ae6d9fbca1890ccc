import type { Account, Allowance } from "../../../src/services/quota.ts";
import { accounts, guilds, nameOf, operator } from "./people.ts";
import type { Step } from "./step.ts";

/** What should happen, in plain numbers: micro-dollars, by the names of accounts, guilds and runs. Never changed in place. */
export interface Paper {
  purses: Readonly<Record<string, Purse>>;
  tills: Readonly<Record<string, Till>>;
  /** By guild and subject, such as `g0/role/artist`. */
  rules: Readonly<Record<string, Allowance | "default">>;
  /** What admins allow their guild in a month. */
  limits: Readonly<Record<string, number | "default">>;
  paused: Readonly<Record<string, boolean>>;
  /** What was charged and forgiven, by guild, day and person: what reports are to add up to. */
  book: Readonly<Record<string, { charged: number; forgiven: number }>>;
}

/** A person's, in one guild: the day's allowance and beside it a bonus, which outlives the day. */
interface Purse {
  day: string;
  spent: number;
  /** How much of that the allowance did not pay when it was spent. */
  beyond: number;
  bonus: number;
  holds: Readonly<Record<string, number>>;
}

/** A guild's, or that of all direct messages. */
interface Till {
  month: string;
  spent: number;
  holds: Readonly<Record<string, number>>;
}

export const blank: Paper = { purses: {}, tills: {}, rules: {}, limits: {}, paused: {}, book: {} };

const total = (amounts: Readonly<Record<string, number>>) =>
  Object.values(amounts).reduce((sum, amount) => sum + amount, 0);

const without = <T>(all: Readonly<Record<string, T>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

export const dayAt = (now: number, guild: string | null) => {
  const { minutesEast } = guilds.find(({ id }) => id === guild) ?? { minutesEast: 0 };
  return new Date(now + minutesEast * 60_000).toISOString().slice(0, 10);
};

const tillOf = (guild: string | null) => guild ?? "dm";
const heldAs = ({ person }: Account, run: string) => `${person}/${run}`;

function purseOf(paper: Paper, account: Account, now: number): Purse {
  const day = dayAt(now, account.guild);
  const purse = paper.purses[nameOf(account)] ?? { day, spent: 0, beyond: 0, bonus: 0, holds: {} };
  if (purse.day === day) return purse;
  return { ...purse, day, spent: 0, beyond: 0, bonus: purse.bonus - Math.min(purse.bonus, purse.beyond) };
}

function tillAt(paper: Paper, name: string, now: number): Till {
  const month = new Date(now).toISOString().slice(0, 7);
  const till = paper.tills[name] ?? { month, spent: 0, holds: {} };
  return till.month === month ? till : { ...till, month, spent: 0 };
}

const withPurse = (paper: Paper, account: Account, purse: Purse): Paper => ({
  ...paper,
  purses: { ...paper.purses, [nameOf(account)]: purse },
});

const withTill = (paper: Paper, guild: string | null, till: Till): Paper => ({
  ...paper,
  tills: { ...paper.tills, [tillOf(guild)]: till },
});

/** A person's own rule, or the best of their roles', or everyone's, or the operator's. */
function allowanceOf(paper: Paper, { guild, person, roles }: Account) {
  if (guild === null) return { allowance: operator.dmDailyCredits * 1_000, own: false };
  const rule = (subject: string) => {
    const set = paper.rules[`${guild}/${subject}`];
    return set === "default" ? undefined : set;
  };
  const own = rule(`person/${person}`);
  if (own !== undefined) return { allowance: own, own: true };
  const ofRoles = roles.flatMap((role) => rule(`role/${role}`) ?? []);
  if (ofRoles.includes("unlimited")) return { allowance: "unlimited" as const, own: false };
  if (ofRoles.length > 0) return { allowance: Math.max(...ofRoles.map(Number)), own: false };
  return { allowance: rule("everyone/") ?? operator.dailyCredits * 1_000, own: false };
}

const lineOf = ({ guild, person }: Account, day: string) => `${tillOf(guild)}/${day}/${person}`;

const bookOn = (paper: Paper, account: Account, day: string) =>
  paper.book[lineOf(account, day)] ?? { charged: 0, forgiven: 0 };

/** What is written down of an account beside that: its runs are there even where nothing is held for them. */
export function recordOn(paper: Paper, account: Account, now: number) {
  const { day, beyond, holds } = purseOf(paper, account, now);
  return { over: beyond, runs: Object.keys(holds).toSorted().join(" "), ...bookOn(paper, account, day) };
}

/** How an account stands, as `quota.standing` tells it. */
export function standingOn(paper: Paper, account: Account, now: number) {
  const { spent, beyond, bonus, holds } = purseOf(paper, account, now);
  const { allowance } = allowanceOf(paper, account);
  const held = total(holds);
  return {
    allowance,
    spent,
    bonus: bonus - Math.min(bonus, beyond),
    held,
    left: allowance === "unlimited" ? allowance : allowance - spent - held + bonus,
  };
}

function limitOf(paper: Paper, guild: string | null): number | null {
  if (guild === null) return null;
  const own = paper.limits[guild] ?? "default";
  const most = Math.round(operator.guildMonthlyUsd * 1_000_000);
  return own === "default" ? most : Math.min(own, most);
}

const tills = [...guilds.map(({ id }) => id as string | null), null];

/** How a guild's month stands, and that of all together, as `budget.standing` tells it. */
export function budgetOn(paper: Paper, guild: string | null, now: number) {
  const figures = ({ spent, holds }: Till) => ({ spent, held: total(holds) });
  const all = tills.map((each) => figures(tillAt(paper, tillOf(each), now)));
  return {
    guild: { ...figures(tillAt(paper, tillOf(guild), now)), limit: limitOf(paper, guild) },
    everything: {
      spent: all.reduce((sum, { spent }) => sum + spent, 0),
      held: all.reduce((sum, { held }) => sum + held, 0),
      limit: Math.round(operator.monthlyUsd * 1_000_000),
    },
  };
}

const isBeyond = (
  { spent, held, limit }: { spent: number; held: number; limit: number | null },
  needed: number,
) => limit !== null && needed > 0 && spent + held + needed > limit;

const jobOf = (run: string) => run.split("/")[0];

/** Why these runs are not admitted, if they are not. */
function refusal(
  paper: Paper,
  account: Account,
  runs: Record<string, number>,
  now: number,
): string | undefined {
  const others = new Set(Object.keys(purseOf(paper, account, now).holds).map(jobOf));
  for (const run of Object.keys(runs)) others.delete(jobOf(run));
  if (others.size >= operator.jobsAtOnce) return "too-many-jobs";
  const { allowance, own } = allowanceOf(paper, account);
  const { left } = standingOn(paper, account, now);
  const needed = total(runs);
  if (allowance === 0 && (own || Number(left) <= 0)) return "no-credits";
  if (left !== "unlimited" && needed > 0 && needed > left) return "out-of-credits";
  const { guild, everything } = budgetOn(paper, account.guild, now);
  if (isBeyond(guild, needed)) return "guild-budget-spent";
  return isBeyond(everything, needed) ? "budget-spent" : undefined;
}

/** Those of the runs that would be held now and are not yet. */
export function newRuns(paper: Paper, { who, runs }: Extract<Step, { do: "hold" }>, now: number) {
  return without(runs, Object.keys(purseOf(paper, accounts[who]!, now).holds));
}

type After = [paper: Paper, outcome: string];

function hold(paper: Paper, step: Extract<Step, { do: "hold" }>, now: number): After {
  const account = accounts[step.who]!;
  if (paper.paused["everywhere"] || paper.paused[tillOf(account.guild)]) return [paper, "paused"];
  const runs = newRuns(paper, step, now);
  if (Object.keys(runs).length === 0) return [paper, "done"];
  const refused = refusal(paper, account, runs, now);
  if (refused) return [paper, refused];
  const purse = purseOf(paper, account, now);
  const till = tillAt(paper, tillOf(account.guild), now);
  const inTill = Object.fromEntries(
    Object.entries(runs).map(([run, amount]) => [heldAs(account, run), amount]),
  );
  const held = withPurse(paper, account, { ...purse, holds: { ...purse.holds, ...runs } });
  return [withTill(held, account.guild, { ...till, holds: { ...till.holds, ...inTill } }), "done"];
}

interface Ended {
  who: number;
  runs: readonly string[];
  cost: number;
  how: "charged" | "forgiven" | "free";
}

/** Only what is held can end, in the purse and in the till: so nothing ends twice. */
const end = (paper: Paper, ended: Ended, now: number): Paper =>
  endInPurse(endInTill(paper, ended, now), ended, now);

function endInTill(paper: Paper, { who, runs, cost }: Ended, now: number): Paper {
  const { guild } = accounts[who]!;
  const till = tillAt(paper, tillOf(guild), now);
  const names = runs.map((run) => heldAs(accounts[who]!, run)).filter((name) => name in till.holds);
  if (names.length === 0) return paper;
  return withTill(paper, guild, { ...till, spent: till.spent + cost, holds: without(till.holds, names) });
}

function endInPurse(paper: Paper, { who, runs, cost, how }: Ended, now: number): Paper {
  const account = accounts[who]!;
  const purse = purseOf(paper, account, now);
  const ended = runs.filter((run) => run in purse.holds);
  if (ended.length === 0) return paper;
  const { allowance } = allowanceOf(paper, account);
  const spent = purse.spent + (how === "charged" ? cost : 0);
  const beyond = allowance === "unlimited" ? 0 : Math.max(0, spent - allowance);
  const paid = how === "charged" ? { spent, beyond } : {};
  const after = withPurse(paper, account, { ...purse, ...paid, holds: without(purse.holds, ended) });
  if (how === "free" || cost === 0) return after;
  const line = lineOf(account, purse.day);
  const before = bookOn(paper, account, purse.day);
  return { ...after, book: { ...paper.book, [line]: { ...before, [how]: before[how] + cost } } };
}

function change(paper: Paper, who: number, now: number, next: (purse: Purse) => Partial<Purse>): Paper {
  const purse = purseOf(paper, accounts[who]!, now);
  return withPurse(paper, accounts[who]!, { ...purse, ...next(purse) });
}

type Ending = Extract<Step, { do: "settle" | "forgive" | "release" }>;

function endedBy(step: Ending): Ended {
  if (step.do === "release") return { ...step, cost: 0, how: "free" };
  return { ...step, runs: [step.run], how: step.do === "settle" ? "charged" : "forgiven" };
}

/** What is on paper where a run's end came no further than the budgets, before its caller tries again. */
export function halfEnded(paper: Paper, step: Step, now: number): Paper | undefined {
  const isEnding = step.do === "settle" || step.do === "forgive" || step.do === "release";
  return isEnding ? endInTill(paper, endedBy(step), now) : undefined;
}

/** What is on paper after a step, and what its caller is told. */
export function take(paper: Paper, step: Step, now: number): After {
  switch (step.do) {
    case "hold":
      return hold(paper, step, now);
    case "settle":
    case "forgive":
    case "release":
      return [end(paper, endedBy(step), now), "done"];
    case "grant": {
      // What the bonus has paid already can't be taken back.
      const granted = ({ bonus, beyond }: Purse) => Math.max(Math.min(bonus, beyond), bonus + step.amount);
      return [change(paper, step.who, now, (purse) => ({ bonus: granted(purse) })), "done"];
    }
    case "reset":
      return [change(paper, step.who, now, () => ({ spent: 0, beyond: 0 })), "done"];
    case "rule": {
      const rules = { ...paper.rules, [`${step.guild}/${step.of}/${step.id}`]: step.rule };
      return [{ ...paper, rules }, "done"];
    }
    case "limit":
      return [{ ...paper, limits: { ...paper.limits, [step.guild]: step.limit } }, "done"];
    case "pause":
      return [{ ...paper, paused: { ...paper.paused, [step.guild]: step.paused } }, "done"];
  }
}
