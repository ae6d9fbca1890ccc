import {
  type APIApplicationCommand,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ChannelType,
  InteractionContextType,
} from "discord-api-types/v10";
import * as z from "zod";
import type { Clock } from "../../src/services/clock.ts";
import { checkForm, refuse } from "./api-error.ts";
import type { Changes } from "./changes.ts";

const optionName = z
  .string()
  .regex(/^[-_'\p{L}\p{N}]{1,32}$/u)
  .refine((name) => name === name.toLowerCase(), {
    message: "Command name is invalid",
    params: { discord: "APPLICATION_COMMAND_INVALID_NAME" },
  });
const description = z.string().min(1).max(100);
const choices = z
  .array(
    z.looseObject({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) }),
  )
  .max(25);

const option = z.looseObject({
  type: z.enum(ApplicationCommandOptionType),
  name: optionName,
  description,
  required: z.boolean().nullish(),
  choices: choices.nullish(),
  autocomplete: z.boolean().nullish(),
  channel_types: z.array(z.enum(ChannelType)).nullish(),
  get options() {
    return optionList.nullish();
  },
});
const optionList: z.ZodType<{ name: string; description: string; required?: boolean | null | undefined }[]> =
  z
    .lazy(() => z.array(option).max(25))
    .refine(
      (options) =>
        !options.some((each, index) => each.required && index > 0 && !options[index - 1]?.required),
      {
        message: "Required options must be placed before non-required options",
        params: { discord: "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID" },
      },
    )
    .refine((options) => new Set(options.map(({ name }) => name)).size === options.length, {
      message: "Option name must be unique",
      params: { discord: "APPLICATION_COMMAND_OPTIONS_NAME_INVALID" },
    });

const shared = {
  default_member_permissions: z.union([z.string().regex(/^\d+$/), z.number()]).nullish(),
  contexts: z.array(z.enum(InteractionContextType)).nullish(),
  integration_types: z.array(z.enum(ApplicationIntegrationType)).nullish(),
};
const slash = z
  .looseObject({
    type: z.literal(ApplicationCommandType.ChatInput),
    name: optionName,
    description,
    options: optionList.nullish(),
    ...shared,
  })
  .refine((command) => sizeOf(command) <= 8000, {
    message: "Command exceeds maximum size (8000)",
    params: { discord: "APPLICATION_COMMAND_TOO_LARGE" },
  });
const menu = z.looseObject({
  type: z.literal([ApplicationCommandType.User, ApplicationCommandType.Message]),
  name: z.string().min(1).max(32),
  ...shared,
});
const command = z.preprocess(
  (value) => (typeof value === "object" ? { type: ApplicationCommandType.ChatInput, ...value } : value),
  z.discriminatedUnion("type", [slash, menu]),
);

/** Characters of all names, descriptions and values, the way Discord counts them against 8000. */
function sizeOf(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, each) => sum + sizeOf(each), 0);
  if (typeof node !== "object" || node === null) return 0;
  const own = ["name", "description", "value"].map((key) => (node as Record<string, unknown>)[key]);
  const nested = ["options", "choices"].map((key) => sizeOf((node as Record<string, unknown>)[key]));
  return [...own.map((each) => (typeof each === "string" ? each.length : 0)), ...nested].reduce(
    (sum, each) => sum + each,
    0,
  );
}

const LIMITS: Record<string, number> = {
  [ApplicationCommandType.ChatInput]: 100,
  [ApplicationCommandType.User]: 15,
  [ApplicationCommandType.Message]: 15,
};
const DAILY_CREATES = 200;
const DAY_MS = 86_400_000;

export type Commands = ReturnType<typeof createCommands>;

/** What the bot registered: a list for everywhere ("global"), and one a guild. */
export function createCommands(clock: Clock, applicationId: string, nextId: () => string, changes: Changes) {
  const scopes = new Map<string, APIApplicationCommand[]>();
  const creates = new Map<string, number[]>();
  const list = (scope: string) => scopes.get(scope) ?? [];
  const same = (a: { name: string; type: number }) => (b: { name: string; type: number }) =>
    a.name === b.name && a.type === b.type;

  const save = (scope: string, commands: APIApplicationCommand[]) => {
    for (const [type, max] of Object.entries(LIMITS)) {
      if (commands.filter((each) => String(each.type) === type).length > max)
        throw refuse.tooManyCommands(max);
    }
    const fresh = commands.filter((each) => !list(scope).some(({ id }) => id === each.id)).length;
    // 200 new commands a day and guild; an overwrite of one that exists does not count.
    const today = (creates.get(scope) ?? []).filter((at) => at > clock.now() - DAY_MS);
    if (today.length + fresh > DAILY_CREATES) throw refuse.tooManyCommandCreates();
    creates.set(scope, [...today, ...Array.from({ length: fresh }, () => clock.now())]);
    scopes.set(scope, commands);
    changes.notify("commands");
  };

  const make = (scope: string, body: z.infer<typeof command>, id?: string): APIApplicationCommand => {
    const permissions = body.default_member_permissions;
    return {
      name_localizations: null,
      description_localizations: null,
      nsfw: false,
      ...withoutNulls(body as Record<string, unknown>),
      id: id ?? list(scope).find(same(body))?.id ?? nextId(),
      application_id: applicationId,
      version: nextId(),
      name: body.name,
      type: body.type,
      integration_types: body.integration_types ?? [ApplicationIntegrationType.GuildInstall],
      contexts: body.contexts ?? null,
      description: typeof body["description"] === "string" ? body["description"] : "",
      default_member_permissions: permissions == null ? null : String(permissions),
      ...(scope !== "global" && { guild_id: scope }),
    };
  };

  return {
    list,
    find: (scope: string, id: string) => {
      const found = list(scope).find((each) => each.id === id);
      if (!found) throw refuse.unknownCommand();
      return found;
    },
    /** Replaces the whole list, of all types; a command that exists by name and type keeps its id. */
    overwrite(scope: string, body: unknown): APIApplicationCommand[] {
      const bodies = checkForm(z.array(command), body ?? []);
      const unique = z.array(z.string()).refine((names) => new Set(names).size === names.length, {
        message: "Application command names must be unique",
        params: { discord: "APPLICATION_COMMANDS_DUPLICATE_NAME" },
      });
      checkForm(
        unique,
        bodies.map(({ name, type }) => `${type} ${name}`),
      );
      save(
        scope,
        bodies.map((each) => make(scope, each)),
      );
      return list(scope);
    },
    /** Creates a command, or replaces the one of the same name and type: 201 or 200. */
    create(scope: string, body: unknown): { command: APIApplicationCommand; created: boolean } {
      const made = make(scope, checkForm(command, body));
      const created = !list(scope).some(({ id }) => id === made.id);
      save(scope, [...list(scope).filter(({ id }) => id !== made.id), made]);
      return { command: made, created };
    },
    change(scope: string, existing: APIApplicationCommand, body: unknown): APIApplicationCommand {
      const made = make(scope, checkForm(command, { ...existing, ...(body as object) }), existing.id);
      save(
        scope,
        list(scope).map((each) => (each.id === made.id ? made : each)),
      );
      return made;
    },
    remove(scope: string, { id }: APIApplicationCommand): void {
      save(
        scope,
        list(scope).filter((each) => each.id !== id),
      );
    },
  };
}

function withoutNulls<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) as Partial<T>;
}
