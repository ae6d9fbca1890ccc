import type { Logger } from "pino";
import type { Services } from "../services/index.ts";
import type { Job } from "../services/jobs.ts";
import { type Address, UNHEARD } from "./address.ts";
import { admit, type Admission } from "./admission.ts";
import type { Delivery } from "./delivery.ts";
import type { FirstMessage } from "./responses.ts";

/** How the first message of an answer gets to its place: that message is the promise. */
export interface Opening {
  /** The way to it, stored with the job before it is sent: should the process end then, the next one looks for it there. */
  address: Address;
  send(job: Job): Promise<FirstMessage>;
  /** A sending that broke with this may have had its effect. */
  mayBeThere(error: unknown): boolean;
}

/**
 * Admits a job, promises its answer and has it brought.
 * @throws {unknown} what `admit` throws, or what the sending was refused with: then nothing is held and nothing stored.
 */
export type Open = (opening: Opening, admission: Omit<Admission, "address">) => Promise<void>;

const isHeard = ({ messages: [first] }: Address) => first !== undefined && first !== UNHEARD;

export function createOpen(deps: {
  services: Services;
  delivery: Delivery;
  /** Takes up a job of whose promise nobody heard. */
  recover: (job: Job) => void;
  log: Logger;
}): Open {
  const { services, delivery, log } = deps;
  const { jobs, runner } = services;

  /** Where the answer's messages are, as far as that was heard. */
  async function promised({ address, send, mayBeThere }: Opening, job: Job): Promise<Address> {
    try {
      const first = await send(job);
      return { ...address, messages: [first.message], private: first.private, growing: false };
    } catch (error) {
      // Nobody knows whether Discord took it, so that is found out as after a restart.
      if (mayBeThere(error)) return address;
      await runner
        .withdraw(job)
        .catch((cause: unknown) => log.error({ job: job.id, error: cause }, "not withdrawn"));
      throw error;
    }
  }

  async function bring(job: Job, address: Address): Promise<void> {
    job.address = address;
    // Discord may show it to its asker alone although nobody asked for that.
    job.private ||= address.private;
    // The promise is given: from here on the answer comes, also where this can't be written.
    await Promise.all([
      jobs.save(job).catch((error: unknown) => log.error({ job: job.id, error }, "address not stored")),
      jobs.list(job).catch((error: unknown) => log.warn({ job: job.id, error }, "not listed yet")),
    ]);
    if (isHeard(address)) void delivery.deliver(job, address);
    else deps.recover(job);
  }

  return async (opening, admission) => {
    const job = await admit({ ...admission, address: opening.address }, services);
    await bring(job, await promised(opening, job));
  };
}
