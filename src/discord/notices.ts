import { randomBytes } from "node:crypto";
import { RateLimitError, type REST, Routes } from "discord.js";
import type { Logger } from "pino";
import { words } from "../locales/index.ts";
import type { Notice } from "../services/administration.ts";
import type { Clock } from "../services/clock.ts";
import type { Guilds } from "../services/guilds.ts";
import { createTurns } from "../services/turns.ts";
import { renderText } from "./render.ts";

/** Nobody's own language: whoever is in charge reads it. */
const LOCALE = "en-US";

/** How often a notice that has to wait is tried again. */
const MOST_ATTEMPTS = 5;

/** Tells those in charge what happened, without having been asked. Never rejects. */
export type Notify = (notice: Notice) => Promise<void>;

function sentenceOf(notice: Notice): string {
  const say = words(LOCALE);
  switch (notice.kind) {
    case "change":
      return say.noticed(notice.entry);
    case "budget":
      return say.warning(notice.warning);
    case "voice-unanswered":
      return say.voice.unanswered(notice.channel);
  }
}

/**
 * Posts notices in the channel that the guild chose: in their order, and once each. `rest` does not wait for rate limits,
 * so that is done here; nothing else waits meanwhile.
 */
export function createNotices(deps: {
  rest: REST;
  guilds: Guilds;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}): Notify {
  const { rest, guilds, clock, log, signal } = deps;
  const inTurn = createTurns();

  async function post(channel: string, content: string): Promise<unknown> {
    // With a nonce, so that what is sent again after a broken connection is there once.
    const body = { ...renderText(content), nonce: randomBytes(12).toString("hex"), enforce_nonce: true };
    for (let attempt = 1; ; attempt++)
      try {
        return await rest.post(Routes.channelMessages(channel), { body });
      } catch (error) {
        if (!(error instanceof RateLimitError) || attempt === MOST_ATTEMPTS) throw error;
        await clock.sleep(error.retryAfter, signal);
      }
  }

  return (notice) => {
    const scope = notice.kind === "budget" ? notice.warning.scope : notice;
    // The operator's own budget is the operator's business: it is in the log.
    if (scope === "everywhere") return Promise.resolve();
    const { guild } = scope;
    const content = sentenceOf(notice);
    return inTurn(guild, async () => {
      const { alertChannel } = await guilds.get(guild);
      const before = notice.kind === "change" ? notice.channel : undefined;
      const channels = new Set([before?.id, alertChannel?.id].filter((id) => id !== undefined));
      for (const channel of channels) await post(channel, content);
    }).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ guild, error }, "The alert channel could not be written to");
    });
  };
}
