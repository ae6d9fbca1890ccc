import { afterEach, expect, it } from "vitest";
import { skippingClock } from "../../sandbox/skipping-clock.ts";
import { startWorld, type World } from "./world.ts";

const MINUTE = 60_000;
const ANSWERS = 10;

let world: World;
afterEach(() => world.close());

it("answers that were ready while Discord was away for minutes are all brought afterwards, without a storm", async () => {
  const clock = skippingClock();
  world = await startWorld({ clock, replicate: { coldBootMs: MINUTE } });
  const { member } = world.discord.people;
  const asked = Array.from({ length: ANSWERS }, (_, index) =>
    member.command("imagine", { prompt: `picture ${index}`, seed: index }),
  );
  for (const each of asked) await each.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
  while (world.replicate.predictions.size < ANSWERS) await new Promise((resolve) => setTimeout(resolve, 5));

  const before = world.discord.journal.length;
  world.discord.faults.add({ path: /\/(webhooks|channels)\//, status: 503, times: Number.POSITIVE_INFINITY });
  world.discord.gateway.drop();
  for (let second = 0; second < 300; second += 5) {
    clock.skip(5_000);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  expect([...world.replicate.predictions.values()].every(({ status }) => status === "succeeded")).toBe(true);
  // Twice a minute each at the end, a little more at the beginning.
  const during = world.discord.journal.slice(before).filter(({ status }) => status === 503);
  expect(during.length).toBeGreaterThan(ANSWERS * 4);
  expect(during.length).toBeLessThan(ANSWERS * 20);

  world.discord.faults.clear();
  const isOver = () => asked.every(({ messages }) => messages[0]?.attachments.length === 1);
  for (let second = 0; second < 60 && !isOver(); second++) {
    clock.skip(1_000);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await world.bot.idle();
  expect(isOver()).toBe(true);
  expect(world.discord.journal.filter(({ status }) => status === 429)).toEqual([]);
});
