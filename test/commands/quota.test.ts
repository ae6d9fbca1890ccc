import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quota as group } from "../../src/commands/quota.ts";
import { usage } from "../../src/commands/usage.ts";
import { createBudget } from "../../src/services/budget.ts";
import type { Services } from "../../src/services/index.ts";
import { fromCredits } from "../../src/services/money.ts";
import { createQuota, type Quota } from "../../src/services/quota.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import { impatientClock } from "../services/local-server.ts";
import { asked, problem } from "./asked.ts";

const mia = { id: "5", name: "Mia", kind: "person", roles: [] };
const artists = { id: "6", name: "artists", kind: "role", roles: [] };
const account = { guild: "77", person: "5", roles: ["6"] };

let store: Store;
let quota: Quota;

beforeEach(async () => {
  const clock = impatientClock();
  store = await openStore({ url: "sqlite://:memory:", clock });
  const budget = createBudget({ store, clock, monthlyUsd: 25 });
  quota = createQuota({ store, budget, clock, dailyCredits: 250, dmDailyCredits: 50 });
});
afterEach(() => store.close());

/** What `/quota <name>` or `/usage` answers. */
async function answer(name: string, options: Record<string, unknown> = {}, guild: string | null = "77") {
  const found = name === "usage" ? usage : group;
  const body = found.kind === "group" ? found.commands.find((each) => each.name === name) : found.body;
  if (!body || !("answer" in body)) throw new Error(`No such command: ${name}`);
  return body.answer(asked(options, { guild }), { quota } as Services);
}

describe("/quota", () => {
  it("shows what somebody may use, by which rule, and has used", async () => {
    await quota.hold(account, { run: fromCredits(3) });
    await quota.settle(account, "run", fromCredits(3));
    expect((await answer("view", { user: mia })).text).toBe(
      "**Mia** has 250 credits a day (the operator's default), used 3 credits today: 247 left.",
    );
  });

  it("sets rules for people, roles and everyone, and takes them back", async () => {
    expect((await answer("set", { target: mia, credits: "100" })).text).toBe(
      "**Mia** now has 100 credits a day.",
    );
    expect((await answer("set", { target: artists, credits: "Unlimited" })).text).toBe(
      "**artists** now has unlimited credits.",
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
      "20 credits of bonus, which outlive the day",
    ]);
    expect((await answer("reset", { user: mia })).text).toContain("forgotten");
  });

  it.each(["many", "-1", "1e3", "1.55", "1000001", "NaN", ""])("refuses %j as an amount", async (credits) => {
    const rule = { kind: "integer", min: 0, max: 1_000_000 };
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
    await expect(answer("view", { user: mia }, null)).rejects.toMatchObject(problem("guild-only"));
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
