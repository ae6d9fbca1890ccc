import type { Logger } from "pino";
import type { Files } from "../services/files.ts";
import type { Job, Jobs } from "../services/jobs.ts";
import type { Address } from "./address.ts";
import type { Patience } from "./patience.ts";

/** What the ledger is told of an answer on its way, and of its end. */
export interface Endings {
  /** Where the answer is now. Where that can't be written it goes on: at worst a restart repeats a message. */
  note(job: Job, address: Address): Promise<void>;
  /** Nobody waits for it any longer: it hangs on the message, or there is nowhere to bring it. */
  close(job: Job): Promise<void>;
  /** Nobody takes it anywhere: its asker can call it up. */
  keep(job: Job): Promise<void>;
}

export function createEndings(deps: {
  jobs: Pick<Jobs, "save">;
  files: Pick<Files, "remove">;
  patience: Patience;
  log: Logger;
}): Endings {
  const { jobs, files, patience, log } = deps;

  /** Until the store takes it: whoever brought it is the only one who knows. */
  const stored = (job: Job) =>
    patience.until(
      () => jobs.save(job),
      () => false,
    );

  return {
    async note(job, address) {
      job.address = address;
      await jobs.save(job).catch((error: unknown) => log.warn({ job: job.id, error }, "messages not stored"));
    },
    async close(job) {
      await stored({ ...job, state: "delivered" });
      // What only its asker saw is gone when their client restarts: it stays to be shown again.
      if (job.private) return;
      const urls = job.runs.flatMap(({ result }) => result?.files ?? []);
      await Promise.all(urls.map((url) => files.remove(url)));
    },
    async keep(job) {
      await stored({ ...job, state: "kept" });
      log.info({ job: job.id }, "kept");
    },
  };
}
