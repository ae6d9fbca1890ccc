import { afterEach, expect, it } from "vitest";
import { virtualClock } from "../../sandbox/virtual-clock.ts";
import { createCharges } from "../../src/services/charges.ts";
import type { Job, Run } from "../../src/services/jobs.ts";
import { fromCredits } from "../../src/services/money.ts";
import { runId } from "../../src/services/run-id.ts";
import { openStore, type Store } from "../../src/services/store.ts";
import { openAccounts } from "./accounts.ts";

let store: Store;
afterEach(() => store.close());

const runOf = (key: string): Run => ({
  key,
  model: "flux-schnell",
  input: {},
  hold: fromCredits(3),
  state: "processing",
});

it("what is left counts no hold of a run that failed, whichever of a job's runs ends last", async () => {
  const clock = virtualClock();
  store = await openStore({ url: "sqlite://:memory:", clock });
  const { quota } = openAccounts(store, clock);
  const charges = createCharges({ quota, clock, insist: (work) => work() });
  const [made, failed] = [runOf("line-1"), runOf("line-2")];
  const job: Job = {
    id: "1",
    command: "batch",
    asker: { id: "ann", name: "Ann" },
    account: { guild: "g", person: "ann", roles: [] },
    address: null,
    request: {},
    state: "open",
    createdAt: clock.now(),
    runs: [made, failed],
  };
  await quota.hold(job.account, Object.fromEntries(job.runs.map((run) => [runId(job, run), run.hold])));
  await charges.settle(job, made, fromCredits(3));
  expect(job.left).toBe(fromCredits(244));
  await charges.forgive(job, failed, 0);
  expect(job.left).toBe(fromCredits(247));
});
