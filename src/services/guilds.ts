import { z } from "zod";
import { UTC } from "./calendar.ts";
import type { MicroDollars } from "./money.ts";
import { Problem } from "./problem.ts";
import type { Store } from "./store.ts";

/** Somebody or something of Discord's, by the name that it had when it was named. */
export const named = z.object({ id: z.string(), name: z.string() });
export type Named = z.output<typeof named>;

/** Commands whose model a guild can choose for those who choose none. */
export const defaulting = ["ask", "imagine", "transcribe"] as const;

const guildSettings = z.object({
  /** By which its days begin. */
  timeZone: z.string().default(UTC),
  /** Where its admins are told of changes and of a budget that ends. */
  alertChannel: named.optional(),
  /** Whoever has one of them may do what `/quota` and `/models` do, as those who manage the server may. */
  adminRoles: z.array(named).default([]),
  /** In a calendar month (UTC), within what the operator allows. */
  monthlyBudget: (z.number().int().nonnegative() as z.ZodType<MicroDollars>).optional(),
  paused: z.boolean().default(false),
  /** All models or none, except these keys of the catalogue. */
  models: z
    .object({ allowed: z.enum(["all", "none"]), except: z.array(z.string()) })
    .default({ allowed: "all", except: [] }),
  /** The keys of the models where nobody chose one. */
  defaults: z.object({ ask: z.string(), imagine: z.string(), transcribe: z.string() }).partial().default({}),
  /** Where voice messages are transcribed without anybody's asking. */
  voiceChannels: z.array(named).default([]),
});
export type GuildSettings = z.output<typeof guildSettings>;

/** In how many channels of a guild voice messages can be transcribed. */
export const MOST_VOICE_CHANNELS = 20;

/** One guild, or all of them and direct messages, too. */
export type Scope = { guild: string } | "everywhere";

/** What a guild's admins have set for it, besides who may spend how much. */
export interface Guilds {
  /** Where nothing is set, and in direct messages (`null`), everything is as the operator has it. */
  get(guild: string | null): Promise<GuildSettings>;
  change(guild: string, next: (settings: GuildSettings) => GuildSettings): Promise<void>;
  /** Everything is stopped, direct messages too, until the operator lets it go on. */
  pauseEverywhere(paused: boolean): Promise<void>;
  /** @throws {Problem} paused */
  checkPause(guild: string | null): Promise<void>;
}

/** Whether a model, by its key, may be used. */
export const allowsModel = (
  { models: { allowed, except } }: Pick<GuildSettings, "models">,
  key: string,
): boolean => (allowed === "all") !== except.includes(key);

const EVERYWHERE = "everywhere";

export function createGuilds(store: Store): Guilds {
  const settings = store.records("guild_settings", guildSettings);
  const pauses = store.records("pauses", z.object({ paused: z.boolean() }));
  const unset = guildSettings.parse({});

  const get = async (guild: string | null) =>
    (guild === null ? undefined : await settings.get(guild)) ?? unset;

  return {
    get,
    change: (guild, next) =>
      store.inTurn(`guild-settings/${guild}`, async () => settings.set(guild, next(await get(guild)))),
    pauseEverywhere: (paused) => pauses.set(EVERYWHERE, { paused }),
    async checkPause(guild) {
      const [everywhere, { paused }] = await Promise.all([pauses.get(EVERYWHERE), get(guild)]);
      if (everywhere?.paused) throw new Problem({ kind: "paused", everywhere: true });
      if (paused) throw new Problem({ kind: "paused", everywhere: false });
    },
  };
}
