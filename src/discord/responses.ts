import {
  type APIInteraction,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  type REST,
  Routes,
} from "discord.js";
import { z } from "zod";
import type { Clock } from "../services/clock.ts";
import type { Payload } from "./render.ts";

/** `EPHEMERAL` */
const PRIVATE_FLAG = 1 << 6;

/**
 * The first response to an interaction, which has to arrive within three seconds. One whose sending broke is sent again;
 * Discord takes only one. Each throws `AnsweredElsewhere` where it took another process'.
 */
export interface Responses {
  /** Answers at once, for the asker alone. */
  reply(interaction: APIInteraction, payload: Payload): Promise<void>;
  /** "… is thinking". What Discord made of it: the message's id, and whether it is private. */
  defer(
    interaction: APIInteraction,
    options: { private: boolean },
  ): Promise<{ message: string; private: boolean }>;
  /** Takes note of a press without showing anything. */
  acknowledge(interaction: APIInteraction): Promise<void>;
  /** Opens a form; it can't follow a deferral. */
  open(interaction: APIInteraction, form: APIModalInteractionResponseCallbackData): Promise<void>;
  complete(interaction: APIInteraction, choices: readonly { name: string; value: string }[]): Promise<void>;
}

const deferred = z.object({
  resource: z.object({ message: z.object({ id: z.string(), flags: z.number().optional() }) }),
});

/** Discord has a first response to this interaction already. */
const ACKNOWLEDGED = 40_060;

/** Another process of this bot has answered: it is not ours any more. */
export class AnsweredElsewhere extends Error {}

/** A refusal comes again; what a server's trouble or a broken line swallowed can be sent once more. */
const isRefusal = (error: unknown) => {
  const { status } = error as { status?: unknown };
  return typeof status === "number" && status < 500;
};

/** How long after the first attempt another one may begin: after three seconds Discord takes none any more. */
const ATTEMPTS_MS = 2_000;

/** `rest` makes a single attempt, so that it is known whether a response was sent before. */
export function createResponses({ rest, clock }: { rest: REST; clock: Clock }): Responses {
  /** What Discord made of it; undefined where it took it and nobody heard what it made. */
  async function respond(
    { id, token }: APIInteraction,
    type: InteractionResponseType,
    data?: object,
  ): Promise<unknown> {
    const began = clock.now();
    for (let attempts = 0; ; attempts++)
      try {
        return await rest.post(Routes.interactionCallback(id, token), {
          body: { type, ...(data ? { data } : {}) },
          query: new URLSearchParams({ with_response: "true" }),
          auth: false,
        });
      } catch (error) {
        if ((error as { code?: unknown }).code === ACKNOWLEDGED) {
          if (attempts > 0) return undefined;
          throw new AnsweredElsewhere("Another process has this interaction", { cause: error });
        }
        if (isRefusal(error) || clock.now() - began > ATTEMPTS_MS) throw error;
      }
  }

  /** The message that the first response made, where its making was not heard of. */
  const original = async ({ application_id, token }: APIInteraction): Promise<unknown> => {
    const message = await rest.get(Routes.webhookMessage(application_id, token, "@original"), {
      auth: false,
    });
    return { resource: { message } };
  };

  return {
    async reply(interaction, payload) {
      await respond(interaction, InteractionResponseType.ChannelMessageWithSource, {
        ...payload,
        flags: PRIVATE_FLAG,
      });
    },
    async defer(interaction, options) {
      const answer =
        (await respond(
          interaction,
          InteractionResponseType.DeferredChannelMessageWithSource,
          options.private ? { flags: PRIVATE_FLAG } : {},
        )) ?? (await original(interaction));
      const { message } = deferred.parse(answer).resource;
      return { message: message.id, private: ((message.flags ?? 0) & PRIVATE_FLAG) !== 0 };
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
