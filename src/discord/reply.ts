import { words } from "../locales/index.ts";
import { type Address, newAddress } from "./address.ts";
import { type Messages, OutOfReach } from "./messages.ts";
import type { Opening } from "./opening.ts";
import { wasRefused } from "./patience.ts";
import { type Payload, renderText } from "./render.ts";
import { VOICE_LOCALE, type VoiceMessage } from "./voice-message.ts";

/** Discord's default limit for one file: what a boosted server may have more is not in the event. */
const FILE_LIMIT_BYTES = 10 * 1024 * 1024;

/** Replies to voice messages, by the channel's lane: there is no interaction whose webhook could be used. */
export interface Replies {
  /** Says one thing, once. @throws {unknown} what Discord refuses it with, OutOfReach */
  say(voice: VoiceMessage, payload: Payload): Promise<void>;
  /** Begins an answer. */
  opening(voice: VoiceMessage): Opening;
}

/** The reply itself is a further message of nothing: its nonce makes it one, however often it is sent. */
const FIRST = 0;

export function createReplies(deps: {
  messages: Messages;
  /** The bot's own id; known once it is online, as every voice message is. */
  application: () => string;
  /** Aborted when nobody waits for a turn any more. */
  signal: AbortSignal;
}): Replies {
  const addressOf = ({ id, channel }: VoiceMessage): Address =>
    newAddress({
      application: deps.application(),
      interaction: id,
      token: "",
      // There is none.
      expiresAt: 0,
      channel,
      private: false,
      inChannel: true,
      // Discord lets nobody reply who can't read what is there (160002).
      readsHistory: true,
      replyTo: id,
      messages: [],
      // It may be there as soon as this is stored.
      growing: true,
      fileLimitBytes: FILE_LIMIT_BYTES,
    });

  async function send(address: Address, payload: Payload): Promise<string> {
    const answer = deps.messages.of(address);
    try {
      const sent = await answer.send(() => payload, { place: FIRST, signal: deps.signal });
      if (!sent) throw new Error("The bot stops before it could reply");
      return sent.id;
    } finally {
      answer.close();
    }
  }

  return {
    say: async (voice, payload) => void (await send(addressOf(voice), payload)),
    opening(voice) {
      const address = addressOf(voice);
      const listening = renderText(`-# ${words(VOICE_LOCALE).voice.listening}`);
      return {
        address,
        send: async () => ({ message: await send(address, listening), private: false }),
        mayBeThere: (error) => !wasRefused(error) && !(error instanceof OutOfReach),
      };
    },
  };
}
