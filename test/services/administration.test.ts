import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import type { Change, Changer } from "../../src/services/administration.ts";
import { fromCredits, fromDollars } from "../../src/services/money.ts";
import { Problem } from "../../src/services/problem.ts";
import { openStore, type Records, type Store } from "../../src/services/store.ts";
import { type Accounts, openAccounts } from "./accounts.ts";

const mia = { id: "5", name: "Mia" };
const artists = { id: "6", name: "artists" };
const account = { guild: "g", person: "5", roles: [] };
const now = Date.UTC(2026, 10, 23, 12);

let clock: VirtualClock;
let store: Store;
let accounts: Accounts;
let interactions: number;
const open = (over: Store) => {
  accounts = openAccounts(over, clock, { monthlyUsd: 25, guildMonthlyUsd: 10 });
};
beforeEach(async () => {
  clock = virtualClock(now);
  store = await openStore({ url: "sqlite://:memory:", clock });
  interactions = 0;
  open(store);
});
afterEach(() => store.close());

const ada = (more: Partial<Changer> = {}): Changer => ({
  id: "1",
  name: "Ada",
  interaction: String((interactions += 1)),
  guild: "g",
  operator: false,
  manager: true,
  ...more,
});
const change = (wanted: Change, more?: Partial<Changer>) => accounts.administration.change(ada(more), wanted);
const refused = (kind: string, facts: object = {}) => ({ reason: { kind, ...facts } });

/** Each as it is asked for. */
const changes: Change[] = [
  { what: "person", person: mia, rule: fromCredits(10) },
  { what: "role", role: artists, rule: "unlimited" },
  { what: "everyone", rule: 0 },
  { what: "grant", person: mia, amount: fromCredits(5) },
  { what: "reset", person: mia },
  { what: "budget", limit: fromDollars(5) },
  { what: "pause", paused: true, everywhere: false },
  { what: "time-zone", zone: "Asia/Tokyo" },
  { what: "alert-channel", channel: { id: "9", name: "bot-log" } },
  { what: "admin-role", role: artists, admin: true },
  { what: "model", model: "flux-dev", allowed: false },
  { what: "default-model", command: "imagine", model: "sdxl" },
  { what: "voice-on", channel: { id: "8", name: "memos" } },
  { what: "voice-off", channel: { id: "8", name: "memos" } },
  { what: "voice-off", channel: null },
];

describe("every change", () => {
  it.each(changes)("is written down and told: $what", async (wanted) => {
    expect(await change(wanted)).toEqual(wanted);
    const entry = { at: now, by: { id: "1", name: "Ada" }, change: wanted };
    expect(await accounts.administration.log("g", 10)).toEqual([entry]);
    expect(await accounts.administration.log("other", 10)).toEqual([]);
    expect(accounts.told).toEqual([{ kind: "change", guild: "g", entry, channel: undefined }]);
  });

  it("is made once, however often its interaction arrives", async () => {
    const grant: Change = { what: "grant", person: mia, amount: fromCredits(5) };
    await Promise.all([change(grant, { interaction: "7" }), change(grant, { interaction: "7" })]);
    expect((await accounts.quota.standing(account)).bonus).toBe(fromCredits(5));
    expect(accounts.told).toHaveLength(1);
  });

  it("is neither made nor written down where the store is away", async () => {
    open(away(store, "audit"));
    await expect(change({ what: "everyone", rule: 0 })).rejects.toMatchObject(refused("store-unavailable"));
    open(store);
    expect(await accounts.administration.log("g", 10)).toEqual([]);
    expect((await accounts.quota.standing(account)).source).toBe("default");
  });

  it("of which nobody knows whether it was written is in the log, and its asker is told to look there", async () => {
    open(away(store, "quota_rules"));
    await expect(change({ what: "everyone", rule: 0 })).rejects.toMatchObject(refused("change-unsure"));
    expect(await accounts.administration.log("g", 10)).toHaveLength(1);
    expect(accounts.told).toEqual([]);
  });

  it("that turns alerts off is told where they went", async () => {
    const channel = { id: "9", name: "bot-log" };
    await change({ what: "alert-channel", channel });
    await change({ what: "alert-channel", channel: null });
    expect(accounts.told).toMatchObject([{ channel: undefined }, { channel }]);
  });

  it("is listed with the latest first, for a year", async () => {
    for (let count = 1; count <= 12; count++)
      await change({ what: "grant", person: mia, amount: fromCredits(count) });
    const latest = (await accounts.administration.log("g", 3)).map(({ change }) => change);
    expect(latest).toMatchObject([12, 11, 10].map((credits) => ({ amount: fromCredits(credits) })));
    await clock.advance(366 * 86_400_000);
    expect(await accounts.administration.log("g", 3)).toEqual([]);
  });
});

describe("what may not be", () => {
  it("is a budget above the operator's, in any way", async () => {
    const asked = fromDollars(10.01);
    const ceiling = fromDollars(10);
    await expect(change({ what: "budget", limit: asked })).rejects.toMatchObject(
      refused("above-ceiling", { asked, ceiling }),
    );
    // Nothing that admins can give lets a guild spend more.
    await change({ what: "person", person: mia, rule: "unlimited" });
    await change({ what: "grant", person: mia, amount: fromCredits(1_000_000) });
    await expect(accounts.quota.hold(account, { run: asked })).rejects.toThrow("guild-budget-spent");
  });

  it("is an admin role that hands itself on", async () => {
    const wanted: Change = { what: "admin-role", role: artists, admin: true };
    await expect(change(wanted, { manager: false })).rejects.toThrow("not-allowed");
    await change(wanted, { manager: false, operator: true });
  });

  it("is stopping everything everywhere, but for those who run the bot", async () => {
    const wanted: Change = { what: "pause", paused: true, everywhere: true };
    await expect(change(wanted)).rejects.toThrow("operator-only");
    await change(wanted, { operator: true });
    await expect(accounts.guilds.checkPause(null)).rejects.toMatchObject(
      refused("paused", { everywhere: true }),
    );
    expect(accounts.paused).toEqual(["everywhere"]);
    await change({ ...wanted, paused: false }, { operator: true });
    await accounts.guilds.checkPause(null);
  });

  it("is a time zone that nobody knows", async () => {
    await expect(change({ what: "time-zone", zone: "Mars/Olympus" })).rejects.toThrow("bad-option");
    expect(await accounts.administration.log("g", 10)).toEqual([]);
  });

  it("is one channel of voice messages more than there can be, but not one of those again", async () => {
    const on = (id: number) => change({ what: "voice-on", channel: { id: String(id), name: "memos" } });
    for (let id = 1; id <= 20; id++) await on(id);
    await on(20);
    await expect(on(21)).rejects.toMatchObject(refused("too-many-channels", { limit: 20 }));
    await change({ what: "voice-off", channel: { id: "1", name: "memos" } });
    await on(21);
    const { voiceChannels } = await accounts.guilds.get("g");
    expect(voiceChannels.map(({ id }) => Number(id))).toEqual(
      [...Array(18).keys()].map((id) => id + 2).concat(20, 21),
    );
    await change({ what: "voice-off", channel: null });
    expect((await accounts.guilds.get("g")).voiceChannels).toEqual([]);
  });

  it("is a channel of voice messages that the bot does not get, but not the end of one", async () => {
    accounts = openAccounts(store, clock, { hearsVoice: false });
    const memos = { id: "8", name: "memos" };
    await expect(change({ what: "voice-on", channel: memos })).rejects.toMatchObject(
      refused("voice-unheard"),
    );
    expect(await accounts.administration.log("g", 10)).toEqual([]);
    expect(await change({ what: "voice-off", channel: memos })).toEqual({
      what: "voice-off",
      channel: memos,
    });
  });

  it("is a default that is not allowed, in either order", async () => {
    const deny = (model: string): Change => ({ what: "model", model, allowed: false });
    await expect(change(deny("flux-schnell"))).rejects.toMatchObject(
      refused("is-default", { model: "flux-schnell" }),
    );
    await change(deny("sdxl"));
    await expect(change({ what: "default-model", command: "imagine", model: "sdxl" })).rejects.toThrow(
      "model-denied",
    );
  });
});

describe("models", () => {
  it("can all be denied, a few allowed, and those chosen one by one", async () => {
    await change({ what: "model", model: "all", allowed: false });
    for (const model of ["gpt-5-nano", "sdxl"]) await change({ what: "model", model, allowed: true });
    await change({ what: "default-model", command: "ask", model: "gpt-5-nano" });
    await change({ what: "default-model", command: "imagine", model: "sdxl" });
    await expect(change({ what: "model", model: "sdxl", allowed: false })).rejects.toThrow("is-default");
    await expect(change({ what: "default-model", command: "ask", model: null })).rejects.toMatchObject(
      refused("is-default", { model: "claude-4.5-haiku" }),
    );
    await change({ what: "model", model: "all", allowed: true });
  });

  it("can be denied and allowed again", async () => {
    await change({ what: "model", model: "all", allowed: false });
    await change({ what: "model", model: "flux-dev", allowed: true });
    expect((await accounts.guilds.get("g")).models).toEqual({ allowed: "none", except: ["flux-dev"] });
    await change({ what: "model", model: "flux-dev", allowed: true });
    await change({ what: "model", model: "all", allowed: true });
    expect((await accounts.guilds.get("g")).models).toEqual({ allowed: "all", except: [] });
  });
});

describe("a guild's time zone", () => {
  it("is when its people's credits come back", async () => {
    await change({ what: "time-zone", zone: "Asia/Tokyo" });
    await accounts.quota.hold(account, { run: fromCredits(200) });
    await accounts.quota.settle(account, "run", { command: "ask", name: "Mia", cost: fromCredits(200) });
    const { left, resetsAt } = await accounts.quota.standing(account);
    expect([left, resetsAt]).toEqual([fromCredits(50), Date.UTC(2026, 10, 23, 15)]);
    await clock.advance(3 * 3_600_000);
    expect((await accounts.quota.standing(account)).left).toBe(fromCredits(250));
    // West of it the same day goes on, and ends when it ends there.
    await accounts.quota.hold(account, { later: fromCredits(200) });
    await accounts.quota.settle(account, "later", { command: "ask", name: "Mia", cost: fromCredits(200) });
    await change({ what: "time-zone", zone: "Pacific/Honolulu" });
    expect(await accounts.quota.standing(account)).toMatchObject({
      left: fromCredits(50),
      resetsAt: Date.UTC(2026, 10, 25, 10),
    });
    expect((await accounts.quota.report("g", 1)).map(({ day }) => day)).toEqual(["2026-11-24", "2026-11-23"]);
    // Elsewhere it is the same day still.
    expect((await accounts.quota.standing({ ...account, guild: "h" })).resetsAt).toBe(Date.UTC(2026, 10, 24));
  });
});

/** A store that takes no writes to a namespace. */
function away(inner: Store, namespace: string): Store {
  const failing = <T>(records: Records<T>): Records<T> => ({
    ...records,
    set: () => Promise.reject(new Problem({ kind: "store-unavailable" })),
  });
  return {
    ...inner,
    records: (name, schema, form) => {
      const records = inner.records(name, schema, form);
      return name === namespace ? failing(records) : records;
    },
  };
}
