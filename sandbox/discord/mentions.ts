import type { APIMessage } from "discord-api-types/v10";
import type { MessagePayload } from "./message-rules.ts";
import type { World } from "./world.ts";

export type AllowedMentions = NonNullable<MessagePayload["allowed_mentions"]>;

/** What may be mentioned where the bot does not say: interactions only mention users, channel messages everything. */
export const mentionDefaults = {
  interaction: { parse: ["users"] },
  channel: { parse: ["users", "roles", "everyone"], replied_user: true },
} satisfies Record<string, AllowedMentions>;

/** Whom a text really mentions, given what is allowed. It is evaluated again on every edit. */
export function mentionsIn(
  world: World,
  text: string,
  { parse, users, roles }: AllowedMentions,
): Pick<APIMessage, "mentions" | "mention_roles" | "mention_everyone"> {
  const found = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))];
  return {
    mentions: found(/<@!?(\d+)>/g)
      .filter((id) => parse?.includes("users") || users?.includes(id))
      .flatMap((id) => world.accounts.get(id)?.user ?? (id === world.bot.id ? world.bot : [])),
    mention_roles: found(/<@&(\d+)>/g)
      .filter((id) => parse?.includes("roles") || roles?.includes(id))
      .filter((id) => world.guild.roles.some((role) => role.id === id)),
    mention_everyone: Boolean(parse?.includes("everyone") && /@(everyone|here)\b/.test(text)),
  };
}
