import type { Logger } from "pino";
import { createBudget, type Budget } from "./budget.ts";
import type { Clock } from "./clock.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createQuota, type Quota } from "./quota.ts";
import { createReplicateApi, type ReplicateApi } from "./replicate/client.ts";
import { createMedia, type Media } from "./replicate/media.ts";
import { createRunner, type Runner } from "./runner.ts";
import { openStore, type Store } from "./store.ts";

/** The settings that the services need, by the names of the environment. */
export interface ServicesConfig {
  REPLICATE_API_TOKEN: string;
  REPLICATE_BASE_URL: string;
  EXTRA_MEDIA_ORIGINS: readonly string[];
  DATABASE_URL: string;
  DAILY_CREDITS: number;
  DM_DAILY_CREDITS: number;
  MONTHLY_BUDGET_USD: number;
  GUILD_MONTHLY_BUDGET_USD?: number | undefined;
  JOB_KEEP_DAYS: number;
}

export interface Services {
  replicate: ReplicateApi;
  media: Media;
  jobs: Jobs;
  quota: Quota;
  budget: Budget;
  runner: Runner;
  store: Store;
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 60 * 60_000;

/** @throws {StoreError} where the database can't be used. */
export async function createServices(config: ServicesConfig, log: Logger, clock: Clock): Promise<Services> {
  const store = await openStore({
    url: config.DATABASE_URL,
    clock,
    warn: (message, facts) => log.warn(facts, message),
  });
  const replicate = createReplicateApi({
    token: config.REPLICATE_API_TOKEN,
    baseUrl: config.REPLICATE_BASE_URL,
    clock,
  });
  const media = createMedia(config.EXTRA_MEDIA_ORIGINS);
  const jobs = createJobs(store, config.JOB_KEEP_DAYS);
  const budget = createBudget({
    store,
    clock,
    monthlyUsd: config.MONTHLY_BUDGET_USD,
    ...(config.GUILD_MONTHLY_BUDGET_USD === undefined
      ? {}
      : { guildMonthlyUsd: config.GUILD_MONTHLY_BUDGET_USD }),
  });
  const quota = createQuota({
    store,
    budget,
    clock,
    dailyCredits: config.DAILY_CREDITS,
    dmDailyCredits: config.DM_DAILY_CREDITS,
  });
  const streamOrigins = new Set([new URL(config.REPLICATE_BASE_URL).origin, ...config.EXTRA_MEDIA_ORIGINS]);
  const isStreamHost = (address: string) => {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url) return false;
    return (
      streamOrigins.has(url.origin) || (url.protocol === "https:" && url.hostname === "stream.replicate.com")
    );
  };
  const runner = createRunner({ api: replicate, media, jobs, quota, clock, log, isStreamHost });
  const sweeping = setInterval(() => {
    store.sweep().catch((error: unknown) => log.warn({ error }, "The sweep failed"));
  }, SWEEP_EVERY_MS);
  sweeping.unref();
  return {
    replicate,
    media,
    jobs,
    quota,
    budget,
    runner,
    store,
    async close() {
      clearInterval(sweeping);
      await store.close();
    },
  };
}
