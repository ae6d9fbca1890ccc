import { afterEach, expect, it } from "vitest";
import { hurriedClock } from "../../../sandbox/hurried-clock.ts";
import { systemClock } from "../../../src/services/clock.ts";
import { startWorld, type World } from "../../journeys/world.ts";

let world: World;
afterEach(() => world.close());

const creates = () =>
  world.replicate.journal.filter(({ method, path }) => method === "POST" && path.endsWith("/predictions"));
const cancels = () => world.replicate.journal.filter(({ path }) => path.endsWith("/cancel"));

it.each([
  ["starting", "imagine", { prompt: "a lighthouse" }],
  ["processing", "imagine", { prompt: "a lighthouse" }],
  ["starting", "ask", { prompt: "why is the sky blue?" }],
  ["processing", "ask", { prompt: "why is the sky blue?" }],
] as const)(
  "a run that stays %s for ever is stopped, once, and the asker is told (/%s)",
  async (stuck, command, options) => {
    const clock = hurriedClock(1_200);
    world = await startWorld({ clock, discord: { clock: systemClock } });
    world.replicate.script({ stuck });
    const exchange = world.discord.people.member.command(command, options);
    await world.finished(exchange);
    expect(cancels()).toHaveLength(1);
    const shown = world.discord.people.member.sees().map(({ content }) => content);
    expect(shown.join("\n")).toMatch(
      // What a text's model had read by then is used.
      /took too long and was stopped[^\n]*\n-# (Nothing was charged|This used <0\.1 credit)\./,
    );
    expect([...world.replicate.predictions.values()].map(({ status }) => status)).toEqual(["canceled"]);
  },
);

it("an account that is low on credit is asked six times a minute, and nobody is refused", async () => {
  const clock = hurriedClock(30);
  world = await startWorld({ clock, discord: { clock: systemClock } });
  world.replicate.limit(6);
  const { member } = world.discord.people;
  const exchanges = [1, 2, 3].map((seed) => member.command("imagine", { prompt: "a cat", seed }));
  for (const exchange of exchanges) await world.finished(exchange);
  expect(exchanges.map(({ messages }) => messages[0]?.attachments.length)).toEqual([1, 1, 1]);
  const taken = creates().filter(({ status }) => status === 201);
  expect(taken).toHaveLength(3);
  // Nothing is hammered: each refusal is followed by a wait as long as Replicate named.
  expect(creates().length).toBeLessThanOrEqual(8);
});
