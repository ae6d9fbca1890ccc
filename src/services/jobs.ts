import { z } from "zod";
import { segmentSchema } from "./models/model.ts";
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
      segments: z.array(segmentSchema).optional(),
      language: z.string().optional(),
    })
    .optional(),
  /** Its text ended because it had as many tokens as its input allows. */
  limited: z.boolean().optional(),
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
  /** `draft`: nobody has said yet that it may run. `kept`: it ended, and could not be brought anywhere. */
  state: z.enum(["draft", "open", "kept", "delivered"]),
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
  /** It is on its way: only such a job can have holds. */
  isOpen(id: string): Promise<boolean>;
  open(): Promise<Job[]>;
  /** Notes that an open job is to be stopped. */
  stop(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Lists it among its asker's. Where that is left undone, its end does it. */
  list(job: Job): Promise<void>;
  /** This person's latest, newest first: 25 at the most. */
  of(person: string): Promise<Job[]>;
  /** Notes that this was done with the job; false where it was noted before. It outlives restarts. */
  claim(id: string, what: string): Promise<boolean>;
  /** It came to nothing, and may be done after all. */
  unclaim(id: string, what: string): Promise<void>;
  /** As if nobody had asked. An open job is gone as soon as it has ended, because somebody still settles it. */
  forget(id: string): Promise<void>;
  /** It was forgotten lately, and not because of its age. */
  isForgotten(id: string): Promise<boolean>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** How many of a person's jobs are listed. */
const LISTED = 25;

/** The claim of who forgets. */
const FORGOTTEN = "forgotten";

export function createJobs(store: Store, keepDays: number): Jobs {
  const open: Records<Job> = store.records("open_jobs", jobSchema);
  const done: Records<Job> = store.records("jobs", jobSchema);
  // Apart from the jobs: who follows one writes it as a whole, and what is forgotten has none.
  const claims: Records<string[]> = store.records("job_claims", z.array(z.string()));
  const lists: Records<string[]> = store.records("job_lists", z.array(z.string()));
  const keepMs = keepDays * DAY_MS;

  const inTurn = <R>(id: string, work: () => Promise<R>) => store.inTurn(`jobs/${id}`, work);
  const claimsOf = async (id: string) => (await claims.get(id)) ?? [];
  const isForgotten = async (id: string) => (await claimsOf(id)).includes(FORGOTTEN);

  async function note(id: string, what: string): Promise<boolean> {
    const noted = await claimsOf(id);
    if (noted.includes(what)) return false;
    await claims.set(id, [...noted, what], keepMs);
    return true;
  }

  /** In both at once, for acknowledgements wait for it; in the job's turn, for its end moves it from one to the other. */
  async function find(id: string): Promise<Job | undefined> {
    const [opened, ended] = await Promise.all([open.get(id), done.get(id)]);
    return opened ?? ended;
  }

  const get = (id: string) => inTurn(id, () => find(id));

  /** Changes the ids of a person's jobs, latest first. */
  const relist = (person: string, change: (ids: readonly string[]) => string[]) =>
    store.inTurn(`job-lists/${person}`, async () => {
      const ids = (await lists.get(person)) ?? [];
      await lists.set(person, change(ids).slice(0, LISTED), keepMs);
    });

  const list = ({ id, asker }: Job) =>
    relist(asker.id, (ids) => (ids.includes(id) ? [...ids] : [id, ...ids]));

  async function end(job: Job): Promise<void> {
    if (await isForgotten(job.id)) return;
    await done.set(job.id, job, keepMs);
    // It was listed when it was promised, as a rule; its end does not depend on that.
    if (job.state !== "draft") await list(job).catch(() => undefined);
  }

  return {
    async save(job) {
      // In turn, so that a Stop in the same moment is not written over.
      if (job.state === "open") return inTurn(job.id, () => open.set(job.id, job));
      await inTurn(job.id, async () => {
        await end(job);
        await open.delete(job.id);
      });
    },
    get,
    isOpen: async (id) => (await open.get(id)) !== undefined,
    open: async () => (await open.entries()).map(([, job]) => job),
    stop: (id) =>
      inTurn(id, async () => {
        const job = await open.get(id);
        if (job) await open.set(id, { ...job, stopping: true });
      }),
    remove: (id) => open.delete(id),
    list,
    async of(person) {
      const ids = (await lists.get(person)) ?? [];
      const found = await Promise.all(ids.map(get));
      return found.filter((job) => job !== undefined).toSorted((a, b) => b.createdAt - a.createdAt);
    },
    claim: (id, what) => inTurn(id, () => note(id, what)),
    unclaim: (id, what) =>
      inTurn(id, async () => {
        const noted = await claimsOf(id);
        await claims.set(
          id,
          noted.filter((each) => each !== what),
          keepMs,
        );
      }),
    forget: (id) =>
      inTurn(id, async () => {
        await note(id, FORGOTTEN);
        const job = await find(id);
        if (job) await relist(job.asker.id, (ids) => ids.filter((each) => each !== id));
        await done.delete(id);
      }),
    isForgotten,
  };
}
