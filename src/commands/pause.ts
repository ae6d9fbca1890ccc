import { change } from "./administering.ts";
import { answeringCommand } from "./command.ts";
import { boolean, optional } from "./options.ts";

const stopping = (name: string, description: string, paused: boolean) =>
  answeringCommand({
    name,
    description,
    options: {
      everywhere: optional(boolean("Wherever this bot is, not only here; for those who run the bot")),
    },
    answer: async (request, services) =>
      change(request, services, { what: "pause", paused, everywhere: request.options.everywhere ?? false }),
  });

export const pause = stopping("pause", "Stop everything that costs something, at once", true);
export const resume = stopping("resume", "Let models run again", false);
