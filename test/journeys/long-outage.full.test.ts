import { mkdtempSync, rmSync } from "node:fs";
import { EventEmitter, once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hurriedClock } from "../../sandbox/hurried-clock.ts";
import { lock } from "../services/lock.ts";
import { startWorld } from "./world.ts";

it.each([
  ["is created, before its id is known", true],
  ["goes on", false],
])(
  "an answer comes although the store went away while its run %s; longer than anybody insists",
  async (_, isHeld) => {
    const folder = mkdtempSync(join(tmpdir(), "replicord-outage-"));
    const file = join(folder, "replicord.sqlite");
    const clock = hurriedClock(1);
    const world = await startWorld({
      clock,
      replicate: { pace: 40 },
      env: { DATABASE_URL: `sqlite://${file}`, JOBS_AT_ONCE: "1" },
    });
    const away = new EventEmitter();
    async function* whenAway(body: Buffer) {
      await once(away, "away");
      yield body;
    }
    if (isHeld) world.replicate.faults.add({ method: "POST", path: /\/predictions$/, sends: whenAway });
    const { member } = world.discord.people;
    const exchange = member.command("imagine", { prompt: "a cat" });
    await expect.poll(() => world.replicate.predictions.size, { interval: 5 }).toBe(1);
    const free = await lock(file);
    away.emit("away");
    clock.hurry(10);
    const isLeft = () => world.log.some(({ msg }) => String(msg).startsWith("The store is away"));
    await expect.poll(isLeft, { timeout: 40_000 }).toBe(true);
    clock.hurry(1);
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
  },
  120_000,
);
