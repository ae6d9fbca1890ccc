import type { Request, RunningCommand } from "../commands/command.ts";
import { type Attachment, inspect } from "../services/attachment.ts";
import { systemClock } from "../services/clock.ts";
import { expiry, within } from "../services/deadline.ts";
import type { Services } from "../services/index.ts";
import type { Job, Run } from "../services/jobs.ts";
import type { MicroDollars } from "../services/money.ts";
import { Problem, type ProblemReason } from "../services/problem.ts";
import type { Address } from "./address.ts";
import { createPatience, isLasting } from "./patience.ts";
import type { JobDraft } from "../services/runner.ts";

/** How long looking into attachments may take before the acknowledgement; what is not seen by then is seen after it. */
const INSPECTION_MS = 500;

/** How long the job and its hold may take to be written. Discord's three seconds leave room for the answer. */
const ADMISSION_MS = 1_500;

/** For what nobody waits for any more, and has to be done all the same. */
const patience = createPatience(systemClock, new AbortController().signal);

/** The request with its attachments looked into, as far as the time allows. */
async function inspected(request: Request, command: RunningCommand, services: Services): Promise<Request> {
  const { media, recordings } = services;
  const deadline = expiry(INSPECTION_MS);
  const entries = Object.entries(command.options).map(async ([name, option]) => {
    const value = request.options[name];
    if (option.type !== "attachment" || value === undefined) return [name, value] as const;
    const attachment = value as Attachment;
    // Its command reads it, once.
    if (option.kind === "list") return [name, attachment] as const;
    // Who looks at a recording goes on looking: its command may wait for that a little longer.
    const looking =
      option.kind === "audio"
        ? within(INSPECTION_MS, recordings.look(attachment))
        : inspect(media, attachment, deadline);
    const seen = looking.catch((error: unknown) => {
      if (deadline.aborted) return attachment;
      throw error;
    });
    return [name, await seen] as const;
  });
  const options = Object.fromEntries((await Promise.all(entries)).filter(([, value]) => value !== undefined));
  return { ...request, options };
}

/** What a request is as a job, before anybody has said that it runs. */
export function draftOf(request: Request, command: RunningCommand, address: Address | null = null): JobDraft {
  const { id, asker, guild, private: isPrivate } = request;
  return {
    id,
    command: command.name,
    asker: { id: asker.id, name: asker.name },
    account: { guild, person: asker.id, roles: [...asker.roles] },
    address,
    request,
    private: isPrivate,
  };
}

/** What is to be admitted. */
export interface Admission {
  request: Request;
  command: RunningCommand;
  address: Address;
  /** What may cost more needs its asker's word first. */
  confirmAbove: MicroDollars | undefined;
}

/** It may run once its asker says so. `request` has what its command added to it. */
export class NeedsConfirmation extends Problem {
  readonly estimate: ProblemReason & { kind: "needs-confirmation" };
  readonly request: Request;

  constructor(estimate: ProblemReason & { kind: "needs-confirmation" }, request: Request) {
    super(estimate);
    this.estimate = estimate;
    this.request = request;
  }
}

/** The request with what its command adds from the store, as a stored job with its hold. */
async function written(
  { request, command, address, confirmAbove }: Admission,
  services: Services,
): Promise<Job> {
  const prepared = (await command.prepare?.(request, services)) ?? request;
  const next = (finished: readonly Run[]) => command.runs(prepared, finished);
  const ask =
    confirmAbove === undefined ? undefined : { above: confirmAbove, later: command.later?.(prepared) ?? [] };
  try {
    return await services.runner.admit(draftOf(prepared, command, address), next, ask);
  } catch (error) {
    if (error instanceof Problem && error.reason.kind === "needs-confirmation")
      throw new NeedsConfirmation(error.reason, prepared);
    throw error;
  }
}

/**
 * Everything that comes before the promise of an answer: attachments looked into, job and hold written.
 * @throws {Problem} with nothing held and nothing stored.
 */
export async function admit(admission: Admission, services: Services): Promise<Job> {
  const { runner } = services;
  const request = await inspected(admission.request, admission.command, services);
  const admitting = written({ ...admission, request }, services);
  const waiting = new AbortController();
  // By real time, as the disk and Discord's three seconds are.
  const late = systemClock.sleep(ADMISSION_MS, waiting.signal).then(
    () => "late" as const,
    () => "late" as const,
  );
  const job = await Promise.race([admitting, late]).finally(() => waiting.abort(new Error("done")));
  if (job !== "late") return job;
  // Whenever it gets through after all, nobody waits for it any more.
  admitting
    .then((admitted) => patience.until(() => runner.withdraw(admitted), isLasting))
    .catch(() => undefined);
  throw new Problem({ kind: "store-unavailable" });
}
