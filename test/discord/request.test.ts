import {
  type APIChatInputApplicationCommandInteraction,
  type APIUserApplicationCommandInteraction,
  ApplicationCommandOptionType,
} from "discord.js";
import { describe, expect, it } from "vitest";
import {
  audio,
  boolean,
  channel,
  choice,
  image,
  integer,
  type Option,
  optional,
  person,
  personOrRole,
  role,
  text,
} from "../../src/commands/options.ts";
import type { Press } from "../../src/commands/press.ts";
import {
  askerOf,
  guildOf,
  leafOf,
  readOptions,
  requestFrom,
  requestOf,
  targetPerson,
} from "../../src/discord/request.ts";

type Given = Parameters<typeof readOptions>[1];
type Resolved = Parameters<typeof readOptions>[2];

const options = {
  prompt: text("What", { max: 10 }),
  count: optional(integer("How many", { min: 1, max: 4 })),
  scale: optional(choice("How large", [2, 4])),
  shape: optional(choice("Which shape", ["wide", "tall"])),
  private: optional(boolean("Only you")),
};

/** What the command's body gets of these values. */
const read = (values: Record<string, unknown>) =>
  readOptions(
    options,
    Object.entries(values).map(([name, value]) => ({ name, value })) as unknown as Given,
    undefined,
  );

const refusal = (option: string, rule: object) =>
  expect.objectContaining({ reason: { kind: "bad-option", option, rule } });

describe("options", () => {
  it("are read as their command declares them", () => {
    expect(read({ prompt: " a fox ", count: 3, scale: 4, shape: "tall", private: true, other: 1 })).toEqual({
      prompt: "a fox",
      count: 3,
      scale: 4,
      shape: "tall",
      private: true,
    });
    expect(read({ prompt: "a fox", shape: " " })).toEqual({ prompt: "a fox" });
  });

  it.each([
    ["missing", {}, "prompt", { kind: "required" }],
    ["blank", { prompt: " \n " }, "prompt", { kind: "required" }],
    ["too long", { prompt: "x".repeat(11) }, "prompt", { kind: "text", max: 10 }],
    ["too small", { prompt: "x", count: 0 }, "count", { kind: "integer", min: 1, max: 4 }],
    ["too large", { prompt: "x", count: 5 }, "count", { kind: "integer", min: 1, max: 4 }],
    ["not whole", { prompt: "x", count: 1.5 }, "count", { kind: "integer", min: 1, max: 4 }],
    ["no number", { prompt: "x", count: "2" }, "count", { kind: "integer", min: 1, max: 4 }],
    ["not a choice", { prompt: "x", shape: "round" }, "shape", { kind: "choice", choices: ["wide", "tall"] }],
    [
      "a choice of another type",
      { prompt: "x", scale: "2" },
      "scale",
      { kind: "choice", choices: ["2", "4"] },
    ],
  ])("that are %s are refused", (_, values, option, rule) => {
    expect(() => read(values)).toThrow(refusal(option, rule));
  });

  const photo = {
    id: "9",
    filename: "cat.png",
    url: "https://cdn.discordapp.com/cat.png",
    size: 7,
    proxy_url: "",
  };

  it("that are files come with what Discord knows of them", () => {
    const given = [{ name: "image", value: "9" }] as unknown as Given;
    const resolved = {
      attachments: { 9: { ...photo, content_type: "image/png", width: 3, height: 4 } },
    } as unknown as Resolved;
    expect(readOptions({ image: image("Which") }, given, resolved)["image"]).toEqual({
      url: photo.url,
      name: "cat.png",
      contentType: "image/png",
      bytes: 7,
      width: 3,
      height: 4,
    });
    expect(() => readOptions({ image: image("Which") }, given, {})).toThrow(
      refusal("image", { kind: "required" }),
    );
    expect(readOptions({ audio: optional(audio("Which")) }, [], {})).toEqual({});
  });

  it("that are people or roles come with their names here", () => {
    const resolved = {
      users: { 5: { id: "5", username: "mia", global_name: "Mia" } },
      members: { 5: { nick: "Mimi", roles: ["6"] } },
      roles: { 6: { id: "6", name: "artists" } },
    } as unknown as Resolved;
    const target = (value: string) =>
      readOptions({ target: personOrRole("Who") }, [{ name: "target", value }] as unknown as Given, resolved)[
        "target"
      ];
    expect(target("5")).toEqual({ id: "5", kind: "person", name: "Mimi", roles: ["6"] });
    expect(target("6")).toEqual({ id: "6", kind: "role", name: "artists", roles: [] });
    expect(() => target("7")).toThrow(refusal("target", { kind: "required" }));
  });

  const one = (option: Option, value: string, resolved: object) =>
    readOptions({ one: option }, [{ name: "one", value }] as unknown as Given, resolved)["one"];

  it("that can be a person only, or a role only, take nothing else", () => {
    const resolved = {
      users: { 5: { id: "5", username: "mia", global_name: "Mia" } },
      roles: { 6: { id: "6", name: "artists" } },
    };
    expect(one(role("Which"), "6", resolved)).toEqual({ id: "6", kind: "role", name: "artists", roles: [] });
    expect(one(person("Who"), "5", resolved)).toMatchObject({ kind: "person", name: "Mia" });
    expect(() => one(role("Which"), "5", resolved)).toThrow(refusal("one", { kind: "required" }));
    expect(() => one(person("Who"), "6", resolved)).toThrow(refusal("one", { kind: "required" }));
  });

  it("that are channels come with their names, where people write in them", () => {
    const types = { text: 0, voice: 2, announcement: 5, thread: 11, forum: 15 };
    const channels = Object.fromEntries(
      Object.entries(types).map(([name, type]) => [`1${type}`, { id: `1${type}`, name, type }]),
    );
    expect(one(channel("Where"), "10", { channels })).toEqual({ id: "10", name: "text" });
    expect(one(channel("Where"), "15", { channels })).toEqual({ id: "15", name: "announcement" });
    for (const id of ["12", "111", "115", "7"])
      expect(() => one(channel("Where"), id, { channels })).toThrow(refusal("one", { kind: "required" }));
  });
});

const user = { id: "5", username: "mia", global_name: "Mia" };
const interaction = (more: object) =>
  ({
    id: "1048390221946834954",
    locale: "de",
    authorizing_integration_owners: { 0: "77" },
    guild_id: "77",
    channel: { id: "88", type: 0 },
    ...more,
  }) as unknown as APIChatInputApplicationCommandInteraction;

describe("the asker", () => {
  it("is who they are in this server", () => {
    const member = { user, nick: "Mimi", roles: ["6"], permissions: "0" };
    expect(askerOf(interaction({ member }))).toEqual({ id: "5", name: "Mimi", roles: ["6"], manager: false });
  });

  it("manages the server by either permission", () => {
    const may = (permissions: bigint) =>
      askerOf(interaction({ member: { user, roles: [], permissions: String(permissions) } })).manager;
    expect([may(1n << 5n), may(1n << 3n), may(1n << 4n)]).toEqual([true, true, false]);
  });

  it("is nobody in particular in direct messages", () => {
    const dm = interaction({ user, guild_id: undefined, authorizing_integration_owners: { 1: "5" } });
    expect(askerOf(dm)).toEqual({ id: "5", name: "Mia", roles: [], manager: false });
    expect(guildOf(dm)).toBeNull();
  });

  it("who brought the bot along asks outside of the server's rules", () => {
    expect(guildOf(interaction({ user }))).toBe("77");
    expect(guildOf(interaction({ user, authorizing_integration_owners: { 1: "5" } }))).toBeNull();
  });
});

it("a request has the same chance after a restart, and others have another", () => {
  const models = { ask: "a", imagine: "b", transcribe: "c" };
  const chance = (id: string) => requestOf(interaction({ id, user }), {}, { models }).chance;
  const chances = Array.from({ length: 500 }, (_, index) =>
    chance(String(1048390221946834954n + BigInt(index))),
  );
  expect(chances.every((each) => Number.isInteger(each) && each >= 0 && each < 1_000_000)).toBe(true);
  expect(new Set(chances).size).toBeGreaterThan(490);
  expect(chance("1048390221946834954")).toBe(chances[0]);
});

describe("what a press asks for", () => {
  const models = { ask: "a", imagine: "b", transcribe: "c" };
  const file = { url: "https://cdn/x.png", name: "x.png", contentType: "image/png", bytes: 7, checked: true };
  const fresh = { ...file, url: "https://cdn/y.png" };
  const press = (job: object) =>
    ({
      job: { id: "6", state: "delivered", ...job },
      locale: "de",
      attachments: [fresh],
    }) as unknown as Press;
  const from = (job: object, options: Record<string, unknown> = {}) =>
    requestFrom(interaction({ user }), press(job), { options }, { models });

  it("has its files looked into anew, and knows which of them may be too old", () => {
    expect(from({}, { old: file, fresh, prompt: "x" }).options).toEqual({
      old: { ...file, checked: false, earlier: true },
      fresh: { ...fresh, checked: false, earlier: false },
      prompt: "x",
    });
  });

  it("comes from the job that was pressed, of which a draft is none yet", () => {
    expect(from({}).from).toBe("6");
    expect(from({ state: "draft", request: {} })).not.toHaveProperty("from");
    expect(from({ state: "draft", request: { from: "5" } }).from).toBe("5");
  });
});

it("a subcommand's options are its own", () => {
  const what = [{ type: ApplicationCommandOptionType.String as const, name: "what", value: "x" }];
  expect(
    leafOf({
      data: { options: [{ type: ApplicationCommandOptionType.Subcommand, name: "view", options: what }] },
    }),
  ).toEqual({
    subcommand: "view",
    given: what,
  });
  expect(leafOf({ data: { options: what } })).toEqual({ subcommand: undefined, given: what });
  expect(leafOf({ data: {} })).toEqual({ subcommand: undefined, given: [] });
});

it("a user command takes the person, as they are here", () => {
  const resolved = { users: { 5: user }, members: { 5: { nick: "Mimi", roles: ["6"] } } };
  const on = (data: object) => targetPerson({ data } as unknown as APIUserApplicationCommandInteraction);
  expect(on({ target_id: "5", resolved })).toEqual({ id: "5", kind: "person", name: "Mimi", roles: ["6"] });
  expect(on({ target_id: "5", resolved: { users: { 5: user } } })).toMatchObject({ name: "Mia", roles: [] });
});
