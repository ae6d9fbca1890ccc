import type { Job, Run } from "./jobs.ts";

/** A run's name among those of all jobs; an account keeps its hold under it. */
export const runId = (job: Pick<Job, "id">, run: Pick<Run, "key">) => `${job.id}/${run.key}`;

/** The id of the job that a run is part of. */
export const jobOf = (id: string): string => id.split("/", 1)[0] ?? id;
