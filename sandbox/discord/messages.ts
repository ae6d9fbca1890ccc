import {
  type APIAttachment,
  type APIEmbed,
  type APIMessage,
  EmbedType,
  MessageFlags,
  type MessageType,
} from "discord-api-types/v10";
import { checkForm, refuse } from "./api-error.ts";
import type { Cdn } from "./cdn.ts";
import type { Changes } from "./changes.ts";
import { finishComponents, flatten, type Node } from "./components.ts";
import { type AllowedMentions, mentionsIn } from "./mentions.ts";
import { checkNotEmpty, type MessagePayload } from "./message-rules.ts";
import type { IncomingFile } from "./uploads.ts";
import type { World } from "./world.ts";
import * as z from "zod";

export interface StoredMessage {
  data: APIMessage;
  /** The only person who sees it: it is ephemeral. */
  seenBy?: string;
  /** The interaction through whose webhook it can be edited. */
  interactionId?: string;
}

/** A checked message, its files stored; becomes visible by `add` or `edit`. */
export interface Draft {
  payload: MessagePayload;
  fresh: APIAttachment[];
}

export interface NewMessage extends Draft {
  channelId: string;
  author: APIMessage["author"];
  type: MessageType;
  flags: number;
  mentionDefault: AllowedMentions;
  seenBy?: string | undefined;
  interactionId?: string | undefined;
  /** More fields of the message, such as `interaction_metadata`. */
  extra?: Partial<APIMessage>;
}

export type MessageEvent = "MESSAGE_CREATE" | "MESSAGE_UPDATE" | "MESSAGE_DELETE";
export type Messages = ReturnType<typeof createMessages>;

/** A number as the message's bit field. */
const bits = (flags: unknown) => flags as MessageFlags;
const has = (flags: number | null | undefined, flag: number) => ((flags ?? 0) & flag) !== 0;

interface Needs {
  world: World;
  cdn: Cdn;
  changes: Changes;
  attachmentSizeLimit: number;
  /** Hears of everything that happens in a channel, to tell the gateway. */
  tell: (event: MessageEvent, message: APIMessage) => void;
}

/** All messages, by channel, oldest first. */
export function createMessages({ world, cdn, changes, attachmentSizeLimit, tell }: Needs) {
  const channels = new Map<string, StoredMessage[]>();
  const inChannel = (channelId: string) => channels.get(channelId) ?? [];

  const announce = (event: MessageEvent, stored: StoredMessage) => {
    if (stored.seenBy === undefined) tell(event, stored.data);
    changes.notify(stored.data.id);
  };

  const show = (data: APIMessage, { payload, fresh }: Draft, mentionDefault: AllowedMentions) => {
    const attachments = [...keep(data.attachments, payload), ...fresh];
    // Discord strips white space around the content.
    if (payload.content !== undefined) data.content = payload.content?.trim() ?? "";
    if (payload.embeds !== undefined)
      data.embeds = (payload.embeds ?? []).map((each) => finishEmbed(each, attachments));
    if (payload.components !== undefined) {
      data.components = finishComponents(payload.components ?? [], attachments, world.nextId);
    }
    data.attachments = attachments;
    const texts = flatten(data.components ?? []).map(({ content }: Node) => content ?? "");
    const text = [data.content, ...texts].join("\n");
    Object.assign(data, mentionsIn(world, text, payload.allowed_mentions ?? mentionDefault));
  };

  return {
    inChannel,
    find: (channelId: string, id: string) => inChannel(channelId).find(({ data }) => data.id === id),

    /**
     * Stores a message's files: those it keeps, then the new ones. On an edit, `attachments` lists what is kept and
     * what is new; without it everything is kept.
     */
    async draft(
      channelId: string,
      payload: MessagePayload,
      files: Map<string, IncomingFile>,
      edited?: APIMessage,
    ): Promise<Draft> {
      const current = edited?.attachments ?? [];
      const listed = payload.attachments;
      for (const file of files.values()) if (file.data.length > attachmentSizeLimit) throw refuse.tooLarge();
      const known = z.array(
        z.looseObject({
          id: z.string().refine((id) => files.has(id) || current.some((each) => each.id === id), {
            message: "Attachment data not found",
            params: { discord: "ATTACHMENT_NOT_FOUND" },
          }),
        }),
      );
      checkForm<unknown>(known, listed ?? [], ["attachments"]);
      checkForm(z.array(z.unknown()).max(10), [...keep(current, payload), ...files], ["attachments"]);
      const fresh = [...files].map(([n, file]) => {
        const { filename, description, waveform, duration_secs } =
          listed?.find((each) => each.id === n) ?? {};
        return cdn.store(channelId, {
          name: filename ?? file.name,
          data: file.data,
          ...(description && { description }),
          ...(duration_secs && waveform && { durationSecs: duration_secs, waveform }),
        });
      });
      await cdn.measured();
      return { payload, fresh };
    },

    add(message: NewMessage): StoredMessage {
      const { channelId, author, type, flags, extra, seenBy, interactionId } = message;
      const data: APIMessage = {
        id: world.nextId(),
        channel_id: channelId,
        author,
        type,
        content: "",
        flags: bits(flags),
        timestamp: world.now(),
        edited_timestamp: null,
        tts: false,
        pinned: false,
        mention_everyone: false,
        mentions: [],
        mention_roles: [],
        attachments: [],
        embeds: [],
        components: [],
        ...extra,
      };
      show(data, message, message.mentionDefault);
      if (!has(flags, MessageFlags.Loading | MessageFlags.HasSnapshot))
        checkNotEmpty({ ...data, components: data.components ?? [] });
      if (has(flags, MessageFlags.IsVoiceMessage)) checkVoice(data);
      const stored: StoredMessage = {
        data,
        ...(seenBy && { seenBy }),
        ...(interactionId && { interactionId }),
      };
      channels.set(channelId, [...inChannel(channelId), stored]);
      const channel = world.channels.get(channelId)?.data;
      if (channel && !seenBy) channel.last_message_id = data.id;
      announce("MESSAGE_CREATE", stored);
      return stored;
    },

    /** Shows a draft instead of what the message shows; what the draft leaves out stays. */
    edit(stored: StoredMessage, draft: Draft, mentionDefault: AllowedMentions): StoredMessage {
      const { data } = stored;
      if (has(data.flags, MessageFlags.IsVoiceMessage)) throw refuse.voiceEdit();
      const edited = { ...data };
      show(edited, draft, mentionDefault);
      // SUPPRESS_EMBEDS comes and goes; IS_COMPONENTS_V2 only comes; everything else stays as it was sent.
      const settable = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;
      const wanted = (draft.payload.flags ?? 0) & settable;
      const suppressed =
        draft.payload.flags == null ? (data.flags ?? 0) & MessageFlags.SuppressEmbeds : wanted;
      const kept = (data.flags ?? 0) & ~MessageFlags.Loading & ~MessageFlags.SuppressEmbeds;
      edited.flags = bits(kept | suppressed | (wanted & MessageFlags.IsComponentsV2));
      if (has(edited.flags, MessageFlags.IsComponentsV2)) checkOldFieldsGone(edited);
      checkNotEmpty({ ...edited, components: edited.components ?? [] });
      if (!has(data.flags, MessageFlags.Loading)) edited.edited_timestamp = world.now();
      Object.assign(data, edited);
      announce("MESSAGE_UPDATE", stored);
      return stored;
    },

    remove(stored: StoredMessage): void {
      const { channel_id: channelId } = stored.data;
      channels.set(
        channelId,
        inChannel(channelId).filter((each) => each !== stored),
      );
      announce("MESSAGE_DELETE", stored);
    },

    exists: (stored: StoredMessage) => inChannel(stored.data.channel_id).includes(stored),
  };
}

/** The attachments that an edit keeps, described anew where it says so. */
function keep(current: APIAttachment[], { attachments: listed }: MessagePayload): APIAttachment[] {
  if (listed === undefined) return current;
  return current.flatMap((each) => {
    const about = listed?.find(({ id }) => id === each.id);
    return about ? { ...each, ...(about.description && { description: about.description }) } : [];
  });
}

function checkVoice({ attachments, content }: APIMessage): void {
  const [only, more] = attachments;
  if (!only || more || content || !only.content_type?.startsWith("audio/")) throw refuse.voiceSingleAudio();
  if (only.duration_secs === undefined || only.waveform === undefined) throw refuse.voiceMetadata();
}

/** A message that becomes one of Components V2 must null its old content and embeds. */
function checkOldFieldsGone({ content, embeds }: APIMessage): void {
  const gone = (value: unknown, field: string) =>
    checkForm(
      z.unknown().refine((each) => (each as { length: number }).length === 0, {
        message: `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
        params: { discord: "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2" },
      }),
      value,
      [field],
    );
  gone(content, "content");
  gone(embeds, "embeds");
}

/** An embed as Discord gives it back: of type "rich", nulls left out, `attachment://name` resolved. */
function finishEmbed(embed: object, attachments: APIAttachment[]): APIEmbed {
  const given = Object.fromEntries(Object.entries(embed).filter(([, value]) => value !== null)) as APIEmbed;
  const resolve = (media: { url: string }) => {
    const attached = attachments.find(({ filename }) => media.url === `attachment://${filename}`);
    if (!attached) return { ...media };
    const { url, proxy_url, width, height } = attached;
    return { url, proxy_url, ...(width && height && { width, height }) };
  };
  return {
    ...given,
    type: EmbedType.Rich,
    ...(given.image && { image: resolve(given.image) }),
    ...(given.thumbnail && { thumbnail: resolve(given.thumbnail) }),
  };
}
