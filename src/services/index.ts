import { join } from "node:path";
import type { Logger } from "pino";
import { type Administration, createAdministration, type Notice } from "./administration.ts";
import { MAX_RECORDING_BYTES } from "./attachment.ts";
import { createBudget, type Budget } from "./budget.ts";
import { createCharges } from "./charges.ts";
import type { Clock } from "./clock.ts";
import { type Conversations, createConversations } from "./conversations.ts";
import { createFiles, type Files, MAX_OUTPUT_BYTES } from "./files.ts";
import { createFreeFailures } from "./free-failures.ts";
import { createGuilds, type Guilds } from "./guilds.ts";
import { createInsist } from "./insist.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createLine } from "./line.ts";
import { toDollars } from "./money.ts";
import { createModels } from "./models/models.ts";
import { createPaces, type Paces } from "./paces.ts";
import type { Price } from "./prices.ts";
import { createRecordings, type Recordings } from "./recordings.ts";
import { createQuota, type Quota } from "./quota.ts";
import { createBreaker } from "./replicate/breaker.ts";
import { createReplicateApi, type ReplicateApi } from "./replicate/client.ts";
import {
  forgetFiles,
  withInspectedFiles,
  withReadableFiles,
  withRecognizedFiles,
} from "./replicate/inputs.ts";
import { createLimiter } from "./replicate/limiter.ts";
import { createMedia, type Media, type MediaSettings } from "./replicate/media.ts";
import { createSubmissions } from "./replicate/submissions.ts";
import { createResults } from "./results.ts";
import { createRuns } from "./run.ts";
import { createRunner, type Runner } from "./runner.ts";
import { createFfmpeg } from "./sound/ffmpeg.ts";
import { openStore, type Store } from "./store.ts";
import { createTranscripts } from "./transcripts.ts";

/** The settings that the services need, by the names of the environment. */
export interface ServicesConfig {
  REPLICATE_API_TOKEN: string;
  REPLICATE_BASE_URL: string;
  HUGGINGFACE_TOKEN?: string | undefined;
  EXTRA_MEDIA_ORIGINS: readonly string[];
  DATABASE_URL: string;
  DAILY_CREDITS: number;
  DM_DAILY_CREDITS: number;
  MONTHLY_BUDGET_USD: number;
  GUILD_MONTHLY_BUDGET_USD?: number | undefined;
  JOBS_AT_ONCE: number;
  ASK_MODEL: string;
  IMAGINE_MODEL: string;
  TRANSCRIBE_MODEL: string;
  JOB_KEEP_DAYS: number;
  FREE_FAILURES_PER_HOUR: number;
  MODEL_PRICES: ReadonlyMap<string, Price>;
  MODEL_DEPLOYMENTS: ReadonlyMap<string, `${string}/${string}`>;
  MAX_RUNS: number;
  MEDIA_MEMORY_MB: number;
  FILES_PATH: string;
  VOICE_MESSAGES: boolean;
  FFMPEG_PATH: string;
}

export interface Services {
  replicate: ReplicateApi;
  media: Media;
  files: Files;
  recordings: Recordings;
  jobs: Jobs;
  quota: Quota;
  budget: Budget;
  guilds: Guilds;
  administration: Administration;
  /** The operator has the bot hear voice messages: they can be transcribed without anybody's asking. */
  hearsVoice: boolean;
  /** The operator's own, by reference. */
  prices: ReadonlyMap<string, Price>;
  /** Calls the listener with everything that those in charge are told unasked; one listener at the most. */
  onNotice(listener: (notice: Notice) => void): void;
  runner: Runner;
  paces: Paces;
  conversations: Conversations;
  store: Store;
  clock: Clock;
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 60 * 60_000;

/** A copy is removed once it was delivered; one that never was is kept for as long. */
const FILES_KEPT_MS = 7 * 24 * 60 * 60_000;

/** A recording is removed when its job has ended; one whose job the bot never heard of again is kept for a day. */
const RECORDINGS_KEPT_MS = 24 * 60 * 60_000;

/** How long the download of one may take: the largest at a megabyte a second. */
const RECORDING_MS = 10 * 60_000;

/** @throws {StoreError} where the database can't be used. */
export async function createServices(
  config: ServicesConfig,
  log: Logger,
  clock: Clock,
  downloads: MediaSettings = {},
): Promise<Services> {
  const opening = openStore({
    url: config.DATABASE_URL,
    clock,
    warn: (message, facts) => log.warn(facts, message),
  });
  // Both take a moment, and nobody has to wait for one after the other.
  const [store, ffmpeg] = await Promise.all([opening, createFfmpeg(config.FFMPEG_PATH)]);
  log.info(
    { ffmpeg: ffmpeg.version ?? null },
    ffmpeg.version
      ? "Long recordings are cut at silences"
      : "There is no ffmpeg (FFMPEG_PATH): long recordings can't be cut, and are transcribed up to an hour",
  );
  const replicate = createReplicateApi({
    token: config.REPLICATE_API_TOKEN,
    baseUrl: config.REPLICATE_BASE_URL,
    secrets: config.HUGGINGFACE_TOKEN === undefined ? {} : { huggingface: config.HUGGINGFACE_TOKEN },
    clock,
  });
  const media = createMedia(config.EXTRA_MEDIA_ORIGINS, {
    memoryBytes: config.MEDIA_MEMORY_MB * 2 ** 20,
    ...downloads,
  });
  const files = createFiles({
    folder: config.FILES_PATH,
    media,
    clock,
    keepMs: FILES_KEPT_MS,
    limitBytes: MAX_OUTPUT_BYTES,
  });
  const recordingFiles = createFiles({
    folder: join(config.FILES_PATH, "recordings"),
    media,
    clock,
    keepMs: RECORDINGS_KEPT_MS,
    limitBytes: MAX_RECORDING_BYTES,
    wholeMs: RECORDING_MS,
  });
  const recordings = createRecordings({
    media,
    files: recordingFiles,
    ffmpeg,
    folder: join(config.FILES_PATH, "pieces"),
  });
  const inputFiles = { read: files.read, stream: files.stream, isPublic: media.isPublic };
  const jobs = createJobs(store, config.JOB_KEEP_DAYS);
  const guilds = createGuilds(store);
  let tell: (notice: Notice) => void = () => undefined;
  const budget = createBudget({
    store,
    guilds,
    clock,
    isOpen: (job) => jobs.isOpen(job),
    warn(warning) {
      log.warn(
        { ...warning, spent: `$${toDollars(warning.spent)}`, limit: `$${toDollars(warning.limit)}` },
        "A budget comes to its end",
      );
      tell({ kind: "budget", warning });
    },
    monthlyUsd: config.MONTHLY_BUDGET_USD,
    ...(config.GUILD_MONTHLY_BUDGET_USD === undefined
      ? {}
      : { guildMonthlyUsd: config.GUILD_MONTHLY_BUDGET_USD }),
  });
  const quota = createQuota({
    store,
    budget,
    guilds,
    clock,
    dailyCredits: config.DAILY_CREDITS,
    dmDailyCredits: config.DM_DAILY_CREDITS,
    jobsAtOnce: config.JOBS_AT_ONCE,
    isOpen: (job) => jobs.isOpen(job),
  });
  const streamOrigins = new Set([new URL(config.REPLICATE_BASE_URL).origin, ...config.EXTRA_MEDIA_ORIGINS]);
  const isStreamHost = (address: string) => {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url) return false;
    return (
      streamOrigins.has(url.origin) || (url.protocol === "https:" && url.hostname === "stream.replicate.com")
    );
  };
  const models = createModels(replicate, () => clock.now(), {
    prices: config.MODEL_PRICES,
    deployments: config.MODEL_DEPLOYMENTS,
  });
  const transcripts = createTranscripts(store, config.JOB_KEEP_DAYS);
  const freeFailures = createFreeFailures(clock, config.FREE_FAILURES_PER_HOUR);
  const limiter = createLimiter(clock);
  const breaker = createBreaker(clock, (status, open) =>
    open
      ? log.error(
          { status },
          "Replicate refuses this account: nothing can run until its token or its billing is mended",
        )
      : log.info("Replicate takes this account's requests again"),
  );
  const paces = createPaces(store);
  const insist = createInsist({ clock, log });
  const runs = createRuns({
    api: replicate,
    submissions: createSubmissions({ api: replicate, limiter, breaker, clock }),
    inspected: (input, signal) => withInspectedFiles(input, { media: inputFiles, recordings, signal }),
    readable: (input, signal) =>
      withReadableFiles(input, { media: inputFiles, recordings, api: replicate, signal }),
    release: (input) =>
      forgetFiles(input, recordings).catch((error: unknown) => log.warn({ error }, "recording not removed")),
    jobs,
    models,
    charges: createCharges({ quota, insist, clock }),
    results: createResults({ copy: (url) => files.copy(url), transcripts, paces, log }),
    paces,
    freeFailures,
    checkPause: (guild) => guilds.checkPause(guild),
    insist,
    isStreamHost,
    line: createLine(config.MAX_RUNS),
    clock,
    log,
  });
  const runner = createRunner({
    runs,
    models,
    jobs,
    quota,
    guilds,
    transcripts,
    recognized: (input) => withRecognizedFiles(input, recordings),
    freeFailures,
    clock,
  });
  const administration = createAdministration({
    store,
    guilds,
    quota,
    budget,
    stopWaiting: (scope) => runner.pause(scope),
    defaults: { ask: config.ASK_MODEL, imagine: config.IMAGINE_MODEL, transcribe: config.TRANSCRIBE_MODEL },
    hearsVoice: config.VOICE_MESSAGES,
    tell: (notice) => tell(notice),
    clock,
  });
  const sweeping = setInterval(() => {
    Promise.all([store.sweep(), files.sweep(), recordingFiles.sweep()]).catch((error: unknown) =>
      log.warn({ error }, "The sweep failed"),
    );
  }, SWEEP_EVERY_MS);
  sweeping.unref();
  return {
    replicate,
    media,
    files,
    recordings,
    jobs,
    quota,
    budget,
    guilds,
    administration,
    hearsVoice: config.VOICE_MESSAGES,
    prices: config.MODEL_PRICES,
    onNotice: (listener) => void (tell = listener),
    runner,
    paces,
    conversations: createConversations(store, clock),
    store,
    clock,
    async close() {
      clearInterval(sweeping);
      await recordings.close();
      await recordingFiles.close();
      await files.close();
      await store.close();
    },
  };
}
