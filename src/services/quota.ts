import {
  type Account,
  type Allowance,
  type Granted,
  type GuildRules,
  allowanceOf,
  guildRules,
} from "./allowance.ts";
import {
  type Balance,
  balanceRecord,
  charged,
  bonusLeft,
  endsWithDay,
  forgiven,
  heldIn,
  onDay,
  type Use,
  withGrant,
  withHolds,
  withoutHold,
} from "./balance.ts";
import type { Budget } from "./budget.ts";
import { dayOf, nextDay } from "./calendar.ts";
import type { Clock } from "./clock.ts";
import type { Guilds } from "./guilds.ts";
import { jobOf } from "./run-id.ts";
import { type MicroDollars, fromCredits, sum } from "./money.ts";
import { Problem, type ProblemReason } from "./problem.ts";
import { createRecent } from "./recent.ts";
import { createSpendingBook, type Spent, USAGE_KEPT_MS } from "./spending.ts";
import type { Store } from "./store.ts";

export type { Account, Allowance, GuildRules } from "./allowance.ts";

/** How an account stands today; `left` is allowance - spent - held + bonus, and may be below zero. */
export interface Standing extends Granted {
  /** Today, the bonus's part included. */
  spent: MicroDollars;
  held: MicroDollars;
  /** What is left of the grants: used once the allowance is, and kept over midnight. */
  bonus: MicroDollars;
  left: Allowance;
  /** When the guild's next day begins, in milliseconds since 1970. */
  resetsAt: number;
}

/** Who may spend how much in a day. What the operator pays is a Budget's business; a hold here is one there too. */
export interface Quota {
  standing(account: Account): Promise<Standing>;
  /**
   * Reserves what the runs may cost at most: all or nothing; what is held already is not held again. Throws the
   * Problems `too-many-jobs`, `no-credits`, `out-of-credits`, `guild-budget-spent`, `budget-spent` and
   * `store-unavailable`. A caller that stops waiting releases the runs, which takes its turn after this.
   */
  hold(account: Account, amounts: Record<string, MicroDollars>): Promise<void>;
  /** Charges what the run cost, also above its hold. A run without a hold costs nothing, so settling twice is safe. */
  settle(account: Account, runId: string, use: Use): Promise<Standing>;
  /** Ends the hold at no cost; safe to repeat. */
  release(account: Account, runId: string): Promise<void>;
  /** Ends the hold at no cost for the person, and charges the budgets; safe to repeat. */
  forgive(account: Account, runId: string, use: Use): Promise<void>;
  /** 0 shuts this person out, whatever their roles and grants. */
  setPerson(guild: string, person: string, rule: Allowance | "default"): Promise<void>;
  setRole(guild: string, role: string, rule: Allowance | "default"): Promise<void>;
  setEveryone(guild: string, rule: Allowance | "default"): Promise<void>;
  /** Adds to the person's bonus. */
  grant(guild: string, person: string, amount: MicroDollars): Promise<void>;
  /** Forgets what the person spent today; holds, grants and the budgets stay as they are. */
  reset(guild: string, person: string): Promise<void>;
  rules(guild: string): Promise<GuildRules>;
  /** Who used what in the latest days of a guild, newest first. */
  report(guild: string, days: number): Promise<Spent[]>;
}

const LOOK_AGAIN_MS = 10_000;

export interface QuotaOptions {
  store: Store;
  budget: Budget;
  guilds: Guilds;
  clock: Clock;
  dailyCredits: number;
  dmDailyCredits: number;
  /** How many jobs of one account may be on their way at once. */
  jobsAtOnce: number;
  /** Whether a job is on its way. */
  isOpen: (job: string) => Promise<boolean>;
}

export function createQuota(options: QuotaOptions): Quota {
  const { store, budget, guilds, clock, dailyCredits, dmDailyCredits, jobsAtOnce, isOpen } = options;
  const balances = store.records("balances", balanceRecord);
  const allRules = store.records("quota_rules", guildRules);
  const lookedInto = createRecent<number>(1_000);
  const spending = createSpendingBook(store, balances);
  const defaults = { daily: fromCredits(dailyCredits), dmDaily: fromCredits(dmDailyCredits) };

  const rulesOf = async (guild: string | null): Promise<GuildRules> =>
    (guild === null ? undefined : await allRules.get(guild)) ?? { people: {}, roles: {} };

  const grantedTo = async (account: Account) => allowanceOf(account, await rulesOf(account.guild), defaults);

  const zoneOf = async (guild: string | null) => (await guilds.get(guild)).timeZone;

  const load = async (whose: Holder) => {
    const [stored, zone] = await Promise.all([balances.get(keyOf(whose)), zoneOf(whose.guild)]);
    return onDay(stored, dayOf(clock.now(), zone));
  };

  /** What was used on a day that is over moves into the book, before the new day is written over it. */
  async function closeDay({ guild, person }: Holder, today: string): Promise<void> {
    const stored = await balances.get(keyOf({ guild, person }));
    if (guild !== null && stored && stored.day < today) await spending.keep(guild, person, stored);
  }

  async function save(whose: Holder, balance: Balance): Promise<void> {
    await closeDay(whose, balance.day);
    const keepMs = endsWithDay(balance) ? USAGE_KEPT_MS : undefined;
    await balances.set(keyOf(whose), balance, keepMs);
  }

  const inTurn = <R>(whose: Holder, work: () => Promise<R>) => store.inTurn(`balance/${keyOf(whose)}`, work);

  const change = (whose: Holder, next: (balance: Balance) => Balance) =>
    inTurn(whose, async () => save(whose, next(await load(whose))));

  const changeRules = (guild: string, next: (rules: GuildRules) => GuildRules) =>
    store.inTurn(`quota-rules/${guild}`, async () => allRules.set(guild, next(await rulesOf(guild))));

  /** All at once: an acknowledgement waits for them. */
  const look = (account: Account) =>
    Promise.all([load(account), grantedTo(account), zoneOf(account.guild)] as const);

  const standingOf = (balance: Balance, granted: Granted, zone: string): Standing => {
    const { spent, day } = balance;
    const held = heldIn(balance);
    const left =
      granted.allowance === "unlimited" ? "unlimited" : granted.allowance - spent - held + balance.bonus;
    return { ...granted, spent, held, bonus: bonusLeft(balance), left, resetsAt: nextDayAfter(day, zone) };
  };

  /** Where the clock was set back, or the zone moved west, the day that was begun goes on. */
  function nextDayAfter(day: string, zone: string): number {
    let next = nextDay(clock.now(), zone);
    while (dayOf(next, zone) <= day) next = nextDay(next, zone);
    return next;
  }

  /** Who is refused again and again is looked into now and then only. */
  function mayHaveOrphans(whose: Holder): boolean {
    const before = lookedInto.get(keyOf(whose)) ?? Number.NEGATIVE_INFINITY;
    if (clock.now() - before < LOOK_AGAIN_MS) return false;
    lookedInto.set(keyOf(whose), clock.now());
    return true;
  }

  /**
   * A job is stored before anything is held for it, so a hold without an open job is what a write left behind that landed
   * when nobody waited for it any more.
   */
  async function withoutOrphans(account: Account, balance: Balance, asked: ReadonlySet<string>) {
    let kept = balance;
    for (const runId of Object.keys(balance.holds)) {
      if (asked.has(jobOf(runId)) || (await isOpen(jobOf(runId)))) continue;
      await budget.release(account.guild, runId);
      kept = withoutHold(kept, runId);
    }
    return kept;
  }

  function refusalOf(balance: Balance, standing: Standing, amounts: Record<string, MicroDollars>) {
    const runIds = Object.keys(amounts);
    if (runIds.length === 0) return undefined;
    return tooManyJobs(balance, runIds) ?? tooDear(standing, sum(Object.values(amounts)));
  }

  function tooManyJobs(balance: Balance, runIds: readonly string[]): ProblemReason | undefined {
    const asked = new Set(runIds.map(jobOf));
    const others = Object.keys(balance.holds)
      .map(jobOf)
      .filter((job) => !asked.has(job));
    return new Set(others).size >= jobsAtOnce ? { kind: "too-many-jobs", limit: jobsAtOnce } : undefined;
  }

  return {
    standing: async (account) => standingOf(...(await look(account))),

    hold: (account, amounts) =>
      inTurn(account, async () => {
        const [found, granted, zone] = await look(account);
        let balance = found;
        const runIds = Object.keys(amounts).filter((runId) => !Object.hasOwn(balance.holds, runId));
        if (runIds.length === 0 && Object.keys(amounts).length > 0) return;
        const added = Object.fromEntries(runIds.map((runId) => [runId, amounts[runId] ?? 0]));
        const refused = () => refusalOf(balance, standingOf(balance, granted, zone), added);
        if (refused() && mayHaveOrphans(account))
          balance = await withoutOrphans(account, balance, new Set(runIds.map(jobOf)));
        const refusal = refused();
        if (refusal) throw new Problem(refusal);

        await budget.hold(account.guild, added);
        try {
          await save(account, withHolds(balance, added));
        } catch (error) {
          const release = runIds.map((runId) => budget.release(account.guild, runId));
          await Promise.allSettled([save(account, balance), ...release]); // The write may have landed all the same.
          throw error;
        }
      }),

    settle: (account, runId, use) =>
      inTurn(account, async () => {
        await budget.settle(account.guild, runId, use.cost);
        const [balance, granted, zone] = await look(account);
        if (!Object.hasOwn(balance.holds, runId)) return standingOf(balance, granted, zone);
        const settled = charged(balance, runId, use, granted.allowance);
        await save(account, settled);
        return standingOf(settled, granted, zone);
      }),

    release: (account, runId) =>
      inTurn(account, async () => {
        await budget.release(account.guild, runId);
        const balance = await load(account);
        if (Object.hasOwn(balance.holds, runId)) await save(account, withoutHold(balance, runId));
      }),

    forgive: (account, runId, use) =>
      inTurn(account, async () => {
        await budget.settle(account.guild, runId, use.cost);
        const balance = await load(account);
        if (Object.hasOwn(balance.holds, runId)) await save(account, forgiven(balance, runId, use));
      }),

    setPerson: (guild, person, rule) =>
      changeRules(guild, (rules) => ({ ...rules, people: withRule(rules.people, person, rule) })),

    setRole: (guild, role, rule) =>
      changeRules(guild, (rules) => ({ ...rules, roles: withRule(rules.roles, role, rule) })),

    setEveryone: (guild, rule) =>
      changeRules(guild, ({ people, roles }) =>
        rule === "default" ? { people, roles } : { everyone: rule, people, roles },
      ),

    grant: (guild, person, amount) => change({ guild, person }, (balance) => withGrant(balance, amount)),

    reset: (guild, person) => change({ guild, person }, (balance) => ({ ...balance, spent: 0, over: 0 })),

    rules: rulesOf,

    report: async (guild, days) => spending.report(guild, dayOf(clock.now(), await zoneOf(guild)), days),
  };
}

type Holder = Pick<Account, "guild" | "person">;

const keyOf = ({ guild, person }: Holder) => `${guild ?? "dm"}/${person}`;

function withRule(rules: Record<string, Allowance>, id: string, rule: Allowance | "default") {
  const { [id]: _replaced, ...others } = rules;
  return rule === "default" ? others : { ...others, [id]: rule };
}

function tooDear(standing: Standing, needed: MicroDollars): ProblemReason | undefined {
  const { allowance, source, left, resetsAt } = standing;
  if (left === "unlimited") return undefined;
  if (allowance === 0 && (source === "person" || left <= 0))
    return { kind: "no-credits", direct: source === "dm" };
  return needed > 0 && needed > left ? { kind: "out-of-credits", needed, left, resetsAt } : undefined;
}
