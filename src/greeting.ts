import type { Greeting } from "./bot.ts";
import type { Config } from "./config.ts";
import { inviteLink } from "./discord/invite.ts";

/** What the operator sees once the bot is online. */
export function greet({ name, application, guilds, store }: Greeting, config: Config): string {
  const guildBudget = config.GUILD_MONTHLY_BUDGET_USD;
  return [
    `Replicord is online as ${name}, in ${guilds} ${guilds === 1 ? "server" : "servers"}.`,
    `Invite it:  ${inviteLink(application)}`,
    `Limits:     ${config.DAILY_CREDITS} credits a day for each person (${config.DM_DAILY_CREDITS} in direct messages; 1 credit = $0.001),`,
    `            $${config.MONTHLY_BUDGET_USD} a month over everything${guildBudget === undefined ? "" : `, $${guildBudget} a month for each server`}`,
    `Store:      ${store}`,
  ].join("\n");
}
