import { pino } from "pino";
import { expect, it } from "vitest";
import { promisesOnly, virtualClock } from "../../sandbox/virtual-clock.ts";
import type { RunningCommand } from "../../src/commands/command.ts";
import { createDelivery } from "../../src/discord/delivery.ts";
import { createLanes } from "../../src/discord/lanes.ts";
import { createMessages } from "../../src/discord/messages.ts";
import type { Clock } from "../../src/services/clock.ts";
import type { Services } from "../../src/services/index.ts";
import type { Job } from "../../src/services/jobs.ts";
import { createScreen } from "./screen.ts";

const job: Job = {
  id: "1048390221946834954",
  command: "ask",
  asker: { id: "5", name: "Mia" },
  account: { guild: "77", person: "5", roles: [] },
  address: null,
  request: { locale: "en-US" },
  state: "open",
  createdAt: 0,
  runs: [],
};

/** Whose following breaks while a View waits for its turn, as it does where the store stays away. */
async function* breaking(clock: Clock): AsyncGenerator<Job> {
  yield job;
  await clock.sleep(200);
  yield job;
  await clock.sleep(10);
  throw new Error("the store is away");
}

it("an answer whose following breaks is left as it is, and nothing more is asked of Discord", async () => {
  const clock = virtualClock(0, promisesOnly);
  const screen = createScreen(clock);
  const lanes = createLanes({ webhook: screen.rest, channel: screen.rest, clock });
  const delivery = createDelivery({
    services: { runner: { follow: () => breaking(clock) }, jobs: {}, files: {} } as unknown as Services,
    messages: createMessages({ lanes, clock }),
    directMessages: { instead: () => Promise.resolve(undefined) },
    clock,
    log: pino({ level: "silent" }),
    commandOf: () => ({ view: () => ({ text: `at ${clock.now()}` }) }) as unknown as RunningCommand,
    maxMessages: 5,
    signal: new AbortController().signal,
  });
  const delivering = delivery.deliver(job, screen.answer());
  await clock.advance(60_000);
  await delivering;
  expect(screen.contents).toEqual(["at 0"]);
  expect(screen.asked).toBe(1);
  await delivery.idle();
});
