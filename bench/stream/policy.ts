import type { REST, RESTOptions } from "discord.js";
import type { Address } from "../../src/discord/address.ts";

/** One answer that grows, as what makes it sees it. */
export interface Stream {
  /** The text so far. Called with every token. */
  show(text: string): void;
  /** The whole text. Resolves when nothing is on its way any longer. */
  finish(text: string): Promise<void>;
}

/** Makes a client of discord.js, with queues of its own, that speaks to the run's Discord. */
export type NewRest = (options?: Partial<RESTOptions>) => REST;

/** A way of bringing answers that grow into messages. */
export interface Policy {
  name: string;
  /** It edits through the channel, where private answers don't exist. */
  publicOnly?: boolean;
  /**
   * Starts one bot: what all its answers have in common is made here. What comes back brings one answer, which is deferred
   * and empty on screen.
   */
  start(newRest: NewRest): (address: Address) => Stream;
}
