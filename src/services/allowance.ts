import { z } from "zod";
import type { MicroDollars } from "./money.ts";

/** What may be spent in a day. */
export type Allowance = MicroDollars | "unlimited";

/** Who asks, and where: `guild` is null in a direct message. */
export interface Account {
  guild: string | null;
  person: string;
  roles: readonly string[];
}

export const allowance = z.union([z.number().int().nonnegative(), z.literal("unlimited")]);

/** What a guild's admins have set; whoever is not named here has the default. */
export const guildRules = z.object({
  everyone: allowance.optional(),
  people: z.record(z.string(), allowance),
  roles: z.record(z.string(), allowance),
});
export type GuildRules = z.infer<typeof guildRules>;

export interface Granted {
  allowance: Allowance;
  source: "person" | "role" | "everyone" | "default" | "dm";
}

/** A person's own rule wins over their best role, and that over the rule for everyone: so 0 shuts one person out. */
export function allowanceOf(
  { guild, person, roles }: Account,
  rules: GuildRules,
  defaults: { daily: MicroDollars; dmDaily: MicroDollars },
): Granted {
  if (guild === null) return { allowance: defaults.dmDaily, source: "dm" };
  const personal = rules.people[person];
  if (personal !== undefined) return { allowance: personal, source: "person" };
  const best = bestOf(roles.flatMap((role) => rules.roles[role] ?? []));
  if (best !== undefined) return { allowance: best, source: "role" };
  if (rules.everyone !== undefined) return { allowance: rules.everyone, source: "everyone" };
  return { allowance: defaults.daily, source: "default" };
}

function bestOf(allowances: Allowance[]): Allowance | undefined {
  if (allowances.includes("unlimited")) return "unlimited";
  return allowances.length === 0 ? undefined : Math.max(...allowances.map(Number));
}
