import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quota as group } from "../../src/commands/quota.ts";
import { models } from "../../src/commands/guild-models.ts";
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
  const asker = { id: "5", name: "Mia", roles: [], manager: true };
  const request = asked(options, { id: String((interactions += 1)), asker, ...more });
  return body.answer(request, { ...accounts, clock, prices: new Map() } as unknown as Services, []);
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

describe("/quota for the server", () => {
  it("sets what may be spent in a month, and shows how it stands, in dollars", async () => {
    await quota.hold(account, { "1/run": fromCredits(200) });
    await quota.settle(account, "1/run", used(fromCredits(1_200)));
    expect(await answer("budget")).toEqual({
      text: `This server has spent **$1.20** this month, of $10.00 a month. A new month begins <t:${Date.UTC(2026, 11, 1) / 1000}:R>.`,
      quiet: ["the operator allows up to $10.00 a month here"],
    });
    expect((await answer("budget", { usd: "$7.50" })).text).toBe(
      "This server's budget is now $7.50 a month.",
    );
    expect((await answer("budget")).text).toContain("of $7.50 a month");
    expect((await answer("budget", { usd: "Default" })).text).toBe(
      "This server's budget is the operator's again.",
    );
    for (const usd of ["", "many", "-1", "1.234", "1e9"])
      await expect(answer("budget", { usd })).rejects.toMatchObject(
        problem("bad-option", { option: "usd", rule: { kind: "dollars" } }),
      );
  });

  it("says where nothing runs because the operator's own budget is used up, though not how much that is", async () => {
    await accounts.budget.hold(null, { "2/run": 25_000_000 });
    expect((await answer("budget")).quiet).toEqual([
      "the operator allows up to $10.00 a month here",
      "what this bot may spend everywhere is used up",
    ]);
  });

  it("shows settings, changes one at a time, and lists who changed what", async () => {
    expect((await answer("settings")).text.split("\n")).toEqual([
      `- Days begin at midnight in **UTC**; the next <t:${Date.UTC(2026, 10, 24) / 1000}:R>`,
      "- Changes and warnings are posted nowhere",
      "- Nobody but those who manage the server may use `/quota` and `/models`",
    ]);
    await answer("settings", { "time-zone": "europe/berlin" });
    await answer("settings", { "alert-channel": { id: "9", name: "bot-log" } });
    await answer("settings", { "add-admin-role": artists });
    await answer("pause");
    const { text } = await answer("settings");
    expect(text.split("\n")).toEqual([
      `- Days begin at midnight in **Europe/Berlin**; the next <t:${Date.UTC(2026, 10, 23, 23) / 1000}:R>`,
      "- Changes and warnings are posted in <#9>",
      "- `/quota` and `/models` are also for **artists**",
      "- **Everything is stopped.** `/quota resume` lets it go on",
    ]);
    const both = await answer("settings", { "no-alerts": true, "remove-admin-role": artists });
    expect([both.text, (await answer("settings")).text]).toEqual([
      "Please change one thing at a time.",
      text,
    ]);
    await answer("resume");
    await answer("settings", { "no-alerts": true });
    await answer("settings", { "remove-admin-role": artists });
    expect((await answer("log", { entries: 2 })).text.split("\n")).toEqual([
      `- <t:${clock.now() / 1000}:R> · **Mia** · The role **artists** does not allow \`/quota\` and \`/models\` any more.`,
      `- <t:${clock.now() / 1000}:R> · **Mia** · Changes and warnings are not posted any more.`,
    ]);
    expect((await answer("log", {}, { guild: "78" })).text).toBe("Nothing was changed here yet.");
  });

  it("reports who used what as a table, and all of it as CSV that no spreadsheet takes for formulas", async () => {
    expect(await answer("report", { days: 1 })).toEqual({ text: "Nobody used anything in the latest day." });
    const name = '=HYPERLINK("http://evil")';
    for (let person = 1; person <= 20; person++) {
      const whose = { ...account, person: String(person) };
      await quota.hold(whose, { "1/run": 0 });
      await quota.settle(whose, "1/run", { command: "imagine", name, cost: fromCredits(person) });
    }
    const { text, quiet, files } = await answer("report");
    expect(text).toMatch(/^Used in the latest 7 days: \*\*210 credits\*\* \(\$0\.21\)\.\n\n\| Day \|/);
    expect(text.split("\n")).toHaveLength(4 + 15);
    expect(quiet).toEqual(["5 more rows are in the attached table"]);
    const [file] = files ?? [];
    expect(file?.name).toBe("replicord-report-2026-11-23");
    const csv = file && "text" in file.from ? file.from.text : "";
    expect(csv.startsWith("\uFEFFday,command,person,person_id,runs,credits,usd,failed_usd\r\n")).toBe(true);
    expect(csv.split("\r\n")[1]).toBe(`2026-11-23,imagine,"'=HYPERLINK(""http://evil"")",id 20,1,20,0.02,0`);
    expect(csv.trim().split("\r\n")).toHaveLength(21);
  });
});

describe("/models", () => {
  const on = { command: models };

  it("lists what may be used, with prices, and what is used unasked", async () => {
    await answer("deny", { model: "flux-dev" }, on);
    const { text, quiet } = await answer("list", {}, on);
    expect(text).toMatch(/^\*\*image\*\*: \*\*`flux-schnell`\*\* ~~`flux-dev`~~ `flux-1\.1-pro`/);
    expect(text.length).toBeLessThan(2_000);
    expect(quiet).toEqual(["bold: used where nobody chooses one · struck out: denied here"]);
    const lines = (await answer("list", { kind: "image" }, on)).text.split("\n");
    expect(lines.slice(0, 2)).toEqual([
      "- **`flux-schnell`** · ~3 credits · default",
      "- ~~`flux-dev`~~ · ~25 credits · denied",
    ]);
  });

  it("allows, denies and chooses by key or reference, and refuses what is no model", async () => {
    await answer("default", { command: "imagine", model: "stability-ai/sdxl" }, on);
    expect((await accounts.guilds.get("77")).defaults).toEqual({ imagine: "sdxl" });
    await answer("deny", { model: "black-forest-labs/flux-schnell" }, on);
    await answer("default", { command: "imagine" }, on).catch((error: unknown) =>
      expect(error).toMatchObject(problem("is-default", { model: "flux-schnell" })),
    );
    await expect(answer("deny", { model: "nothing" }, on)).rejects.toThrow("unknown-model");
    await expect(answer("default", { command: "ask", model: "sdxl" }, on)).rejects.toThrow("wrong-model");
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
