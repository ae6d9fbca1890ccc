import { afterEach, beforeEach, expect, it } from "vitest";
import { type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { fromCredits, sum } from "../../src/services/money.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import { type Accounts, openAccounts } from "./accounts.ts";

const DAY = 86_400_000;
const ann = { guild: "g", person: "1", roles: [] };
const bob = { guild: "g", person: "2", roles: [] };

let clock: VirtualClock;
let store: Store;
let accounts: Accounts;
beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  store = await openStore({ url: "sqlite://:memory:", clock });
  accounts = openAccounts(store, clock);
});
afterEach(() => store.close());

let runs = 0;
async function spend(account: typeof ann, command: string, cost: number, forgiven = false): Promise<void> {
  const runId = `${(runs += 1)}/run`;
  const use = { command, name: account === ann ? "Ann" : "Bob", cost: fromCredits(cost) };
  await accounts.quota.hold(account, { [runId]: use.cost });
  await (forgiven ? accounts.quota.forgive : accounts.quota.settle)(account, runId, use);
}
const report = (days: number) => accounts.quota.report("g", days);

it("tells who used what, by day and command, also of days that are over", async () => {
  await spend(ann, "imagine", 3);
  await spend(ann, "imagine", 4);
  await spend(bob, "ask", 1);
  await clock.advance(DAY);
  await spend(ann, "ask", 2);
  await spend(ann, "ask", 5, true);
  const facts = { name: "Ann", person: "1", forgiven: 0 };
  expect(await report(7)).toEqual([
    {
      ...facts,
      day: "2026-11-24",
      command: "ask",
      runs: 2,
      charged: fromCredits(2),
      forgiven: fromCredits(5),
    },
    { ...facts, day: "2026-11-23", command: "imagine", runs: 2, charged: fromCredits(7) },
    { day: "2026-11-23", name: "Bob", person: "2", command: "ask", runs: 1, charged: 1_000, forgiven: 0 },
  ]);
  expect(await report(1)).toHaveLength(1);
});

it("counts what an asker is forgiven by an admin all the same", async () => {
  await spend(ann, "imagine", 3);
  await accounts.quota.reset("g", "1");
  await spend(ann, "imagine", 4);
  expect(await report(1)).toMatchObject([{ runs: 2, charged: fromCredits(7) }]);
});

it("knows nothing of other guilds and of direct messages", async () => {
  await spend({ ...ann, guild: "g2" }, "imagine", 3);
  await spend({ ...ann, guild: null } as never, "imagine", 3);
  expect(await report(90)).toEqual([]);
});

it("reaches back for 90 days, and everything older goes", async () => {
  for (let day = 0; day < 100; day++) {
    await spend(ann, "ask", 1);
    await clock.advance(DAY);
  }
  const rows = await report(90);
  expect(rows).toHaveLength(89); // Today nothing was used yet.
  expect(sum(rows.map(({ charged }) => charged))).toBe(fromCredits(89));
  await store.sweep();
  expect((await report(200)).length).toBeLessThanOrEqual(92);
});
