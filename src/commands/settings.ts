import { words } from "../locales/index.ts";
import type { Change } from "../services/administration.ts";
import { nextDay } from "../services/calendar.ts";
import type { Services } from "../services/index.ts";
import { Problem } from "../services/problem.ts";
import { change, guildOf } from "./administering.ts";
import { answeringCommand, type Request, type View } from "./command.ts";
import { boolean, channel, completing, optional, role, text } from "./options.ts";

const zones = () =>
  ["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => ({ name: zone, value: zone }));

async function viewOf(request: Pick<Request, "guild" | "locale">, services: Services): Promise<View> {
  const say = words(request.locale);
  const { settings: lines } = say;
  const { timeZone, alertChannel, adminRoles, paused } = await services.guilds.get(guildOf(request));
  return {
    text: [
      lines.timeZone(timeZone, nextDay(services.clock.now(), timeZone)),
      lines.alertChannel(alertChannel?.id),
      lines.adminRoles(adminRoles.map(({ name }) => name)),
      ...(paused ? [lines.paused] : []),
    ].join("\n"),
  };
}

/** Discord offers @everyone as a role, by the server's own id. */
const notEveryone = () =>
  new Problem({ kind: "bad-option", option: "add-admin-role", rule: { kind: "some-role" } });

/** Time zone, alert channel and admin roles; without an option, how they stand. */
export const settings = answeringCommand({
  name: "settings",
  description: "When days begin, where changes are posted, who else may use /quota",
  options: {
    "time-zone": optional(text("Such as Europe/Berlin", { max: 60, complete: completing(zones) })),
    "alert-channel": optional(channel("Where changes and warnings are posted")),
    "no-alerts": optional(boolean("Post changes and warnings nowhere")),
    "add-admin-role": optional(role("Whoever has it may use /quota and /models")),
    "remove-admin-role": optional(role("No longer")),
  },
  async answer(request, services) {
    const { options } = request;
    const changes: Change[] = [];
    const zone = options["time-zone"];
    if (zone !== undefined) changes.push({ what: "time-zone", zone });
    if (options["no-alerts"]) changes.push({ what: "alert-channel", channel: null });
    const alerts = options["alert-channel"];
    if (alerts) changes.push({ what: "alert-channel", channel: { id: alerts.id, name: alerts.name } });
    for (const [given, admin] of [
      [options["add-admin-role"], true],
      [options["remove-admin-role"], false],
    ] as const)
      if (given && given.id === request.guild) throw notEveryone();
      else if (given) changes.push({ what: "admin-role", role: { id: given.id, name: given.name }, admin });
    const [only, ...others] = changes;
    if (!only) return viewOf(request, services);
    // One interaction is one entry of the log, and one that can't be done leaves nothing half done.
    if (others.length > 0) return { text: words(request.locale).settings.tooMany };
    return change(request, services, only);
  },
});
