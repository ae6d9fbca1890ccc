import { type Administration, createAdministration, type Notice } from "../../src/services/administration.ts";
import { type Budget, type BudgetWarning, createBudget } from "../../src/services/budget.ts";
import type { Clock } from "../../src/services/clock.ts";
import { createGuilds, type Guilds, type Scope } from "../../src/services/guilds.ts";
import { createQuota, type Quota } from "../../src/services/quota.ts";
import type { Store } from "../../src/services/store.ts";

/** Everything that counts money, over one store. */
export interface Accounts {
  guilds: Guilds;
  budget: Budget;
  quota: Quota;
  administration: Administration;
  /** What those in charge were told. */
  told: Notice[];
  warned: BudgetWarning[];
  /** Where what waited was stopped. */
  paused: Scope[];
}

interface Limits {
  monthlyUsd?: number;
  guildMonthlyUsd?: number;
  dailyCredits?: number;
  dmDailyCredits?: number;
  jobsAtOnce?: number;
  hearsVoice?: boolean;
  /** All, if left out. */
  isOpen?: (job: string) => Promise<boolean>;
}

export const operatorsModels = { ask: "claude-4.5-haiku", imagine: "flux-schnell", transcribe: "whisperx" };

/** $25 a month, 250 credits a day and 50 in direct messages, any number of jobs at once, unless told otherwise. */
export function openAccounts(store: Store, clock: Clock, limits: Limits = {}): Accounts {
  const { monthlyUsd = 25, guildMonthlyUsd, dailyCredits = 250, dmDailyCredits = 50 } = limits;
  const { hearsVoice = true } = limits;
  const { jobsAtOnce = Number.POSITIVE_INFINITY, isOpen = () => Promise.resolve(true) } = limits;
  const told: Notice[] = [];
  const warned: BudgetWarning[] = [];
  const paused: Scope[] = [];
  const guilds = createGuilds(store);
  const budget = createBudget({
    store,
    guilds,
    clock,
    isOpen,
    monthlyUsd,
    ...(guildMonthlyUsd === undefined ? {} : { guildMonthlyUsd }),
    warn: (warning) => void warned.push(warning),
  });
  const quota = createQuota({
    store,
    budget,
    guilds,
    clock,
    dailyCredits,
    dmDailyCredits,
    jobsAtOnce,
    isOpen,
  });
  const administration = createAdministration({
    store,
    guilds,
    quota,
    budget,
    stopWaiting: (scope) => void paused.push(scope),
    defaults: operatorsModels,
    hearsVoice,
    tell: (notice) => void told.push(notice),
    clock,
  });
  return { guilds, budget, quota, administration, told, warned, paused };
}
