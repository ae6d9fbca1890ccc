import { createLanes } from "../../src/discord/lanes.ts";
import { createLiveReply } from "../../src/discord/live-reply.ts";
import { createMessages } from "../../src/discord/messages.ts";
import { restSettings } from "../../src/discord/rest.ts";
import { systemClock } from "../../src/services/clock.ts";
import type { Policy } from "./policy.ts";

/** The bot's own way, wired as `bot.ts` and `delivery.ts` wire it: all that has to follow when they change. */
export const replicord: Policy = {
  name: "Replicord",
  start(newRest) {
    const { api: _, ...settings } = restSettings("");
    const webhook = newRest({ ...settings, globalRequestsPerSecond: Number.POSITIVE_INFINITY });
    const lanes = createLanes({ webhook, channel: newRest(settings), clock: systemClock });
    const messages = createMessages({ lanes, clock: systemClock });
    return (address) => {
      const answer = messages.of(address);
      const live = createLiveReply({
        shown: address.messages,
        messages: answer,
        clock: systemClock,
        locale: "en-US",
        owner: { command: "ask", job: address.interaction },
        postFiles: (_, post) => post([]),
        grew: async (messages) => void (address.messages = [...messages]),
      });
      // As /ask shows it: a button and a quiet line while it runs, another quiet line when it has ended.
      return {
        show: (text) => live.show(() => ({ text, quiet: ["… is working"], buttons: [stop] })),
        finish: (text) => live.finish({ text, quiet: ["7.6 s · 2 credits"] }).finally(() => answer.close()),
      };
    };
  },
};

const stop = { label: "Stop", action: "stop" } as const;
