import { when } from "./format.ts";

/** What is said of what somebody asked for lately. */
export const jobs = {
  noJobs: "You have asked for nothing lately.",
  chooseJob: "Show one again, stop or delete it",
  showAgain: "Show again",
  moment: when,
  jobState: {
    running: "running",
    finished: "finished",
    failed: "failed",
    stopped: "stopped",
    kept: "waits for you here",
  },
  filesGone: (link?: string) =>
    link
      ? `The files are not kept any more; they may still be at ${link}`
      : "The files are not kept any more",
};
