import type { Action } from "./command.ts";

/** Stops what runs and what it spends. However often it is pressed: what has stopped is not stopped again. */
export const stop: Action = {
  kind: "update",
  managers: true,
  async act({ job }, { runner }) {
    await runner.cancel(job.id);
    return undefined;
  },
};
