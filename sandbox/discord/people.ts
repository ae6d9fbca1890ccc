import {
  type APIInteraction,
  type APIModalSubmission,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ComponentType,
  InteractionContextType,
  InteractionType,
  MessageFlags,
  MessageType,
  PermissionFlagsBits,
  type APIApplicationCommand,
} from "discord-api-types/v10";
import type { Clock } from "../../src/services/clock.ts";
import type { Cdn } from "./cdn.ts";
import type { Changes } from "./changes.ts";
import type { Commands } from "./commands.ts";
import { flatten, type Node } from "./components.ts";
import { createExchange, see } from "./exchange.ts";
import { fill } from "./fields.ts";
import { forwardOf } from "./forwarding.ts";
import type { Interaction, Interactions } from "./interactions.ts";
import { mentionDefaults } from "./mentions.ts";
import type { Messages, StoredMessage } from "./messages.ts";
import { baseOf, channelOf, createResolver, findCommand, nest } from "./payloads.ts";
import type { Exchange, OptionValue, Person, Place, SeenMessage, Upload } from "./person.ts";
import { createReplies } from "./replies.ts";
import type { Account, World } from "./world.ts";

interface Needs {
  world: World;
  clock: Clock;
  cdn: Cdn;
  changes: Changes;
  commands: Commands;
  messages: Messages;
  interactions: Interactions;
  attachmentSizeLimit: number;
}

/** The body of an interaction: what differs from kind to kind. */
type Body = {
  type: InteractionType;
  data: unknown;
  message?: StoredMessage | undefined;
  parent?: Interaction | undefined;
};

/** Puts people in front of their Discord clients. */
export function createPeople(needs: Needs) {
  const { world, clock, cdn, changes, commands, messages, interactions, attachmentSizeLimit } = needs;
  const byExchange = new WeakMap<Exchange, Interaction>();
  const registered = (place: Place = {}) => [
    ...commands.list("global"),
    ...(place.dm || place.userInstalled ? [] : commands.list(world.guild.id)),
  ];

  /** Starts an interaction; it goes out as soon as what it refers to is measured. */
  const start = (asker: Account, place: Place, body: Body): Exchange => {
    const ids = interactions.newId();
    const { type, data, message, parent } = body;
    const payload = {
      ...baseOf(world, asker, ids, place, attachmentSizeLimit),
      type,
      data,
      ...(message && { message: structuredClone(message.data) }),
    } as APIInteraction;
    const interaction: Interaction = {
      ...ids,
      data: payload,
      createdAt: clock.now(),
      asker,
      channelId: channelOf(world, asker, place),
      userInstalled: place.userInstalled ?? false,
      state: "waiting",
      followUps: [],
      ...(message && { source: message }),
      ...(parent && { parent }),
    };
    interactions.open(interaction);
    if (hasUploads(payload)) void cdn.measured().then(() => interactions.send(interaction));
    else interactions.send(interaction);
    const exchange = createExchange(interaction, messages, changes);
    byExchange.set(exchange, interaction);
    return exchange;
  };

  const live = (message: SeenMessage, reader: string): StoredMessage => {
    const found = messages.find(message.raw.channel_id, message.id);
    if (found?.seenBy !== undefined && found.seenBy !== reader)
      throw new Error(`Message ${message.id} is private`);
    if (!found) throw new Error(`Message ${message.id} was deleted`);
    return found;
  };
  const placeOf = ({ raw }: SeenMessage): Place => ({
    dm: world.channels.get(raw.channel_id)?.recipient !== undefined,
    channel: raw.channel_id,
    userInstalled:
      ApplicationIntegrationType.UserInstall in
      (raw.interaction_metadata?.authorizing_integration_owners ?? {}),
  });

  const createPerson = (account: Account): Person => {
    const { id } = account.user;
    const sees = (stored: StoredMessage) => stored.seenBy === undefined || stored.seenBy === id;

    const post = (content: string, uploads: Upload[] = [], place: Place = {}): StoredMessage => {
      const channelId = channelOf(world, account, place);
      const isVoice = uploads.some(({ durationSecs }) => durationSecs !== undefined);
      return messages.add({
        channelId,
        payload: { content },
        fresh: uploads.map((upload) => cdn.store(channelId, upload)),
        author: account.user,
        type: MessageType.Default,
        flags: isVoice ? MessageFlags.IsVoiceMessage : 0,
        mentionDefault: mentionDefaults.channel,
      });
    };
    const chatInput = (name: string, values: Record<string, OptionValue>, place: Place) => {
      const { command, steps, options } = findCommand(
        registered(place),
        name,
        ApplicationCommandType.ChatInput,
      );
      const resolver = createResolver(world, cdn, account, channelOf(world, account, place));
      const given = resolver.options(options, values);
      return { command, steps, options, given, resolver };
    };
    const contextMenu = (
      name: string,
      type: ApplicationCommandType,
      target: string,
      resolved: object,
      place: Place,
    ) => {
      const { command } = findCommand(registered(place), name, type);
      const data = { ...commandData(command), target_id: target, resolved };
      return start(account, place, { type: InteractionType.ApplicationCommand, data });
    };

    return {
      id,
      name: account.user.global_name ?? account.user.username,

      command(name, values = {}, place = {}) {
        const { command, steps, given, resolver } = chatInput(name, values, place);
        const { resolved } = resolver;
        const data = { ...commandData(command), options: nest(steps, given), ...(resolved && { resolved }) };
        return start(account, place, { type: InteractionType.ApplicationCommand, data });
      },

      async complete(name, focused, value, values = {}, place = {}) {
        const { command, steps, options, given } = chatInput(name, values, place);
        const type = options.find((each) => each.name === focused)?.type;
        if (type === undefined) throw new Error(`"${name}" has no option "${focused}"`);
        const typing = { name: focused, type, value, focused: true } as (typeof given)[number];
        const data = { ...commandData(command), options: nest(steps, [...given, typing]) };
        const exchange = start(account, place, {
          type: InteractionType.ApplicationCommandAutocomplete,
          data,
        });
        await exchange.until(({ state }) => state !== "waiting");
        if (!exchange.choices) throw new Error("Loading options failed");
        return exchange.choices;
      },

      press(message, customId, values) {
        const node = flatten(message.components).find((each) => each.custom_id === customId);
        if (!node || node["disabled"] === true) {
          const offered = message.buttons.map((each) => each.customId).join(", ");
          throw new Error(`Nothing to press as "${customId}" on message ${message.id}; there is: ${offered}`);
        }
        const offered = message.selects.find((each) => each.customId === customId)?.options ?? [];
        const stray = values?.find((value) => !offered.some((option) => option.value === value));
        if (stray !== undefined && node.type === ComponentType.StringSelect)
          throw new Error(`Nothing to choose as "${stray}" on message ${message.id}`);
        const data = {
          custom_id: customId,
          component_type: node.type,
          id: node.id,
          ...(values && { values }),
        };
        return start(account, placeOf(message), {
          type: InteractionType.MessageComponent,
          data,
          message: live(message, id),
        });
      },

      submit(modal, values) {
        const parent = byExchange.get(modal);
        if (!modal.modal || !parent) throw new Error("This exchange opened no form");
        const place: Place = {
          dm: parent.data.guild_id === undefined,
          channel: parent.channelId,
          userInstalled: parent.userInstalled,
        };
        const resolver = createResolver(world, cdn, account, parent.channelId);
        const fields = modal.modal.components as unknown as Node[];
        const known = flatten(fields).flatMap(({ custom_id }) => custom_id ?? []);
        const stray = Object.keys(values).find((each) => !known.includes(each));
        if (stray) throw new Error(`The form has no field "${stray}"; there are: ${known.join(", ")}`);
        const components = fields.map((field) => fill(field, values, resolver.addUpload));
        const { resolved } = resolver;
        const data: APIModalSubmission = {
          custom_id: modal.modal.custom_id,
          components,
          ...(resolved && { resolved }),
        };
        return start(account, place, {
          type: InteractionType.ModalSubmit,
          data,
          message: parent.source,
          parent,
        });
      },

      post: (content, uploads, place) => see(post(content, uploads, place)),
      // Discord's clients say how long they recorded; 32 kbit a second is about what they record.
      speak: ({ durationSecs = 0, ...upload }, place) =>
        createReplies(
          post("", [{ ...upload, durationSecs: durationSecs || upload.data.length / 4_000 }], place),
          messages,
          changes,
        ),

      forward(message, place = {}) {
        const guildId = placeOf(message).dm ? undefined : world.guild.id;
        return see(
          messages.add({
            channelId: channelOf(world, account, place),
            payload: {},
            fresh: [],
            author: account.user,
            type: MessageType.Default,
            flags: MessageFlags.HasSnapshot,
            mentionDefault: mentionDefaults.channel,
            extra: forwardOf(message.raw, guildId),
          }),
        );
      },

      use(name, message, place = placeOf(message)) {
        const resolved = { messages: { [message.id]: live(message, id).data } };
        return contextMenu(name, ApplicationCommandType.Message, message.id, resolved, place);
      },

      useOn(name, person, place = {}) {
        const resolver = createResolver(world, cdn, account, channelOf(world, account, place));
        resolver.addUser(person.id);
        return contextMenu(name, ApplicationCommandType.User, person.id, resolver.resolved ?? {}, place);
      },

      sees: (place = {}) =>
        messages
          .inChannel(channelOf(world, account, place))
          .filter(sees)
          .map(see),
      remove: (message) => messages.remove(live(message, id)),
      refuseDirectMessages(code) {
        if (code) account.refusesDirectMessages = code;
        else delete account.refusesDirectMessages;
      },
    };
  };

  return {
    registered,
    join: (name: string, options: { permissions?: bigint; roles?: string[] } = {}) =>
      createPerson(world.join(name, options.roles, options.permissions)),

    /** The commands that a person is offered: by `default_member_permissions`, and by where they may be used. */
    visibleTo: ({ id }: Person, place: Place = {}): APIApplicationCommand[] => {
      const account = world.accounts.get(id);
      const held = account ? world.permissionsOf(account) : 0n;
      const context = place.dm ? InteractionContextType.BotDM : InteractionContextType.Guild;
      const installed = place.userInstalled
        ? ApplicationIntegrationType.UserInstall
        : ApplicationIntegrationType.GuildInstall;
      return registered(place)
        .filter(({ integration_types: types }) => !types || types.includes(installed))
        .filter(({ contexts }) => !contexts || contexts.includes(context))
        .filter(({ default_member_permissions: needed }) => {
          if (needed === null || place.dm || (held & PermissionFlagsBits.Administrator) !== 0n) return true;
          return needed !== "0" && (held & BigInt(needed)) === BigInt(needed); // "0": administrators only
        });
    },
  };
}

const commandData = ({ id, name, type, guild_id }: APIApplicationCommand) => ({
  id,
  name,
  type,
  ...(guild_id && { guild_id }),
});

const hasUploads = ({ data }: APIInteraction) =>
  typeof data === "object" && "resolved" in data && data.resolved !== undefined;
