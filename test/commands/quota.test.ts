import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quota as group } from "../../src/commands/quota.ts";
import { usage } from "../../src/commands/usage.ts";
import type { Services } from "../../src/services/index.ts";
import { fromCredits } from "../../src/services/money.ts";
import type { Quota } from "../../src/services/quota.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import type { Command, Request } from "../../src/commands/command.ts";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { type Accounts, openAccounts } from "../services/accounts.ts";
import { asked, problem } from "./asked.ts";
import { used } from "../services/used.ts";

const mia = { id: "5", name: "Mia", kind: "person", roles: [] };
const artists = { id: "6", name: "artists", kind: "role", roles: [] };
const account = { guild: "77", person: "5", roles: ["6"] };

let store: Store;
let clock: VirtualClock;
let accounts: Accounts;
let quota: Quota;

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  store = await openStore({ url: "sqlite://:memory:", clock });
  accounts = openAccounts(store, clock, { guildMonthlyUsd: 10 });
  ({ quota } = accounts);
});
afterEach(() => store.close());

const named = (command: Command, name: string) => {
  if (command.kind !== "group") return command.body;
  return command.commands.find((each) => each.name === name);
};

let interactions = 0;

/** What `/quota <name>`, `/models <name>` or `/usage` answers. */
async function answer(
  name: string,
  options: Record<string, unknown> = {},
  { command = group, ...more }: Partial<Request> & { command?: Command } = {},
) {
  const body = named(name === "usage" ? usage : command, name);
  if (!body || !("answer" in body)) throw new Error(`No such command: ${name}`);
  const request = asked(options, { id: String((interactions += 1)), ...more });
  return body.answer(request, { ...accounts, clock, prices: new Map() } as unknown as Services);
}

describe("/quota", () => {
  it("shows what somebody may use, by which rule, and has used", async () => {
    await quota.hold(account, { run: fromCredits(3) });
    await quota.settle(account, "run", used(fromCredits(3)));
    expect((await answer("view", { user: mia })).text).toBe(
      "**Mia** has 250 credits a day (the operator's default), used 3 credits today: 247 left.",
    );
  });

  it("sets rules for people, roles and everyone, and takes them back", async () => {
    expect((await answer("set", { target: mia, credits: "100" })).text).toBe(
      "**Mia** now has 100 credits a day.",
    );
    expect((await answer("set", { target: artists, credits: "Unlimited" })).text).toBe(
      "Whoever has the role **artists** now has unlimited credits.",
    );
    await answer("set-everyone", { credits: "10" });
    expect((await quota.standing(account)).allowance).toBe(fromCredits(100));
    await answer("set", { target: mia, credits: "default" });
    expect((await quota.standing(account)).allowance).toBe("unlimited");
    expect((await quota.standing({ ...account, person: "8", roles: [] })).allowance).toBe(fromCredits(10));
  });

  it("gives somebody credits once, and forgets what they used", async () => {
    expect((await answer("grant", { user: mia, credits: "20" })).text).toMatch(
      /^\*\*Mia\*\* got 20 credits of bonus/,
    );
    expect((await answer("view", { user: mia })).quiet).toEqual([
      `a new day begins <t:${Date.UTC(2026, 10, 24) / 1000}:R>`,
      "20 credits of bonus, which outlive the day",
    ]);
    expect((await answer("reset", { user: mia })).text).toContain("forgotten");
  });

  it.each(["many", "-1", "1e3", "1.55", "1000001", "NaN", ""])("refuses %j as an amount", async (credits) => {
    const rule = { kind: "credits", max: 1_000_000 };
    for (const work of [
      () => answer("grant", { user: mia, credits }),
      () => answer("set-everyone", { credits }),
    ])
      await expect(work()).rejects.toMatchObject(problem("bad-option", { option: "credits", rule }));
  });

  it("can't give unlimited credits once", async () => {
    await expect(answer("grant", { user: mia, credits: "unlimited" })).rejects.toMatchObject({
      reason: { kind: "bad-option" },
    });
  });

  it("is for servers only", async () => {
    await expect(answer("view", { user: mia }, { guild: null })).rejects.toMatchObject(problem("guild-only"));
  });
});

it("/usage tells the asker what is used, left and set aside", async () => {
  await quota.hold(account, { run: fromCredits(30) });
  await quota.grant("77", "5", fromCredits(5));
  const view = await answer("usage");
  expect(view.text).toMatch(/^You have used 0 credits today and have 225 left\. They come back <t:\d+:R>\.$/);
  expect(view.quiet).toEqual([
    "30 credits are set aside for what is running",
    "5 credits of bonus, which outlive the day",
  ]);
});
