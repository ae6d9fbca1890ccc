import type { Logger } from "pino";
import type { Once, Request, RunningCommand } from "../commands/command.ts";
import type { Clock } from "../services/clock.ts";
import type { Services } from "../services/index.ts";
import type { Job } from "../services/jobs.ts";
import type { MicroDollars } from "../services/money.ts";
import { Problem } from "../services/problem.ts";
import { type Address, expiryOf, newAddress, UNHEARD } from "./address.ts";
import { NeedsConfirmation } from "./admission.ts";
import { createConfirmation } from "./confirmation.ts";
import type { Delivery } from "./delivery.ts";
import { createOpen, type Opening } from "./opening.ts";
import { wasRefused } from "./patience.ts";
import { type AskingInteraction, readsHistory, seesChannel } from "./request.ts";
import { AnsweredElsewhere, type FirstMessage, isTooLate, type Responses } from "./responses.ts";

/** What somebody asks for, and how. */
export interface Asked {
  request: Request;
  command: RunningCommand;
  /** The asker has said that it may run, whatever it may cost. */
  confirmed?: boolean;
}

/**
 * Admits a job, promises its answer and has it brought; what is dear is asked about first. One that is known already is
 * left alone.
 * @throws {Problem} where nothing was promised, with nothing held and nothing stored.
 */
export type PromiseAnswer = (interaction: AskingInteraction, asked: Asked) => Promise<void>;

/** Discord's default limit for one file, where an interaction does not say. */
const FILE_LIMIT_BYTES = 10 * 1024 * 1024;

/** The way to the message that a deferral made, or will. */
export const addressOf = (
  interaction: AskingInteraction,
  channel: string,
  first: FirstMessage,
  now: number,
): Address =>
  newAddress({
    application: interaction.application_id,
    interaction: interaction.id,
    token: interaction.token,
    expiresAt: expiryOf(interaction.id, now),
    channel,
    private: first.private,
    inChannel: seesChannel(interaction),
    readsHistory: readsHistory(interaction),
    messages: [first.message],
    fileLimitBytes: interaction.attachment_size_limit || FILE_LIMIT_BYTES,
  });

/** A deferral that broke may have had its effect. */
const mayBeTaken = (error: unknown) =>
  !wasRefused(error) && !isTooLate(error) && !(error instanceof AnsweredElsewhere);

/** Above nothing at all: also what is free. */
const WHATEVER_IT_COSTS = -1;

export function createPromise(deps: {
  services: Services;
  responses: Responses;
  delivery: Delivery;
  /** Takes up a job of whose promise nobody heard. */
  recover: (job: Job) => void;
  /** What may cost more is asked about before it runs; nothing is, if left out. */
  confirmAbove: MicroDollars | undefined;
  clock: Clock;
  log: Logger;
}): PromiseAnswer {
  const { responses, clock, log } = deps;
  const { jobs } = deps.services;
  const open = createOpen(deps);
  const askFirst = createConfirmation({ jobs, responses, clock });

  function openingOf(interaction: AskingInteraction, request: Request): Opening {
    const unheard = { message: UNHEARD, private: request.private };
    return {
      address: addressOf(interaction, request.channel, unheard, clock.now()),
      send: (job) => responses.defer(interaction, { private: job.private === true }),
      mayBeThere: mayBeTaken,
    };
  }

  function promised(interaction: AskingInteraction, { request, command, confirmed = false }: Asked) {
    const askAbove = command.asksFirst ? WHATEVER_IT_COSTS : deps.confirmAbove;
    const confirmAbove = confirmed ? undefined : askAbove;
    return open(openingOf(interaction, request), { request, command, confirmAbove });
  }

  async function giveBack(taken: readonly Once[]): Promise<void> {
    for (const { job, what } of taken)
      await jobs
        .unclaim(job, what)
        .catch((error: unknown) => log.warn({ job, error }, "claim not given back"));
  }

  /** @throws {Problem} already-done, with nothing taken. */
  async function take(once: readonly Once[]): Promise<void> {
    const taken: Once[] = [];
    for (const each of once) {
      if (await jobs.claim(each.job, each.what)) taken.push(each);
      else {
        await giveBack(taken);
        throw new Problem({ kind: "already-done" });
      }
    }
  }

  /** The promise that is given once only, if it is one of those. What is asked about first was not given yet. */
  async function promisedOnce(interaction: AskingInteraction, asked: Asked): Promise<void> {
    const { once = [] } = asked.request;
    await take(once);
    return promised(interaction, asked).catch(async (error: unknown) => {
      await giveBack(once);
      throw error;
    });
  }

  return async (interaction, asked) => {
    // It may have arrived before this process began.
    if (await jobs.get(interaction.id)) return;
    try {
      await promisedOnce(interaction, asked);
    } catch (error) {
      if (!(error instanceof NeedsConfirmation)) throw error;
      await askFirst(interaction, asked, error);
    }
  };
}
