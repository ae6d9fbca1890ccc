import {
  type APIInteraction,
  type APIMessage,
  type APIMessageInteractionMetadata,
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandType,
  InteractionType,
  MessageFlags,
  MessageReferenceType,
  MessageType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import type { Clock } from "../../src/services/clock.ts";
import { refuse } from "./api-error.ts";
import type { Changes } from "./changes.ts";
import type { Draft, Messages, StoredMessage } from "./messages.ts";
import { mentionDefaults } from "./mentions.ts";
import type { Account, World } from "./world.ts";

// interactions/receiving-and-responding: 3 s for the first response, else the token is invalidated; it lives 15 min.
export const FIRST_RESPONSE_MS = 3_000;
export const TOKEN_LIFE_MS = 15 * 60_000;
// A timer may be this much earlier than the clock that it is held against.
const EARLY_MS = 5;
// Follow-ups of an interaction of an app that is only installed by the user: 5 (40094).
const USER_INSTALLED_FOLLOW_UPS = 5;

export interface Interaction {
  /** As it went out over the gateway. */
  data: APIInteraction;
  id: string;
  token: string;
  createdAt: number;
  asker: Account;
  channelId: string;
  /** The app is installed by the asker, not by the guild. */
  userInstalled: boolean;
  state: "waiting" | "answered" | "failed";
  /** `@original`: the first response's message, or the component's own after types 6 and 7. */
  original?: StoredMessage;
  /** The message whose button was pressed. */
  source?: StoredMessage;
  /** The interaction that opened the form which this one submits. */
  parent?: Interaction;
  followUps: StoredMessage[];
  modal?: APIModalInteractionResponseCallbackData;
  choices?: { name: string; value: string | number }[];
}

export type Interactions = ReturnType<typeof createInteractions>;

interface Needs {
  world: World;
  clock: Clock;
  messages: Messages;
  changes: Changes;
  signal: AbortSignal;
  send: (interaction: APIInteraction) => void;
}

/** Every interaction there was, with its token's life and the messages made through it. */
export function createInteractions({ world, clock, messages, changes, signal, send }: Needs) {
  const interactions = new Map<string, Interaction>();
  const byToken = new Map<string, Interaction>();
  const tokenOf = (id: string) => Buffer.from(`interaction:${id}:sandbox`).toString("base64url");
  const age = ({ createdAt }: Interaction) => clock.now() - createdAt;

  const expire = (interaction: Interaction) => {
    if (interaction.state !== "waiting" || age(interaction) < FIRST_RESPONSE_MS) return;
    interaction.state = "failed";
    changes.notify(interaction.id);
  };

  const acknowledge = (interaction: Interaction) => {
    interaction.state = "answered";
    changes.notify(interaction.id);
  };

  /** Ephemeral if the bot asks for it, and if the asker may not use external apps here, whatever it asks. */
  const isPrivate = ({ userInstalled, asker, data }: Interaction, flags: number) =>
    (flags & MessageFlags.Ephemeral) !== 0 ||
    (userInstalled &&
      data.guild_id !== undefined &&
      (world.permissionsOf(asker) & PermissionFlagsBits.UseExternalApps) === 0n);

  const post = (
    interaction: Interaction,
    draft: Draft,
    flags: number,
    type: MessageType,
    repliesTo?: StoredMessage,
  ) => {
    const hidden = isPrivate(interaction, flags);
    const { guild_id } = interaction.data;
    return messages.add({
      ...draft,
      channelId: interaction.channelId,
      author: world.bot,
      type,
      flags: hidden ? flags | MessageFlags.Ephemeral : flags,
      mentionDefault: mentionDefaults.interaction,
      interactionId: interaction.id,
      ...(hidden && { seenBy: interaction.asker.user.id }),
      extra: {
        application_id: world.applicationId,
        webhook_id: world.applicationId,
        interaction_metadata: metadata(interaction),
        ...(repliesTo && {
          message_reference: {
            type: MessageReferenceType.Default,
            channel_id: interaction.channelId,
            message_id: repliesTo.data.id,
            ...(guild_id && { guild_id }),
          },
        }),
      },
    });
  };

  return {
    newId: () => {
      const id = world.nextId();
      return { id, token: tokenOf(id) };
    },

    /** Makes it known and starts its deadline; `send` brings it to the bot. */
    open(interaction: Interaction): void {
      interactions.set(interaction.id, interaction);
      byToken.set(interaction.token, interaction);
      clock.sleep(FIRST_RESPONSE_MS + EARLY_MS, signal).then(
        () => expire(interaction),
        () => undefined,
      );
    },
    send: (interaction: Interaction) => send(interaction.data),

    /** The interaction that a callback answers. */
    forCallback(id: string, token: string): Interaction {
      const interaction = interactions.get(id);
      if (interaction?.token !== token) throw refuse.unknownInteraction();
      expire(interaction);
      if (interaction.state === "failed" || age(interaction) >= TOKEN_LIFE_MS)
        throw refuse.unknownInteraction();
      if (interaction.state === "answered") throw refuse.alreadyAcknowledged();
      return interaction;
    },

    /** The interaction whose webhook a request uses. Before the first response there is no webhook. */
    forWebhook(applicationId: string, token: string): Interaction {
      const interaction = byToken.get(token);
      if (!interaction || applicationId !== world.applicationId) throw refuse.unknownWebhook();
      expire(interaction);
      if (interaction.state !== "answered") throw refuse.unknownWebhook();
      if (age(interaction) >= TOKEN_LIFE_MS) throw refuse.invalidWebhookToken();
      if (world.channels.get(interaction.channelId)?.state === "gone") throw refuse.unknownChannel();
      return interaction;
    },

    /** The first response shows or promises a message. */
    answer(interaction: Interaction, draft: Draft, flags: number): StoredMessage {
      const type =
        interaction.data.type === InteractionType.ApplicationCommand
          ? interaction.data.data.type === ApplicationCommandType.ChatInput
            ? MessageType.ChatInputCommand
            : MessageType.ContextMenuCommand
          : MessageType.Reply;
      interaction.original = post(interaction, draft, flags, type, interaction.source);
      acknowledge(interaction);
      return interaction.original;
    },

    acknowledge,

    /** A follow-up. The first one after a deferral edits the loading message, and its own ephemeral flag is ignored. */
    followUp(interaction: Interaction, draft: Draft, flags: number): StoredMessage {
      const { original, followUps, userInstalled } = interaction;
      if (original && isLoading(original.data) && messages.exists(original)) {
        return messages.edit(original, draft, mentionDefaults.interaction);
      }
      if (userInstalled && followUps.length >= USER_INSTALLED_FOLLOW_UPS) throw refuse.tooManyFollowUps();
      const message = post(interaction, draft, flags, MessageType.Reply, original ?? interaction.source);
      followUps.push(message);
      changes.notify(interaction.id);
      return message;
    },

    /** A message that this interaction's webhook may touch: its own ones only. */
    message({ original, followUps }: Interaction, id: string): StoredMessage {
      const found =
        id === "@original" ? original : [original, ...followUps].find((each) => each?.data.id === id);
      if (!found || !messages.exists(found)) throw refuse.unknownMessage();
      return found;
    },
  };
}

export const isLoading = ({ flags }: APIMessage) => ((flags ?? 0) & MessageFlags.Loading) !== 0;

function metadata({ data, asker, source, parent }: Interaction): APIMessageInteractionMetadata {
  const base = {
    id: data.id,
    user: asker.user,
    authorizing_integration_owners: data.authorizing_integration_owners,
  };
  if (data.type === InteractionType.MessageComponent && source) {
    return { ...base, type: data.type, interacted_message_id: source.data.id };
  }
  if (data.type === InteractionType.ModalSubmit && parent) {
    const triggering_interaction_metadata = metadata(parent);
    if (triggering_interaction_metadata.type !== InteractionType.ModalSubmit) {
      return { ...base, type: data.type, triggering_interaction_metadata };
    }
  }
  return { ...base, type: InteractionType.ApplicationCommand };
}
