import { pino } from "pino";
import { beforeEach, expect, it } from "vitest";
import { promisesOnly, type VirtualClock, virtualClock } from "../../sandbox/virtual-clock.ts";
import { type Address, newAddress, UNHEARD } from "../../src/discord/address.ts";
import { createPatience } from "../../src/discord/patience.ts";
import { createRecovery } from "../../src/discord/recovery.ts";
import type { FirstMessage } from "../../src/discord/responses.ts";
import type { Job } from "../../src/services/jobs.ts";

const address = (messages: string[], more: Partial<Address> = {}) =>
  newAddress({
    application: "1",
    interaction: "2",
    token: "token",
    expiresAt: 900_000,
    channel: "3",
    private: false,
    messages,
    fileLimitBytes: 1,
    ...more,
  });
const job = (id: string, where: unknown) => ({ id, address: where }) as Job;

let clock: VirtualClock;
let delivered: { id: string; messages: string[]; private: boolean }[];
let withdrawn: string[];
let answers: (FirstMessage | undefined | Error)[];
let stopping: AbortController;

beforeEach(() => {
  clock = virtualClock(0, promisesOnly);
  delivered = [];
  withdrawn = [];
  answers = [];
  stopping = new AbortController();
});

function resume(jobs: Job[]): Promise<void> {
  const recovery = createRecovery({
    runner: { withdraw: async ({ id }) => void withdrawn.push(id) },
    delivery: {
      deliver: async ({ id }, { messages, private: hidden }, how) => {
        expect(how).toEqual({ resumed: true });
        delivered.push({ id, messages, private: hidden });
      },
    },
    responses: {
      async find() {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    patience: createPatience(clock, stopping.signal),
    clock,
    log: pino({ level: "silent" }),
    signal: stopping.signal,
  });
  return recovery.resume(jobs);
}

async function resumeAll(jobs: Job[]): Promise<void> {
  const resumed = resume(jobs);
  await clock.advance(60_000);
  await resumed;
}

it("what was promised goes on where it was", async () => {
  await resumeAll([job("a", address(["77"])), job("b", address([], { handedOver: true }))]);
  expect(delivered.map(({ id, messages }) => [id, messages])).toEqual([
    ["a", ["77"]],
    ["b", []],
  ]);
  expect(withdrawn).toEqual([]);
});

it("what may have been promised is looked up, also where Discord is away at first", async () => {
  answers = [new Error("other side closed"), { message: "77", private: true }];
  await resumeAll([job("a", address([UNHEARD]))]);
  expect(delivered).toEqual([{ id: "a", messages: ["77"], private: true }]);
});

it("what was not promised is withdrawn", async () => {
  answers = [undefined];
  await resumeAll([job("a", address([UNHEARD])), job("b", null), job("c", { channel: 3 })]);
  expect(delivered).toEqual([]);
  expect(withdrawn).toEqual(["a", "b", "c"]);
});

it("fifty a second are taken up, so that new commands do not wait behind them", async () => {
  const jobs = Array.from({ length: 100 }, (_, index) => job(String(index), address(["77"])));
  const resumed = resume(jobs);
  await clock.advance(999);
  expect(delivered.length).toBe(50);
  stopping.abort(new Error("stopped"));
  await resumed;
  expect(delivered).toHaveLength(50);
});
