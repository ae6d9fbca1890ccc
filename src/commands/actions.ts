import { words } from "../locales/index.ts";
import { Problem } from "../services/problem.ts";
import { isPrivate } from "./answer.ts";
import { jobView } from "./jobs.ts";
import type { Action, Press, Wanted } from "./press.ts";

/** Stops what runs and what it spends. However often it is pressed: what has stopped is not stopped again. */
const stop: Action = {
  kind: "update",
  managers: true,
  async act({ job }, { runner }) {
    await runner.cancel(job.id);
    return undefined;
  },
};

/** What goes with a request beside its options. */
const besides = ({ lines, about }: Press["job"]["request"]) => ({
  ...(lines ? { lines } : {}),
  ...(about ? { about } : {}),
});

/** What was asked for, asked for anew: its chance is a new one, an explicit seed is not. */
const anew = ({ job, job: { request, createdAt } }: Press): Wanted => ({
  options: { ...request.options, private: isPrivate(job) },
  ...(request.conversation ? { conversation: { askedAt: createdAt, ...request.conversation } } : {}),
  ...besides(request),
});

const again: Action = { kind: "run", request: anew };

/** After a failure, and so once: a second press would pay for the same answer twice. */
const retry: Action = { kind: "run", once: true, request: anew };

/** The answer goes, with all that is kept of it. */
const remove: Action = { kind: "remove", managers: true };

/** Runs a draft as it was asked for. */
const confirm: Action = {
  kind: "run",
  once: true,
  request: ({ job: { request } }) => ({
    options: request.options,
    ...(request.conversation ? { conversation: request.conversation } : {}),
    ...besides(request),
  }),
};

/** The draft does not run, and is not kept. */
const cancel: Action = {
  kind: "update",
  async act({ job, locale }, { jobs }) {
    if (!(await jobs.claim(job.id, "confirm"))) throw new Problem({ kind: "already-done" });
    await jobs.forget(job.id);
    return { text: words(locale).draftForgotten };
  },
};

/** Shows one of the listed jobs, and what can be done with it. */
const open: Action = {
  kind: "update",
  act: async ({ job, locale }) => jobView(job, locale),
};

const show: Action = { kind: "show" };

/** What every command's buttons can do. */
export const sharedActions = {
  stop,
  again,
  retry,
  delete: remove,
  confirm,
  cancel,
  open,
  show,
} satisfies Record<string, Action>;

export type SharedAction = keyof typeof sharedActions;
