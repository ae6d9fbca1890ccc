import { words } from "../locales/index.ts";
import type { Services } from "../services/index.ts";
import { change, creditsOption, guildOf, readAmount, readRule } from "./administering.ts";
import { budget } from "./budget.ts";
import { answeringCommand, defineGroup, defineUserCommand, type Request, type View } from "./command.ts";
import { integer, optional, person, personOrRole, type Target } from "./options.ts";
import { pause, resume } from "./pause.ts";
import { report } from "./report.ts";
import { settings } from "./settings.ts";
import { voice } from "./voice.ts";

const rules = ["0", "100", "250", "1000", "unlimited", "default"];

async function viewOf(
  request: Pick<Request, "guild" | "locale">,
  user: Target,
  { quota }: Services,
): Promise<View> {
  const say = words(request.locale);
  const account = { guild: guildOf(request), person: user.id, roles: user.roles };
  const { allowance, source, spent, held, left, bonus, resetsAt } = await quota.standing(account);
  return {
    text: say.quotaView(user.name, allowance, say.source[source], spent, say.left(left)),
    quiet: [
      say.daysBegin(resetsAt),
      ...(held > 0 ? [say.held(held)] : []),
      ...(bonus > 0 ? [say.bonus(bonus)] : []),
    ],
  };
}

const view = answeringCommand({
  name: "view",
  description: "What somebody may use, and has used today",
  options: { user: person("Who") },
  examples: [{ user: { mention: "@Mia" } }],
  answer: (request, services) => viewOf(request, request.options.user, services),
});

const set = answeringCommand({
  name: "set",
  description: "How many credits a day a person or a role has",
  options: {
    target: personOrRole("A person or a role"),
    credits: creditsOption("A number, unlimited or default", rules),
  },
  async answer(request, services) {
    const { target, credits } = request.options;
    const { id, name } = target;
    const rule = readRule(credits);
    // Discord offers @everyone as a role, by the server's own id, and counts nobody among its members.
    if (id === request.guild) return change(request, services, { what: "everyone", rule });
    return change(
      request,
      services,
      target.kind === "role"
        ? { what: "role", role: { id, name }, rule }
        : { what: "person", person: { id, name }, rule },
    );
  },
});

const setEveryone = answeringCommand({
  name: "set-everyone",
  description: "How many credits a day everyone has who has no rule of their own",
  options: { credits: creditsOption("A number, unlimited or default", rules) },
  answer: async (request, services) =>
    change(request, services, { what: "everyone", rule: readRule(request.options.credits) }),
});

const grant = answeringCommand({
  name: "grant",
  description: "Give somebody credits once; they outlive the day",
  options: {
    user: person("Who"),
    credits: creditsOption("How many", ["10", "50", "100", "500"]),
  },
  async answer(request, services) {
    const { user, credits } = request.options;
    const { id, name } = user;
    return change(request, services, { what: "grant", person: { id, name }, amount: readAmount(credits) });
  },
});

const reset = answeringCommand({
  name: "reset",
  description: "Forget what somebody used today",
  options: { user: person("Who") },
  async answer(request, services) {
    const { id, name } = request.options.user;
    return change(request, services, { what: "reset", person: { id, name } });
  },
});

const MOST_ENTRIES = 25;

const log = answeringCommand({
  name: "log",
  description: "Who changed what here, the latest first",
  options: { entries: optional(integer("How many", { min: 1, max: MOST_ENTRIES })) },
  async answer(request, { administration }) {
    const say = words(request.locale);
    const entries = await administration.log(guildOf(request), request.options.entries ?? 10);
    return { text: entries.map(say.logLine).join("\n") || say.logEmpty };
  },
});

export const quota = defineGroup({
  name: "quota",
  description: "Who may use how much here",
  manager: true,
  commands: [view, set, setEveryone, grant, reset, budget, pause, resume, report, log, settings, voice],
});

/** In the Apps menu of a person. */
export const quotaOfPerson = defineUserCommand({ name: "Quota", option: "user", manager: true, body: view });
