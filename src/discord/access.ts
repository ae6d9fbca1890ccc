import type { Asker, Request } from "../commands/command.ts";
import { type Guilds, type GuildSettings } from "../services/guilds.ts";
import { within } from "../services/deadline.ts";
import { Problem } from "../services/problem.ts";

/** What those in charge have set where somebody asks. */
export interface Place {
  /** What runs where nobody chose a model. */
  models: Request["models"];
  /** Which models may be used. */
  allowed: GuildSettings["models"];
  /** The asker runs this bot. */
  operator: boolean;
}

/** Who asks for something, and where. */
export interface Asking {
  asker: Asker;
  /** The server whose rules count; null in direct messages and wherever the bot is no member. */
  guild: string | null;
  /** The server in which it is asked, whose member the bot need not be. */
  at: string | undefined;
}

/**
 * Who may use the bot at all, and what is for those in charge only (`manager`).
 * @throws {Problem} guild-not-served, guild-only, not-allowed, store-unavailable
 */
export type Access = (asking: Asking, manager: boolean) => Promise<Place>;

/** They are in memory, as a rule; what comes after them needs the rest of Discord's three seconds. */
const SETTINGS_MS = 500;

export function createAccess(deps: {
  guilds: Guilds;
  /** The operator's choice of models. */
  models: Request["models"];
  /** The guilds that are served; all, if left out. */
  allowedGuilds: readonly string[] | undefined;
  /** Ids of those who run this bot. */
  operators: readonly string[];
}): Access {
  /** Discord's own setting can be overridden in a server, so it is checked here on every call. */
  function mayAdminister(
    { manager, roles }: Asker,
    { adminRoles }: GuildSettings,
    operator: boolean,
  ): boolean {
    return manager || operator || adminRoles.some(({ id }) => roles.includes(id));
  }

  async function settingsOf(guild: string | null): Promise<GuildSettings> {
    try {
      return await within(SETTINGS_MS, deps.guilds.get(guild));
    } catch (cause) {
      throw new Problem({ kind: "store-unavailable" }, { cause });
    }
  }

  return async ({ asker, guild, at }, manager) => {
    if (at && deps.allowedGuilds && !deps.allowedGuilds.includes(at))
      throw new Problem({ kind: "guild-not-served" });
    if (manager && guild === null) throw new Problem({ kind: "guild-only" });
    const settings = await settingsOf(guild);
    const operator = deps.operators.includes(asker.id);
    if (manager && !mayAdminister(asker, settings, operator)) throw new Problem({ kind: "not-allowed" });
    return {
      models: { ...deps.models, ...withoutUndefined(settings.defaults) },
      allowed: settings.models,
      operator,
    };
  };
}

const withoutUndefined = (defaults: GuildSettings["defaults"]): Partial<Request["models"]> =>
  Object.fromEntries(Object.entries(defaults).filter(([, model]) => model !== undefined));
