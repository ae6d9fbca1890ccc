import type { Request } from "../commands/command.ts";
import type { Logger } from "pino";
import type { Clock } from "../services/clock.ts";
import type { Job, Jobs } from "../services/jobs.ts";
import type { Runner } from "../services/runner.ts";
import { type Address, addressSchema, UNHEARD } from "./address.ts";
import type { Delivery } from "./delivery.ts";
import { type Patience, isLasting } from "./patience.ts";
import type { Responses } from "./responses.ts";

/** Each of a thousand has to be looked up at Replicate and shown again: more at once would keep new commands waiting. */
const TAKE_UP_EVERY_MS = 20;

/** Takes up what an earlier process left, by the same code as what is new. */
export interface Recovery {
  /** Resolves when all are being followed again, fifty a second; never rejects. */
  resume(interrupted: readonly Job[]): Promise<void>;
}

export function createRecovery(deps: {
  runner: Pick<Runner, "withdraw">;
  jobs: Pick<Jobs, "save" | "unclaim">;
  delivery: Pick<Delivery, "deliver">;
  responses: Pick<Responses, "find">;
  patience: Patience;
  clock: Clock;
  log: Logger;
  /** Aborted when the bot stops. */
  signal: AbortSignal;
}): Recovery {
  const { runner, delivery, responses, clock, log, signal } = deps;

  /** The address with what Discord made of the deferral, where the process ended before it heard so. */
  async function heard(job: Job, address: Address): Promise<Address | undefined> {
    if (address.messages[0] !== UNHEARD) return address;
    const found = await deps.patience.until(() => responses.find(address), isLasting);
    // Where no run was begun, what is there may be the sentence of a refusal.
    const isOurs = found && (found.untouched || job.runs.some(({ state }) => state !== "waiting"));
    if (!isOurs) return undefined;
    job.private ||= found.private;
    job.address = { ...address, messages: [found.message], private: found.private };
    // Before anything follows: then it looks like a deferral no more.
    await deps.patience.until(
      () => deps.jobs.save(job),
      () => false,
    );
    return addressSchema.parse(job.address);
  }

  /** Where the answer goes; undefined where it was never promised. */
  async function promised(job: Job): Promise<Address | undefined> {
    const { success, data } = addressSchema.safeParse(job.address);
    if (!success) return undefined;
    // A reply is looked for, and sent where it is not there, by whoever brings the answer.
    const isSentLater = data.handedOver || data.replyTo !== undefined;
    return data.messages.length > 0 || isSentLater ? heard(job, data) : undefined;
  }

  /** The button that asked for it may be pressed again. */
  async function withdraw(job: Job): Promise<void> {
    await runner.withdraw(job);
    const { once = [] } = (job.request ?? {}) as Pick<Request, "once">;
    for (const { job: of, what } of once) await deps.jobs.unclaim(of, what);
  }

  async function takeUp(job: Job): Promise<void> {
    const address = await promised(job);
    // Nobody waits for what was never acknowledged.
    if (!address) return withdraw(job);
    void delivery.deliver(job, address, { resumed: true });
  }

  return {
    async resume(interrupted) {
      const taking: Promise<void>[] = [];
      for (const job of interrupted) {
        if (signal.aborted) break;
        // Not waited for: one that has to be looked up must not hold up the others.
        taking.push(takeUp(job).catch((error: unknown) => log.error({ job: job.id, error }, "not taken up")));
        await clock.sleep(TAKE_UP_EVERY_MS, signal).catch(() => undefined);
      }
      await Promise.all(taking);
    },
  };
}
