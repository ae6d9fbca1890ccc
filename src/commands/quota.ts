import { words } from "../locales/index.ts";
import { fromCredits, type MicroDollars } from "../services/money.ts";
import { Problem } from "../services/problem.ts";
import {
  answeringCommand,
  completing,
  defineGroup,
  person,
  personOrRole,
  type Request,
  text,
} from "./command.ts";

type Rule = MicroDollars | "unlimited" | "default";

const MAX_CREDITS = 1_000_000;

const credits = (description: string) =>
  text(description, {
    max: 20,
    complete: completing(() =>
      ["0", "100", "250", "1000", "unlimited", "default"].map((value) => ({ name: value, value })),
    ),
  });

function readAmount(typed: string): MicroDollars {
  const amount = /^\d+(\.\d)?$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  if (amount <= MAX_CREDITS) return fromCredits(amount);
  throw new Problem({
    kind: "bad-option",
    option: "credits",
    rule: { kind: "integer", min: 0, max: MAX_CREDITS },
  });
}

const readRule = (typed: string): Rule => {
  const word = typed.trim().toLowerCase();
  return word === "unlimited" || word === "default" ? word : readAmount(word);
};

/** The router lets only those in who manage the server; a guild is then always there. */
function guildOf({ guild }: Pick<Request, "guild">): string {
  if (guild === null) throw new Problem({ kind: "guild-only" });
  return guild;
}

const view = answeringCommand({
  name: "view",
  description: "What somebody may use, and has used today",
  options: { user: person("Who") },
  async answer(request, { quota }) {
    const say = words(request.locale);
    const { user } = request.options;
    const standing = await quota.standing({ guild: guildOf(request), person: user.id, roles: user.roles });
    const { allowance, source, spent, held, left, bonus } = standing;
    return {
      text: say.quotaView(user.name, allowance, say.source[source], spent, say.left(left)),
      quiet: [...(held > 0 ? [say.held(held)] : []), ...(bonus > 0 ? [say.bonus(bonus)] : [])],
    };
  },
});

const set = answeringCommand({
  name: "set",
  description: "How many credits a day a person or a role has",
  options: { target: personOrRole("A person or a role"), credits: credits("A number, unlimited or default") },
  async answer(request, { quota }) {
    const { target, credits } = request.options;
    const rule = readRule(credits);
    if (target.kind === "role") await quota.setRole(guildOf(request), target.id, rule);
    else await quota.setPerson(guildOf(request), target.id, rule);
    return { text: words(request.locale).quotaSet(target.name, rule) };
  },
});

const setEveryone = answeringCommand({
  name: "set-everyone",
  description: "How many credits a day everyone has who has no rule of their own",
  options: { credits: credits("A number, unlimited or default") },
  async answer(request, { quota }) {
    const rule = readRule(request.options.credits);
    await quota.setEveryone(guildOf(request), rule);
    return { text: words(request.locale).quotaSetEveryone(rule) };
  },
});

const grant = answeringCommand({
  name: "grant",
  description: "Give somebody credits once; they outlive the day",
  options: { user: person("Who"), credits: credits("How many") },
  async answer(request, { quota }) {
    const { user, credits } = request.options;
    const amount = readAmount(credits);
    await quota.grant(guildOf(request), user.id, amount);
    return { text: words(request.locale).granted(user.name, amount) };
  },
});

const reset = answeringCommand({
  name: "reset",
  description: "Forget what somebody used today",
  options: { user: person("Who") },
  async answer(request, { quota }) {
    const { user } = request.options;
    await quota.reset(guildOf(request), user.id);
    return { text: words(request.locale).reset(user.name) };
  },
});

export const quota = defineGroup({
  name: "quota",
  description: "Who may use how much here",
  manager: true,
  commands: [view, set, setEveryone, grant, reset],
});
