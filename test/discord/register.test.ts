import { ApplicationCommandUpdateRequestSchema } from "discord-api-spec/zod";
import type { REST } from "discord.js";
import { describe, expect, it } from "vitest";
import {
  answeringCommand,
  type Command,
  defineCommand,
  defineGroup,
  defineUserCommand,
} from "../../src/commands/command.ts";
import { channel, type Options, optional, person, role, text } from "../../src/commands/options.ts";
import { commands } from "../../src/commands/index.ts";
import { commandJson, register } from "../../src/discord/register.ts";

type Json = Record<string, unknown>;

/** What Discord gives back of a command: ids and nulls of its own; what is false or empty is left out. */
const asKept = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asKept);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([, each]) => each !== false && !(Array.isArray(each) && each.length === 0),
  );
  return Object.fromEntries(kept.map(([name, each]) => [name, asKept(each)]));
};

/** Keeps commands by the route that they were put to, as Discord does. */
function discord() {
  const kept = new Map<string, Json[]>();
  const routes: string[] = [];
  const rest = {
    get: async (route: string) => kept.get(route) ?? [],
    put: async (route: string, { body }: { body: Json[] }) => {
      routes.push(route);
      const own = {
        id: "1",
        version: "2",
        default_member_permissions: null,
        nsfw: false,
        name_localizations: null,
      };
      kept.set(
        route,
        body.map((command) => ({ ...own, ...(asKept(command) as Json) })),
      );
    },
  };
  return { rest: rest as unknown as REST, routes };
}

const answer = async () => ({ text: "" });
const say = (options: Options): Command =>
  defineCommand({ name: "say", description: "Says", options, answer });
const menuEntry = (manager: boolean): Command =>
  defineUserCommand({
    name: "Jobs of",
    option: "user",
    manager,
    body: answeringCommand({ name: "of", description: "Lists", options: { user: person("Who") }, answer }),
  });

describe("every command", () => {
  it.each(commands.map((command) => commandJson(command)))("$name is one that Discord takes", (json) => {
    // The schema has permissions as a number; over the wire they are text.
    const permissions = "default_member_permissions" in json ? { default_member_permissions: 32 } : {};
    expect(
      ApplicationCommandUpdateRequestSchema.safeParse({ ...json, ...permissions }).error,
    ).toBeUndefined();
  });

  it("takes channels in which people write, and roles", () => {
    const json = commandJson(say({ where: channel("Where"), whose: optional(role("Whose")) }));
    expect(json).toMatchObject({
      options: [
        { type: 7, name: "where", description: "Where", required: true, channel_types: [0, 5] },
        { type: 8, name: "whose", description: "Whose", required: false },
      ],
    });
    expect(ApplicationCommandUpdateRequestSchema.safeParse(json).error).toBeUndefined();
  });

  it("in a person's Apps menu is for servers only, and hidden from others where it is for managers", () => {
    const json = commandJson(menuEntry(true));
    expect(json).toEqual({
      type: 2,
      name: "Jobs of",
      integration_types: [0],
      contexts: [0],
      default_member_permissions: "32",
    });
    const sent = { ...json, default_member_permissions: 32 };
    expect(ApplicationCommandUpdateRequestSchema.safeParse(sent).error).toBeUndefined();
    expect(commandJson(menuEntry(false))).toEqual({
      type: 2,
      name: "Jobs of",
      integration_types: [0],
      contexts: [0],
    });
  });

  it("has its required options first, and another name than the others", () => {
    const all = commands.map((command) => commandJson(command));
    expect(new Set(all.map(({ name, type }) => `${type} ${name}`)).size).toBe(all.length);
    const imagine = all.find(({ name }) => name === "imagine") as { options: { name: string }[] };
    expect(imagine.options[0]?.name).toBe("prompt");
  });

  it("for managers is for servers only, and hidden from others", () => {
    const json = commands.map((command) => commandJson(command)).find(({ name }) => name === "quota");
    expect(json).toMatchObject({ default_member_permissions: "32", contexts: [0] });
  });
});

describe("registering", () => {
  it("sends the commands once, and again only when they changed", async () => {
    const { rest, routes } = discord();
    expect(await register(rest, "7", commands)).toBe(true);
    expect(await register(rest, "7", commands)).toBe(false);
    expect(await register(rest, "7", commands.slice(1))).toBe(true);
    expect(await register(rest, "7", commands, "8")).toBe(true);
    expect(routes).toEqual([
      "/applications/7/commands",
      "/applications/7/commands",
      "/applications/7/guilds/8/commands",
    ]);
  });

  const sayWhat = (option: Parameters<typeof text>[1]) => say({ what: optional(text("What", option)) });
  const group = (manager: boolean): Command => {
    const list = answeringCommand({ name: "list", description: "Lists", options: {}, answer });
    return defineGroup({ name: "jobs", description: "Jobs", manager, commands: [list] });
  };

  it("sees that nothing changed where a subcommand has no options", async () => {
    const { rest } = discord();
    await register(rest, "7", [group(false)]);
    expect(await register(rest, "7", [group(false)])).toBe(false);
  });

  it("sees that nothing changed where there are channels, and what is offered to others now", async () => {
    const { rest } = discord();
    const declared = (manager: boolean) => [say({ where: channel("Where") }), menuEntry(manager)];
    await register(rest, "7", declared(true));
    expect(await register(rest, "7", declared(true))).toBe(false);
    expect(await register(rest, "7", declared(false))).toBe(true);
  });

  it("sees what is no longer declared", async () => {
    const { rest } = discord();
    await register(rest, "7", [sayWhat({ complete: () => [] }), group(true)]);
    expect(await register(rest, "7", [sayWhat({}), group(true)])).toBe(true);
    expect(await register(rest, "7", [sayWhat({}), group(false)])).toBe(true);
    expect(await register(rest, "7", [sayWhat({}), group(false)])).toBe(false);
  });
});
