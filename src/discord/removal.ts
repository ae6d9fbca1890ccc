import type { APIMessageComponentInteraction } from "discord.js";
import type { Logger } from "pino";
import type { Clock } from "../services/clock.ts";
import type { Services } from "../services/index.ts";
import type { Job } from "../services/jobs.ts";
import { type Address, addressSchema, expiryOf, newAddress } from "./address.ts";
import type { Messages } from "./messages.ts";
import { channelOf } from "./request.ts";

type Press = APIMessageComponentInteraction;

/** Takes a whole answer away, which nobody shows any more. Safe to repeat. */
export type Remove = (job: Job, press: Press) => Promise<void>;

/** The way to the message that was pressed: a press that was acknowledged has it as its own. */
const pressedAddress = (press: Press, now: number): Address =>
  newAddress({
    application: press.application_id,
    interaction: press.id,
    token: press.token,
    expiresAt: expiryOf(press.id, now),
    channel: channelOf(press),
    private: false,
    messages: [press.message.id],
    fileLimitBytes: 0,
  });

export function createRemoval(deps: {
  services: Pick<Services, "jobs" | "files">;
  messages: Messages;
  clock: Clock;
  log: Logger;
}): { all: Remove; pressed(press: Press): Promise<void> } {
  const { messages, clock, log } = deps;
  const { jobs, files } = deps.services;

  async function removeAll(address: Address, ids: readonly string[]): Promise<void> {
    const answer = messages.of(address);
    try {
      for (const id of ids) await answer.remove(id);
    } finally {
      answer.close();
    }
  }

  /** What is not on the pressed message: an answer over several, or one that was pressed from elsewhere. */
  async function removeOthers(job: Job, pressed: string): Promise<void> {
    const { success, data: address } = addressSchema.safeParse(job.address);
    if (!success) return;
    // Only its own token reaches what one person alone sees.
    if (address.private && clock.now() >= address.expiresAt) return;
    const others = [...address.messages, ...[address.ready ?? []].flat()].filter((id) => id !== pressed);
    await removeAll(address, others).catch((error: unknown) =>
      log.warn({ job: job.id, error }, "not all of the answer was deleted"),
    );
  }

  const filesOf = ({ runs }: Job) => runs.flatMap(({ result }) => result?.files ?? []);

  const pressed = (press: Press) => removeAll(pressedAddress(press, clock.now()), [press.message.id]);

  return {
    pressed,
    async all(job, press) {
      await removeOthers(job, press.message.id);
      // The button goes last: as long as it is there, it can be pressed again.
      await pressed(press);
      await Promise.all(filesOf(job).map((url) => files.remove(url)));
      await jobs.forget(job.id);
      log.info({ job: job.id }, "deleted");
    },
  };
}
