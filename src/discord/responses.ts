import {
  type APIInteraction,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  RateLimitError,
  type RawFile,
  type REST,
  Routes,
} from "discord.js";
import { z } from "zod";
import type { Clock } from "../services/clock.ts";
import type { Address } from "./address.ts";
import { wasRefused as isRefusal } from "./patience.ts";
import type { Payload } from "./render.ts";

/** `EPHEMERAL` */
const PRIVATE_FLAG = 1 << 6;
/** `LOADING`: a deferral that nothing has followed yet. */
const LOADING_FLAG = 1 << 7;

/**
 * The first response to an interaction, which has to arrive within three seconds. One whose sending broke is sent again;
 * Discord takes only one. Each throws `AnsweredElsewhere` where it took another process'.
 */
export interface Responses {
  /** Answers at once, for the asker alone. */
  reply(interaction: APIInteraction, payload: Payload, files?: readonly RawFile[]): Promise<void>;
  /** "… is thinking" */
  defer(interaction: APIInteraction, options: { private: boolean }): Promise<FirstMessage>;
  /**
   * What a first response made, where its making was not heard of; undefined where Discord knows of none. `untouched`: it
   * is a deferral that nothing has followed yet; anything else may be a sentence instead of an answer.
   */
  find(
    address: Pick<Address, "application" | "token">,
  ): Promise<(FirstMessage & { untouched: boolean }) | undefined>;
  /** Takes note of a press without showing anything. */
  acknowledge(interaction: APIInteraction): Promise<void>;
  /** Opens a form; it can't follow a deferral. */
  open(interaction: APIInteraction, form: APIModalInteractionResponseCallbackData): Promise<void>;
  complete(interaction: APIInteraction, choices: readonly { name: string; value: string }[]): Promise<void>;
}

/** The message that a first response made, and whether it is private: as Discord says it is, not as we asked. */
export interface FirstMessage {
  message: string;
  private: boolean;
}

const messageSchema = z.object({ id: z.string(), flags: z.number().optional() });
const deferred = z.object({ resource: z.object({ message: messageSchema }) });

const factsOf = ({ id, flags = 0 }: z.output<typeof messageSchema>): FirstMessage => ({
  message: id,
  private: (flags & PRIVATE_FLAG) !== 0,
});

/** Discord has a first response to this interaction already. */
const ACKNOWLEDGED = 40_060;

/** Another process of this bot has answered: it is not ours any more. */
export class AnsweredElsewhere extends Error {}

/** The three seconds are over (10062), or will be when a rate limit lets the next request through. */
export const isTooLate = (error: unknown): boolean =>
  error instanceof RateLimitError || (error as { code?: unknown }).code === 10_062;

/** How long after the first attempt another one may begin: after three seconds Discord takes none any more. */
const ATTEMPTS_MS = 2_000;

/** `rest` makes a single attempt, so that it is known whether a response was sent before. */
export function createResponses({ rest, clock }: { rest: REST; clock: Clock }): Responses {
  /** What Discord made of it; undefined where it took it and nobody heard what it made. */
  async function respond(
    { id, token }: APIInteraction,
    type: InteractionResponseType,
    data?: object,
    files: readonly RawFile[] = [],
  ): Promise<unknown> {
    const began = clock.now();
    for (let attempts = 0; ; attempts++)
      try {
        return await rest.post(Routes.interactionCallback(id, token), {
          body: { type, ...(data ? { data } : {}) },
          files: [...files],
          query: new URLSearchParams({ with_response: "true" }),
          auth: false,
        });
      } catch (error) {
        if ((error as { code?: unknown }).code === ACKNOWLEDGED) {
          if (attempts > 0) return undefined;
          throw new AnsweredElsewhere("Another process has this interaction", { cause: error });
        }
        if (isRefusal(error) || isTooLate(error) || clock.now() - began > ATTEMPTS_MS) throw error;
      }
  }

  async function find({ application, token }: Pick<Address, "application" | "token">) {
    const asked = rest.get(Routes.webhookMessage(application, token, "@original"), { auth: false });
    const message = await asked.catch((error: unknown) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
    const { success, data } = messageSchema.safeParse(message);
    if (!success) return undefined;
    return { ...factsOf(data), untouched: ((data.flags ?? 0) & LOADING_FLAG) !== 0 };
  }

  return {
    find,
    async reply(interaction, payload, files) {
      const data = { ...payload, flags: PRIVATE_FLAG };
      await respond(interaction, InteractionResponseType.ChannelMessageWithSource, data, files);
    },
    async defer(interaction, options) {
      const answer = await respond(
        interaction,
        InteractionResponseType.DeferredChannelMessageWithSource,
        options.private ? { flags: PRIVATE_FLAG } : {},
      );
      if (answer !== undefined) return factsOf(deferred.parse(answer).resource.message);
      const found = await find({ application: interaction.application_id, token: interaction.token });
      if (!found) throw new Error("Discord took the deferral, and does not know its message");
      return { message: found.message, private: found.private };
    },
    async acknowledge(interaction) {
      await respond(interaction, InteractionResponseType.DeferredMessageUpdate);
    },
    async open(interaction, form) {
      await respond(interaction, InteractionResponseType.Modal, form);
    },
    async complete(interaction, choices) {
      const shown = choices.slice(0, 25).map(({ name, value }) => ({ name: name.slice(0, 100), value }));
      await respond(interaction, InteractionResponseType.ApplicationCommandAutocompleteResult, {
        choices: shown,
      });
    },
  };
}
