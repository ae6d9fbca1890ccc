import type { Job, Run } from "./jobs.ts";

/** Under which name an account keeps a run's hold. */
export const holdId = (job: Pick<Job, "id">, run: Pick<Run, "key">) => `${job.id}/${run.key}`;

/** The id of the job that a hold is for. */
export const jobOf = (id: string): string => id.split("/", 1)[0] ?? id;
