import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OptionValue } from "../../sandbox/discord/person.ts";
import { use, start, run, names, sentence, usage, rows, credits } from "./lists.ts";
import { checkJournals, inputs, world } from "./talk.ts";

describe("a product", () => {
  const product = (options: Record<string, OptionValue> = {}) =>
    use("product", { name: "Enamel mug", ...options });

  describe("as it should be", () => {
    beforeAll(() => start());
    afterAll(() => world.close());

    it("is photographed from three angles, with structured words", async () => {
      const question = await product({ description: "white, blue rim.", background: "nature" });
      expect(sentence(question)).toMatch(/^3 pictures with FLUX schnell\. This may use up to 9 credits/);
      const made = await run(question);
      expect(names(made)).toEqual(["01-front.png", "02-45.png", "03-side.png", "enamel-mug.zip"]);
      expect(
        inputs()
          .slice(-3)
          .map(({ prompt }) => prompt),
      ).toEqual([
        expect.stringMatching(
          /^Product photograph of Enamel mug\. white, blue rim\. The product is seen straight from the front .* outdoors on stone and moss/,
        ),
        expect.stringContaining("45 degrees"),
        expect.stringContaining("exactly from the side"),
      ]);
      expect(rows(made.messages[0]!)).toEqual(["✓ 01 front", "✓ 02 45°", "✓ 03 side"]);
    });

    it("has angles of one's own, which are completed one after the other", async () => {
      const { member } = world.discord.people;
      const offered = await member.complete("product", "angles", "front, si", { name: "mug" });
      expect(offered).toEqual([{ name: "front, side", value: "front, side" }]);
      const made = await run(
        await product({ angles: "front, held by a hand , front", model: "flux-dev", private: true }),
      );
      expect(rows(made.messages[0]!)).toEqual(["✓ 01 front", "✓ 02 held by a hand"]);
      expect(inputs().at(-1)?.["prompt"]).toContain("seen like this: held by a hand");
      expect(made.messages.every((message) => message.private)).toBe(true);
    });

    it("is cut out afterwards, which the question counts, too", async () => {
      const question = await product({ transparent: true, angles: "front, side" });
      expect(sentence(question)).toMatch(
        /^2 pictures with FLUX schnell, and then 2 cutouts\. This may use up to 6\.9 credits/,
      );
      const before = world.replicate.predictions.size;
      const made = await run(question);
      const run4 = [...world.replicate.predictions.values()].slice(before);
      expect(run4.map(({ model }) => model.ref)).toEqual([
        "black-forest-labs/flux-schnell",
        "black-forest-labs/flux-schnell",
        "851-labs/background-remover",
        "851-labs/background-remover",
      ]);
      expect(names(made)).toEqual(["01-front.png", "02-side.png", "enamel-mug.zip"]);
    });

    it("what can't be is refused", async () => {
      expect(sentence(await product({ angles: "a,b,c,d,e,f,g,h,i" }))).toBe(
        "⚠️ The option `angles` may have 8 entries at the most, with 60 characters each.",
      );
      expect(sentence(await product({ name: " " }))).toContain("`name` is missing");
      expect(sentence(await product({ background: "moon" }))).toContain("must be one of");
      expect(sentence(await product({ model: "no-such" }))).toContain("There is no model");
    });

    checkJournals();
  });

  it("a picture that can't be cut out is shown as it is, and that is said", async () => {
    let cutouts = 0;
    await start({
      replicate: {
        direct: (model) =>
          /background-remover/.test(model) && ++cutouts === 2
            ? { error: "boom", status: "failed" }
            : undefined,
      },
    });
    const made = await run(await product({ transparent: true }));
    expect(names(made)).toHaveLength(4);
    expect(rows(made.messages[0]!).filter((row) => row.startsWith("!"))).toHaveLength(1);
    expect(made.messages[0]?.content).toMatch(
      /1 could not be cut out, and is as drawn:\n- (front|45°|side): Background Remover failed/,
    );
    await world.close();
  });

  it("is cut out from the bot's own copies, also where the pictures are not at Replicate any more", async () => {
    await start();
    const fetched: string[] = [];
    world.replicate.watch((moment, { method, path }) => {
      if (moment !== "answered" || method !== "GET" || !/\.(png|webp|jpe?g)$/.test(path)) return;
      fetched.push(path);
      world.replicate.faults.add({ path, status: 404, body: "gone", times: 9 });
    });
    const cut = await run(await product({ transparent: true }));
    expect(rows(cut.messages[0]!)).toEqual(["✓ 01 front", "✓ 02 45°", "✓ 03 side"]);
    expect(names(cut)).toHaveLength(4);
    expect(fetched).toHaveLength(6);
    await world.close();
  });

  it("cutouts that may not run any more leave the pictures", async () => {
    await start();
    const { admin, member } = world.discord.people;
    const question = await product({ transparent: true });
    world.replicate.faults.add({ method: "GET", path: /\/v1\/predictions\/\w+$/, delayMs: 4_000, times: 3 });
    const running = run(question);
    await expect.poll(() => world.replicate.predictions.size).toBe(3);
    const set = admin.command("quota set", { target: { user: member.id }, credits: "9" });
    await set.until(({ state }) => state === "answered");
    const made = await running;
    expect(names(made)).toHaveLength(4);
    expect(made.messages[0]?.content).toContain(
      "3 could not be cut out, and are as drawn:\n- front, 45°, side: This may cost up to",
    );
    expect(await usage()).toMatch(credits(9));
    await world.close();
  });

  it("what the pictures and their cutouts need together is refused at once", async () => {
    await start({ env: { DAILY_CREDITS: "3" } });
    expect(sentence(await product({ transparent: true, angles: "front" }))).toMatch(
      /^⚠️ This may cost up to 3\.4 credits, and you have 3 left/,
    );
    await world.close();
  });
});
