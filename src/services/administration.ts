import { z } from "zod";
import { allowance } from "./allowance.ts";
import type { Budget, BudgetWarning } from "./budget.ts";
import { timeZoneNamed } from "./calendar.ts";
import type { Clock } from "./clock.ts";
import {
  allowsModel,
  defaulting,
  type GuildSettings,
  type Guilds,
  MOST_VOICE_CHANNELS,
  named,
  type Named,
  type Scope,
} from "./guilds.ts";
import { isStoreAway, Problem } from "./problem.ts";
import type { Quota } from "./quota.ts";
import type { Store } from "./store.ts";

const rule = z.union([allowance, z.literal("default")]);
const money = z.number().int().nonnegative();

/** Everything that those in charge of a guild can change, as plain data: what is asked for, and what is written down. */
const change = z.discriminatedUnion("what", [
  z.object({ what: z.literal("person"), person: named, rule }),
  z.object({ what: z.literal("role"), role: named, rule }),
  z.object({ what: z.literal("everyone"), rule }),
  z.object({ what: z.literal("grant"), person: named, amount: money }),
  z.object({ what: z.literal("reset"), person: named }),
  z.object({ what: z.literal("budget"), limit: z.union([money, z.literal("default")]) }),
  z.object({ what: z.literal("pause"), paused: z.boolean(), everywhere: z.boolean() }),
  z.object({ what: z.literal("time-zone"), zone: z.string() }),
  z.object({ what: z.literal("alert-channel"), channel: named.nullable() }),
  z.object({ what: z.literal("admin-role"), role: named, admin: z.boolean() }),
  /** A model's key in the catalogue, or all of them. */
  z.object({
    what: z.literal("model"),
    model: z.union([z.string(), z.literal("all")]),
    allowed: z.boolean(),
  }),
  z.object({ what: z.literal("voice-on"), channel: named }),
  /** Null: in all channels. */
  z.object({ what: z.literal("voice-off"), channel: named.nullable() }),
  z.object({ what: z.literal("default-model"), command: z.enum(defaulting), model: z.string().nullable() }),
]);
export type Change = z.output<typeof change>;

const entry = z.object({ at: z.number(), by: named, change });
/** Who changed what, and when, in milliseconds since 1970. */
export type AuditEntry = z.output<typeof entry>;

/** What those in charge of a guild are told without having asked. */
export type Notice =
  /** `channel`: where alerts went before it, so that nobody turns them off unseen. */
  | { kind: "change"; guild: string; entry: AuditEntry; channel: Named | undefined }
  | { kind: "budget"; warning: BudgetWarning }
  /** Voice messages are to be transcribed in a channel in which the bot may not reply. */
  | { kind: "voice-unanswered"; guild: string; channel: string };

/** Who wants a change, and by which interaction: the same one changes nothing twice. */
export interface Changer extends Named {
  interaction: string;
  guild: string;
  /** Of this bot. */
  operator: boolean;
  /** Manages the server itself, by Discord's permission. */
  manager: boolean;
}

/** The one way in which anything of a guild is changed: checked, written down, done, and told. */
export interface Administration {
  /**
   * Resolves with what is so now.
   * @throws {Problem} operator-only, not-allowed, above-ceiling, bad-option, is-default, model-denied, voice-unheard,
   * too-many-channels, store-unavailable: nothing changed. change-unsure: nobody knows.
   */
  change(by: Changer, wanted: Change): Promise<Change>;
  /** Newest first. */
  log(guild: string, limit: number): Promise<AuditEntry[]>;
}

/** How long a change may wait for those before it, in real time as the store's deadlines. */
const PATIENCE_MS = 1_000;

const KEPT_MS = 365 * 86_400_000;

export function createAdministration(deps: {
  store: Store;
  guilds: Guilds;
  quota: Quota;
  budget: Budget;
  /** Ends what waits, of a guild or everywhere. */
  stopWaiting: (scope: Scope) => void;
  /** What the operator chose where a guild chose nothing. */
  defaults: Readonly<Record<(typeof defaulting)[number], string>>;
  /** The operator has the bot hear voice messages. */
  hearsVoice: boolean;
  tell: (notice: Notice) => void;
  clock: Clock;
}): Administration {
  const { store, guilds, quota, budget, clock } = deps;
  const audit = store.records("audit", entry);

  /** Whether this may be, and as what it is written down. */
  async function checked(by: Changer, wanted: Change): Promise<Change> {
    switch (wanted.what) {
      case "pause":
        if (wanted.everywhere && !by.operator) throw new Problem({ kind: "operator-only" });
        return wanted;
      case "admin-role":
        // Otherwise whoever has such a role could hand it on.
        if (!by.manager && !by.operator) throw new Problem({ kind: "not-allowed" });
        return wanted;
      case "budget": {
        const { ceiling } = budget;
        if (wanted.limit !== "default" && wanted.limit > ceiling)
          throw new Problem({ kind: "above-ceiling", asked: wanted.limit, ceiling });
        return wanted;
      }
      case "time-zone": {
        const zone = timeZoneNamed(wanted.zone);
        if (zone !== undefined) return { ...wanted, zone };
        throw new Problem({ kind: "bad-option", option: "time-zone", rule: { kind: "time-zone" } });
      }
      case "model": {
        const settings = await guilds.get(by.guild);
        checkDefaults(settings, withModel(settings, wanted), wanted);
        return wanted;
      }
      case "default-model": {
        const { model } = wanted;
        const settings = await guilds.get(by.guild);
        if (model !== null && !allowsModel(settings, model))
          throw new Problem({ kind: "model-denied", model, models: [] });
        const chosen = model ?? deps.defaults[wanted.command];
        if (!allowsModel(settings, chosen)) throw new Problem({ kind: "is-default", model: chosen });
        return wanted;
      }
      case "voice-on": {
        if (!deps.hearsVoice) throw new Problem({ kind: "voice-unheard" });
        const { voiceChannels } = withVoice(await guilds.get(by.guild), wanted.channel);
        if (voiceChannels.length > MOST_VOICE_CHANNELS)
          throw new Problem({ kind: "too-many-channels", limit: MOST_VOICE_CHANNELS });
        return wanted;
      }
      default:
        return wanted;
    }
  }

  /** Nobody who names no model is to be refused for one that they never heard of; unless no model is to run at all. */
  function checkDefaults(before: GuildSettings, after: GuildSettings, { model }: { model: string }): void {
    if (model === "all") return;
    for (const command of defaulting) {
      const used = before.defaults[command] ?? deps.defaults[command];
      if (allowsModel(before, used) && !allowsModel(after, used))
        throw new Problem({ kind: "is-default", model: used });
    }
  }

  async function perform({ guild }: Changer, wanted: Change): Promise<void> {
    const set = (next: (settings: GuildSettings) => GuildSettings) => guilds.change(guild, next);
    switch (wanted.what) {
      case "person":
        return quota.setPerson(guild, wanted.person.id, wanted.rule);
      case "role":
        return quota.setRole(guild, wanted.role.id, wanted.rule);
      case "everyone":
        return quota.setEveryone(guild, wanted.rule);
      case "grant":
        return quota.grant(guild, wanted.person.id, wanted.amount);
      case "reset":
        return quota.reset(guild, wanted.person.id);
      case "budget":
        return set(({ monthlyBudget: _before, ...settings }) =>
          wanted.limit === "default" ? settings : { ...settings, monthlyBudget: wanted.limit },
        );
      case "pause":
        // First, because it costs nobody anything, whatever becomes of the write.
        if (wanted.paused) deps.stopWaiting(wanted.everywhere ? "everywhere" : { guild });
        if (wanted.everywhere) return guilds.pauseEverywhere(wanted.paused);
        return set((settings) => ({ ...settings, paused: wanted.paused }));
      case "time-zone":
        return set((settings) => ({ ...settings, timeZone: wanted.zone }));
      case "alert-channel":
        return set(({ alertChannel: _before, ...settings }) =>
          wanted.channel === null ? settings : { ...settings, alertChannel: wanted.channel },
        );
      case "admin-role":
        return set((settings) => {
          const others = settings.adminRoles.filter(({ id }) => id !== wanted.role.id);
          return { ...settings, adminRoles: wanted.admin ? [...others, wanted.role] : others };
        });
      case "model":
        return set((settings) => withModel(settings, wanted));
      case "default-model":
        return set((settings) => withDefault(settings, wanted));
      case "voice-on":
        return set((settings) => withVoice(settings, wanted.channel));
      case "voice-off":
        return set((settings) => withoutVoice(settings, wanted.channel));
    }
  }

  return {
    async change(by, wanted) {
      const { guild, interaction, id, name } = by;
      const key = `${guild}/${interaction.padStart(20, "0")}`;
      // In turn, so that what was checked still holds when it is done.
      const askedAt = performance.now();
      return store.inTurn(`administration/${guild}`, async () => {
        // Whoever asked has been told by now that the store is away.
        if (performance.now() - askedAt > PATIENCE_MS) throw new Problem({ kind: "store-unavailable" });
        const before = await audit.get(key);
        if (before) return before.change;
        const written: AuditEntry = { at: clock.now(), by: { id, name }, change: await checked(by, wanted) };
        const { alertChannel } = await guilds.get(guild);
        // Written down first: what somebody changed and nobody can see would be worse than the reverse.
        await audit.set(key, written, KEPT_MS);
        try {
          await perform(by, written.change);
        } catch (error) {
          if (!isStoreAway(error)) await audit.delete(key).catch(() => undefined);
          // It may have landed all the same, and so it stays written down.
          throw isStoreAway(error) ? new Problem({ kind: "change-unsure" }, { cause: error }) : error;
        }
        deps.tell({ kind: "change", guild, entry: written, channel: alertChannel });
        return written.change;
      });
    },

    async log(guild, limit) {
      const entries = await audit.entries(`${guild}/`);
      return entries
        .slice(-limit)
        .map(([, each]) => each)
        .toReversed();
    },
  };
}

function withModel(
  settings: GuildSettings,
  { model, allowed }: Extract<Change, { what: "model" }>,
): GuildSettings {
  if (model === "all") return { ...settings, models: { allowed: allowed ? "all" : "none", except: [] } };
  const others = settings.models.except.filter((key) => key !== model);
  const isException = allowed !== (settings.models.allowed === "all");
  return { ...settings, models: { ...settings.models, except: isException ? [...others, model] : others } };
}

function withDefault(
  settings: GuildSettings,
  { command, model }: Extract<Change, { what: "default-model" }>,
): GuildSettings {
  const { [command]: _before, ...others } = settings.defaults;
  return { ...settings, defaults: model === null ? others : { ...others, [command]: model } };
}

const withoutVoice = (settings: GuildSettings, channel: Named | null): GuildSettings => ({
  ...settings,
  voiceChannels: channel === null ? [] : settings.voiceChannels.filter(({ id }) => id !== channel.id),
});

const withVoice = (settings: GuildSettings, channel: Named): GuildSettings => ({
  ...settings,
  voiceChannels: [...withoutVoice(settings, channel).voiceChannels, channel],
});
