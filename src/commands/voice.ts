import { words } from "../locales/index.ts";
import type { Change } from "../services/administration.ts";
import type { Services } from "../services/index.ts";
import { Problem } from "../services/problem.ts";
import { change, guildOf } from "./administering.ts";
import { answeringCommand, type Request, type View } from "./command.ts";
import { boolean, type Channel, channel, optional } from "./options.ts";

const named = ({ id, name }: Channel) => ({ id, name });

async function viewOf(
  request: Pick<Request, "guild" | "locale">,
  { guilds, hearsVoice }: Services,
): Promise<View> {
  if (!hearsVoice) throw new Problem({ kind: "voice-unheard" });
  const { voiceChannels } = await guilds.get(guildOf(request));
  return { text: words(request.locale).voice.channels(voiceChannels.map(({ id }) => id)) };
}

/** The channels in which voice messages are transcribed; without an option, which these are. */
export const voice = answeringCommand({
  name: "voice",
  description: "In which channels every voice message is transcribed",
  options: {
    add: optional(channel("In this one from now on")),
    remove: optional(channel("No longer in this one")),
    none: optional(boolean("In no channel any more")),
  },
  examples: [{ add: { mention: "#general" } }],
  async answer(request, services) {
    const { add, remove, none } = request.options;
    const changes: Change[] = [
      ...(add ? [{ what: "voice-on", channel: named(add) } as const] : []),
      ...(remove ? [{ what: "voice-off", channel: named(remove) } as const] : []),
      ...(none ? [{ what: "voice-off", channel: null } as const] : []),
    ];
    const [only, ...others] = changes;
    if (!only) return viewOf(request, services);
    // One interaction is one entry of the log.
    if (others.length > 0) return { text: words(request.locale).settings.tooMany };
    return change(request, services, only);
  },
});
