import type { GatewayMessageCreateDispatchData } from "discord.js";
import type { Logger } from "pino";
import type { Clock } from "../services/clock.ts";
import type { Services } from "../services/index.ts";
import type { MicroDollars } from "../services/money.ts";
import type { Access } from "./access.ts";
import { createArrivals } from "./arrivals.ts";
import type { CommandsByName } from "./commands-by-name.ts";
import type { Notify } from "./notices.ts";
import type { Open } from "./opening.ts";
import type { Replies } from "./reply.ts";
import { requestOfVoice, type VoiceMessage, voiceMessageOf } from "./voice-message.ts";
import { createVoiceRefusals } from "./voice-refusals.ts";

/** Transcribes voice messages in the channels that admins chose, as `/transcribe` of their authors. */
export interface VoiceMessages {
  /** Any message that anybody sent. Never rejects. */
  hear(message: GatewayMessageCreateDispatchData): void;
  /** Hears nothing from now on. */
  close(): void;
  /** Resolves when no voice message waits for its reply; the answers themselves are being brought then. */
  idle(): Promise<void>;
}

export function createVoiceMessages(deps: {
  services: Pick<Services, "guilds" | "jobs">;
  commands: CommandsByName;
  access: Access;
  open: Open;
  replies: Replies;
  notify: Notify;
  /** What may cost more does not run by itself; everything does, if left out. */
  confirmAbove: MicroDollars | undefined;
  clock: Clock;
  log: Logger;
}): VoiceMessages {
  const { guilds, jobs } = deps.services;
  const refusals = createVoiceRefusals(deps);
  const arrivals = createArrivals(deps.clock);
  const handling = new Set<Promise<void>>();
  let closed = false;

  async function isChosen({ guild, channel }: VoiceMessage): Promise<boolean> {
    const { voiceChannels } = await guilds.get(guild);
    return voiceChannels.some(({ id }) => id === channel);
  }

  async function transcribe(voice: VoiceMessage): Promise<void> {
    const command = deps.commands.running("transcribe");
    if (!command || !(await isChosen(voice)) || arrivals.wasBefore(voice.id)) return;
    // It may have arrived before this process began.
    if (await jobs.get(voice.id)) return;
    const place = await deps.access({ asker: voice.asker, guild: voice.guild, at: voice.guild }, false);
    const request = requestOfVoice(voice, place);
    await deps.open(deps.replies.opening(voice), { request, command, confirmAbove: deps.confirmAbove });
    refusals.answered(voice.channel);
  }

  return {
    hear(message) {
      const voice = closed ? undefined : voiceMessageOf(message);
      if (!voice) return;
      const work = transcribe(voice)
        .catch((error: unknown) => refusals.refuse(voice, error))
        .finally(() => handling.delete(work));
      handling.add(work);
    },
    close: () => void (closed = true),
    async idle() {
      while (handling.size > 0) await Promise.all(handling);
    },
  };
}
