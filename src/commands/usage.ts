import { words } from "../locales/index.ts";
import { defineCommand } from "./command.ts";

export const usage = defineCommand({
  name: "usage",
  description: "What you used today, what is left, and when it comes back",
  options: {},
  examples: [{}],

  async answer({ asker, guild, locale }, { quota }) {
    const say = words(locale);
    const { spent, held, bonus, left, resetsAt } = await quota.standing({
      guild,
      person: asker.id,
      roles: asker.roles,
    });
    return {
      text: say.usage(spent, left, resetsAt),
      quiet: [...(held > 0 ? [say.held(held)] : []), ...(bonus > 0 ? [say.bonus(bonus)] : [])],
    };
  },
});
