import { type APIChannel, DiscordAPIError, type REST, Routes } from "discord.js";
import type { Address } from "./address.ts";

/** Not to this person: they take none from the bot (50007), share no server with it (50278), or too many were opened (40003). */
const REFUSED = new Set<string | number>([50_007, 50_278, 40_003]);

export const refusesDirectMessages = (error: unknown): boolean =>
  error instanceof DiscordAPIError && REFUSED.has(error.code);

/** Where an answer goes that can't be brought to the place where it was asked for. */
export interface DirectMessages {
  /** The asker's direct messages, as the answer's new address; undefined where Discord refuses. */
  instead(address: Address, person: string): Promise<Address | undefined>;
}

export const createDirectMessages = (rest: REST): DirectMessages => ({
  async instead(address, person) {
    try {
      const channel = (await rest.post(Routes.userChannels(), {
        body: { recipient_id: person },
      })) as APIChannel;
      return {
        ...address,
        channel: channel.id,
        // Nobody else reads there, and there is no interaction any more.
        private: false,
        expiresAt: 0,
        inChannel: true,
        readsHistory: true,
        messages: [],
        replyTo: undefined,
        growing: false,
        handedOver: true,
      };
    } catch (error) {
      if (refusesDirectMessages(error)) return undefined;
      throw error;
    }
  },
});
