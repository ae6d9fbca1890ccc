import { createLiveReply } from "../../src/discord/live-reply.ts";
import { createMessages } from "../../src/discord/messages.ts";
import { systemClock } from "../../src/services/clock.ts";
import type { Policy } from "./policy.ts";

/** The bot's own way, wired as `bot.ts` and `delivery.ts` wire it: all that has to follow when they change. */
export const replicord: Policy = {
  name: "Replicord",
  start(newRest) {
    const messages = createMessages(newRest(), systemClock);
    return (address) => {
      const live = createLiveReply({
        address,
        messages,
        clock: systemClock,
        owner: { command: "ask", job: address.interaction },
        postFiles: (_, post) => post([]),
        grew: async (messages) => void (address.messages = [...messages]),
      });
      // As /ask shows it: a button and a quiet line while it runs, another quiet line when it has ended.
      return {
        show: (text) => live.show({ text, quiet: ["… is working"], buttons: [stop] }),
        finish: (text) => live.finish({ text, quiet: ["7.6 s · 2 credits"] }),
      };
    };
  },
};

const stop = { label: "Stop", action: "stop" } as const;
