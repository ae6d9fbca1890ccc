import { type APIMessage, ButtonStyle, ComponentType, MessageFlags } from "discord-api-types/v10";
import { type Changes, until } from "./changes.ts";
import { flatten } from "./components.ts";
import { type Interaction, isLoading } from "./interactions.ts";
import type { Messages, StoredMessage } from "./messages.ts";
import type { Exchange, SeenMessage } from "./person.ts";

/** A message as its reader sees it. */
export function see({ data }: StoredMessage): SeenMessage {
  const raw: APIMessage = structuredClone(data);
  return {
    id: raw.id,
    content: raw.content,
    private: ((raw.flags ?? 0) & MessageFlags.Ephemeral) !== 0,
    thinking: isLoading(raw),
    attachments: raw.attachments.map(({ id, filename, url, content_type, size, description }) => ({
      id,
      name: filename,
      url,
      contentType: content_type ?? "application/octet-stream",
      bytes: size,
      ...(description && { description }),
    })),
    components: raw.components ?? [],
    buttons: flatten(raw.components ?? [])
      .filter(({ type }) => type === ComponentType.Button)
      .map(({ label, custom_id, disabled, style }) => ({
        label: typeof label === "string" ? label : "",
        disabled: disabled === true,
        ...(custom_id && style !== ButtonStyle.Link && { customId: custom_id }),
      })),
    selects: flatten(raw.components ?? [])
      .filter(({ type }) => type === ComponentType.StringSelect)
      .map(({ custom_id = "", placeholder, options, disabled }) => ({
        customId: custom_id,
        placeholder: typeof placeholder === "string" ? placeholder : "",
        options: options as SeenMessage["selects"][number]["options"],
        disabled: disabled === true,
      })),
    raw,
  };
}

/** One interaction, watched by who started it. After types 6 and 7, the message that was pressed is part of it. */
export function createExchange(interaction: Interaction, messages: Messages, changes: Changes): Exchange {
  const { id, token } = interaction;
  const stored = () => [interaction.original, ...interaction.followUps].filter((each) => each !== undefined);
  const watch = (listener: (about: string) => void) =>
    changes.watch((about) => {
      if (about === id || stored().some(({ data }) => data.id === about)) listener(about);
    });
  const exchange: Exchange = {
    id,
    token,
    get state() {
      return interaction.state;
    },
    get messages() {
      return stored().filter(messages.exists).map(see);
    },
    get modal() {
      return interaction.modal;
    },
    get choices() {
      return interaction.choices;
    },
    watch: (listener) => watch(() => listener()),
    until: (test, timeoutMs = 5_000) => {
      const { name = "" } = (interaction.data.data ?? {}) as { name?: string };
      return until(
        { watch },
        () => test(exchange),
        timeoutMs,
        `${test.toString()} (interaction ${id} ${name})`,
      ).catch((error: Error) => {
        throw new Error(`${error.message}; state: ${exchange.state}, messages: ${summary(exchange)}`);
      });
    },
  };
  return exchange;
}

const summary = ({ messages }: Exchange) =>
  JSON.stringify(
    messages.map(({ content, thinking, attachments }) => ({ content, thinking, files: attachments.length })),
  );
