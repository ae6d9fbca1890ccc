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
const job = (id: string, where: unknown) => ({ id, address: where, runs: [] as Job["runs"] }) as Job;

let clock: VirtualClock;
let delivered: { id: string; messages: string[]; private: boolean }[];
let withdrawn: string[];
let unclaimed: string[];
let saved: string[];
let answers: ((FirstMessage & { untouched: boolean }) | undefined | Error)[];
let stopping: AbortController;

beforeEach(() => {
  clock = virtualClock(0, promisesOnly);
  delivered = [];
  withdrawn = [];
  unclaimed = [];
  saved = [];
  answers = [];
  stopping = new AbortController();
});

function resume(jobs: Job[]): Promise<void> {
  const recovery = createRecovery({
    runner: { withdraw: async ({ id }) => void withdrawn.push(id) },
    jobs: {
      save: async (each) => void saved.push(`${each.id} ${(each.address as Address).messages.join()}`),
      unclaim: async (id, what) => void unclaimed.push(`${id} ${what}`),
    },
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
  const reply = address([], { replyTo: "66", growing: true });
  await resumeAll([job("a", address(["77"])), job("b", address([], { handedOver: true })), job("c", reply)]);
  expect(delivered.map(({ id, messages }) => [id, messages])).toEqual([
    ["a", ["77"]],
    ["b", []],
    ["c", []],
  ]);
  expect(withdrawn).toEqual([]);
});

it("what may have been promised is looked up, also where Discord is away at first", async () => {
  answers = [new Error("other side closed"), { message: "77", private: true, untouched: true }];
  await resumeAll([job("a", address([UNHEARD]))]);
  // Before anything follows the deferral: then nobody could tell any more.
  expect(saved).toEqual(["a 77"]);
  expect(delivered).toEqual([{ id: "a", messages: ["77"], private: true }]);
});

it("a sentence in the place of an answer is no promise, unless a run was begun", async () => {
  answers = [1, 2].map(() => ({ message: "77", private: true, untouched: false }));
  const begun = { ...job("b", address([UNHEARD])), runs: [{ state: "processing" } as Job["runs"][0]] };
  await resumeAll([job("a", address([UNHEARD])), begun]);
  expect(withdrawn).toEqual(["a"]);
  expect(delivered.map(({ id }) => id)).toEqual(["b"]);
});

it("what was not promised is withdrawn", async () => {
  answers = [undefined];
  await resumeAll([job("a", address([UNHEARD])), job("b", null), job("c", { channel: 3 })]);
  expect(delivered).toEqual([]);
  expect(withdrawn.toSorted()).toEqual(["a", "b", "c"]);
});

it("the button that asked for what was not promised may be pressed again", async () => {
  await resumeAll([{ ...job("a", null), request: { once: [{ job: "z", what: "retry" }] } }]);
  expect(unclaimed).toEqual(["z retry"]);
});

it("one that can't be looked up does not hold up the others", async () => {
  answers = Array.from({ length: 100 }, () => new Error("other side closed"));
  void resume([job("a", address([UNHEARD])), job("b", address(["77"]))]).catch(() => undefined);
  await clock.advance(1_000);
  expect(delivered.map(({ id }) => id)).toEqual(["b"]);
  stopping.abort(new Error("stopped"));
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
