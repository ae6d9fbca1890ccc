import { expect, it } from "vitest";
import { startWorld } from "./world.ts";

it("60 requests at once of somebody with credits for 10 run exactly 10", async () => {
  // flux-schnell costs 3 credits a picture.
  const world = await startWorld({ env: { DAILY_CREDITS: "30" } });
  try {
    const { member } = world.discord.people;
    const exchanges = Array.from({ length: 60 }, (_, seed) =>
      member.command("imagine", { prompt: "a cat", seed }),
    );
    await Promise.all(
      exchanges.map((exchange) => exchange.until(({ state }) => state !== "waiting", 20_000)),
    );
    await world.bot.idle();
    const answered = exchanges.filter(({ messages }) => messages[0]?.attachments.length === 1);
    // On a slow machine the store may take longer than Discord's three seconds allow; that is refused as well.
    const refused = exchanges.filter(({ messages }) =>
      /^⚠️ .*(credits, and you have|can't reach its store)[\s\S]*Nothing was charged/.test(
        messages[0]?.content ?? "",
      ),
    );
    expect(answered).toHaveLength(10);
    expect(refused).toHaveLength(50);
    expect(world.replicate.predictions.size).toBe(10);
    const [usage] = (await world.finished(member.command("usage"))).messages;
    expect(usage?.content).toContain("You have used 30 credits today and have 0 left");
  } finally {
    await world.close();
  }
});
