import {
  type APIInteraction,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  type REST,
  Routes,
} from "discord.js";
import { z } from "zod";
import type { Payload } from "./render.ts";

/** `EPHEMERAL` */
const PRIVATE_FLAG = 1 << 6;

/** The first response to an interaction, which has to arrive within three seconds. */
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

export function createResponses(rest: REST): Responses {
  const respond = ({ id, token }: APIInteraction, type: InteractionResponseType, data?: object) =>
    rest.post(Routes.interactionCallback(id, token), {
      body: { type, ...(data ? { data } : {}) },
      query: new URLSearchParams({ with_response: "true" }),
      auth: false,
    });

  return {
    async reply(interaction, payload) {
      await respond(interaction, InteractionResponseType.ChannelMessageWithSource, {
        ...payload,
        flags: PRIVATE_FLAG,
      });
    },
    async defer(interaction, options) {
      const answer = await respond(
        interaction,
        InteractionResponseType.DeferredChannelMessageWithSource,
        options.private ? { flags: PRIVATE_FLAG } : {},
      );
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
