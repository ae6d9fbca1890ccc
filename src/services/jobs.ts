import { z } from "zod";
import type { MicroDollars } from "./money.ts";
import type { ProblemReason } from "./problem.ts";
import type { Records, Store } from "./store.ts";

const money = z.number().int() as z.ZodType<MicroDollars>;
const problem = z.custom<ProblemReason>(
  (value) => typeof (value as { kind?: unknown } | null)?.kind === "string",
);

const runSchema = z.object({
  /** Which of the job's runs this is: `image-2`. */
  key: z.string(),
  /** The model's key in the catalogue. */
  model: z.string(),
  input: z.record(z.string(), z.unknown()),
  hold: money,
  /** `creating`: the request to Replicate may have been sent. */
  state: z.enum(["waiting", "creating", "starting", "processing", "succeeded", "failed", "cancelled"]),
  prediction: z.string().optional(),
  /** When the request to Replicate was sent, in milliseconds since 1970. */
  submittedAt: z.number().optional(),
  /** What this model's latest runs took; known once there were some. */
  expected: z.object({ waitSeconds: z.number(), runSeconds: z.number() }).optional(),
  /** How many go first, while it waits in this bot's own line. */
  ahead: z.number().int().nonnegative().optional(),
  /** No machine is ready: one has to be started first. */
  cold: z.boolean().optional(),
  /** The result was there already and cost nothing. */
  remembered: z.boolean().optional(),
  /** 0 to 1, as far as the model's logs tell. */
  progress: z.number().optional(),
  /** When the machine began, in milliseconds since 1970. */
  startedAt: z.number().optional(),
  /** How long the run took, as Replicate measured it. */
  seconds: z.number().optional(),
  result: z
    .object({
      text: z.string().optional(),
      files: z.array(z.string()).optional(),
      segments: z.array(z.object({ start: z.number(), end: z.number(), text: z.string() })).optional(),
      language: z.string().optional(),
    })
    .optional(),
  /** When Replicate removes what it made, in milliseconds since 1970. */
  removedAt: z.number().optional(),
  /** How many of its files can't be delivered: nobody pays for those. */
  undelivered: z.number().int().nonnegative().optional(),
  problem: problem.optional(),
  cost: money.optional(),
});

const jobSchema = z.object({
  /** The interaction's id, so that one that arrives twice is one job. */
  id: z.string(),
  command: z.string(),
  asker: z.object({ id: z.string(), name: z.string() }),
  account: z.object({ guild: z.string().nullable(), person: z.string(), roles: z.array(z.string()) }),
  /** Where the answer goes; opaque here. */
  address: z.unknown(),
  /** What was asked; the command's own. */
  request: z.unknown(),
  /** `kept`: it ended, and could be brought nowhere. */
  state: z.enum(["open", "delivered", "kept"]),
  /** Somebody stopped it: what runs is to be cancelled. */
  stopping: z.boolean().optional(),
  /** The asker alone may see the results. */
  private: z.boolean().optional(),
  createdAt: z.number(),
  runs: z.array(runSchema),
  /** What the asker had left after the latest settlement. */
  left: z.union([money, z.literal("unlimited")]).optional(),
});

export type Run = z.output<typeof runSchema>;
export type Job = z.output<typeof jobSchema>;

export const hasEnded = ({ state }: Run) =>
  state === "succeeded" || state === "failed" || state === "cancelled";

/** The ledger of jobs. Open jobs have a table of their own, which is read once at start. */
export interface Jobs {
  save(job: Job): Promise<void>;
  get(id: string): Promise<Job | undefined>;
  open(): Promise<Job[]>;
  remove(id: string): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function createJobs(store: Store, keepDays: number): Jobs {
  const open: Records<Job> = store.records("open_jobs", jobSchema);
  const done: Records<Job> = store.records("jobs", jobSchema);
  return {
    async save(job) {
      if (job.state === "open") return open.set(job.id, job);
      await done.set(job.id, job, keepDays * DAY_MS);
      await open.delete(job.id);
    },
    get: async (id) => (await open.get(id)) ?? (await done.get(id)),
    open: async () => (await open.entries()).map(([, job]) => job),
    remove: (id) => open.delete(id),
  };
}
