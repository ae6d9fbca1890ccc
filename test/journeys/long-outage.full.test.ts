import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import { lock } from "../services/lock.ts";
import { startWorld } from "./world.ts";

it("an answer whose run ends while the store is away for longer than anybody insists comes when it is back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replicord-outage-"));
  const file = join(folder, "replicord.sqlite");
  const world = await startWorld({
    clock: hurriedClock(10),
    replicate: { pace: 40 },
    env: { DATABASE_URL: `sqlite://${file}`, JOBS_AT_ONCE: "1" },
  });
  const { member } = world.discord.people;
  const exchange = member.command("imagine", { prompt: "a cat" });
  await exchange.until(({ messages }) => messages.some(({ buttons }) => buttons.length > 0));
  const free = await lock(file);
  const isLeft = () => world.log.some(({ msg }) => String(msg).startsWith("The store is away"));
  await expect.poll(isLeft, { timeout: 40_000 }).toBe(true);
  await free();

  await exchange.until(({ messages }) => messages[0]?.attachments.length === 1, 60_000);
  expect(exchange.messages).toHaveLength(1);
  await world.bot.idle();
  const [usage] = (await world.finished(member.command("usage"))).messages;
  expect(usage?.content).toMatch(/^You have used 3 credits today and have 247 left/);
  expect(usage?.content).not.toContain("set aside");
  expect(world.replicate.predictions.size).toBe(1);
  await world.close();
  rmSync(folder, { recursive: true });
}, 120_000);
