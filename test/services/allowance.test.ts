import { expect, it } from "vitest";
import { type Account, type GuildRules, allowanceOf } from "../../src/services/allowance.ts";

const defaults = { daily: 100, dmDaily: 20 };
const ann: Account = { guild: "g", person: "ann", roles: ["artist", "helper"] };
const none: GuildRules = { people: {}, roles: {} };

it.each<[string, Account, GuildRules, object]>([
  ["the default without a rule", ann, none, { allowance: 100, source: "default" }],
  ["the guild's rule for everyone", ann, { ...none, everyone: 0 }, { allowance: 0, source: "everyone" }],
  [
    "the best of one's roles, even below everyone's",
    ann,
    { everyone: 300, people: {}, roles: { artist: 250, helper: 40, boss: "unlimited" } },
    { allowance: 250, source: "role" },
  ],
  [
    "unlimited as the best of all",
    ann,
    { ...none, roles: { artist: "unlimited", helper: 900 } },
    { allowance: "unlimited", source: "role" },
  ],
  [
    "one's own rule over any role: 0 shuts one person out",
    ann,
    { people: { ann: 0 }, roles: { artist: 250 } },
    { allowance: 0, source: "person" },
  ],
  [
    "the direct-message default, whatever a guild says",
    { ...ann, guild: null },
    { everyone: 5, people: { ann: "unlimited" }, roles: { artist: 250 } },
    { allowance: 20, source: "dm" },
  ],
])("gives %s", (_story, account, rules, granted) => {
  expect(allowanceOf(account, rules, defaults)).toEqual(granted);
});
