import {
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  type RESTPostAPIInteractionCallbackWithResponseResult,
} from "discord-api-types/v10";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import * as z from "zod";
import { checkForm } from "./api-error.ts";
import { modalSchema } from "./components.ts";
import { type Interaction, type Interactions, isLoading } from "./interactions.ts";
import { mentionDefaults } from "./mentions.ts";
import { checkMessage } from "./message-rules.ts";
import type { Messages, StoredMessage } from "./messages.ts";
import { type IncomingBody, readBody } from "./uploads.ts";

const choicesSchema = z.looseObject({
  choices: z
    .array(z.object({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) }))
    .max(25),
});

/** Flags that a first response or follow-up may set. */
export const SENDABLE_FLAGS =
  MessageFlags.Ephemeral |
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsComponentsV2 |
  MessageFlags.IsVoiceMessage;

// As plain numbers: a request may hold any.
const Response: Record<keyof typeof InteractionResponseType, number> = InteractionResponseType;

/** Which responses each kind of interaction takes. A form cannot follow a form; 6 and 7 need a message to update. */
function allowedTypes({ data, source }: Interaction): number[] {
  const update = source ? [Response.DeferredMessageUpdate, Response.UpdateMessage] : [];
  const message = [Response.ChannelMessageWithSource, Response.DeferredChannelMessageWithSource];
  const types: Record<InteractionType, number[]> = {
    [InteractionType.Ping]: [Response.Pong],
    [InteractionType.ApplicationCommand]: [...message, Response.Modal],
    [InteractionType.ApplicationCommandAutocomplete]: [Response.ApplicationCommandAutocompleteResult],
    [InteractionType.MessageComponent]: [...message, ...update, Response.Modal],
    [InteractionType.ModalSubmit]: [...message, ...update],
  };
  return types[data.type];
}

interface Needs {
  interactions: Interactions;
  messages: Messages;
}

/** `POST /interactions/{id}/{token}/callback`: the first response. It needs no bot token. */
export function addCallbackRoutes(
  api: Hono<{ Bindings: HttpBindings }>,
  { interactions, messages }: Needs,
): void {
  /** Does what a response says; its message, if it made or changed one. */
  const respond = async (
    interaction: Interaction,
    { payload, files }: IncomingBody,
  ): Promise<StoredMessage | undefined> => {
    const again = () => interactions.forCallback(interaction.id, interaction.token); // files take their time
    const { type, data } = checkForm(
      z.looseObject({ type: z.literal(allowedTypes(interaction)), data: z.looseObject({}).nullish() }),
      payload,
    );
    const flags = Number(data?.["flags"] ?? 0);
    switch (type) {
      case Response.ChannelMessageWithSource: {
        const draft = await messages.draft(interaction.channelId, checkMessage(data ?? {}, ["data"]), files);
        return interactions.answer(again(), draft, flags & SENDABLE_FLAGS);
      }
      case Response.DeferredChannelMessageWithSource: {
        // Only EPHEMERAL is allowed on a deferral.
        return interactions.answer(
          interaction,
          { payload: {}, fresh: [] },
          (flags & MessageFlags.Ephemeral) | MessageFlags.Loading,
        );
      }
      case Response.UpdateMessage: {
        const source = interaction.source as StoredMessage;
        const isLayout = ((source.data.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
        const checked = checkMessage(data ?? {}, ["data"], isLayout);
        const draft = await messages.draft(interaction.channelId, checked, files, source.data);
        again().original = messages.edit(source, draft, mentionDefaults.interaction);
        interactions.acknowledge(interaction);
        return source;
      }
      case Response.DeferredMessageUpdate:
        if (interaction.source) interaction.original = interaction.source;
        interactions.acknowledge(interaction);
        return undefined;
      case Response.Modal:
        interaction.modal = checkForm(modalSchema, data, [
          "data",
        ]) as unknown as APIModalInteractionResponseCallbackData;
        interactions.acknowledge(interaction);
        return undefined;
      default:
        interaction.choices = checkForm(choicesSchema, data, ["data"]).choices;
        interactions.acknowledge(interaction);
        return undefined;
    }
  };

  api.post("/interactions/:id/:token/callback", async (c) => {
    const { id, token } = c.req.param();
    interactions.forCallback(id, token);
    const body = await readBody(c);
    const interaction = interactions.forCallback(id, token);
    const message = await respond(interaction, body);
    if (c.req.query("with_response") !== "true") return c.body(null, 204);
    const type =
      interaction.original === interaction.source
        ? InteractionResponseType.UpdateMessage
        : InteractionResponseType.ChannelMessageWithSource;
    const { original, data } = interaction;
    const answer = {
      interaction: {
        id,
        type: data.type,
        ...(original && {
          response_message_id: original.data.id,
          response_message_loading: isLoading(original.data),
          response_message_ephemeral: original.seenBy !== undefined,
        }),
      },
      ...(message && { resource: { type, message: message.data } }),
    } satisfies RESTPostAPIInteractionCallbackWithResponseResult;
    // Sent by Discord, unknown to the types.
    Object.assign(answer.interaction, { channel_id: interaction.channelId, guild_id: data.guild_id });
    return c.json(answer);
  });
}
