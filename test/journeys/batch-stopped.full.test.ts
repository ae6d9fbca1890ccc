import { afterEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../sandbox/discord/person.ts";
import type { Script } from "../../sandbox/replicate/index.ts";
import { boats, batch, start, run, names, usage, rows, credits } from "./lists.ts";
import { only, press, world } from "./talk.ts";

describe("in the middle", () => {
  afterEach(() => world.close());

  const shown = (exchange: Exchange) => exchange.messages[0]?.content ?? "";
  const confirmed = async (text: string) => {
    const question = only(await batch(text));
    const id = question.buttons.find(({ label }) => label === "Run")?.customId ?? "";
    return world.discord.people.member.press(question, id);
  };
  const stuck = { stuck: "processing" } as const;
  const slow = (_model: string, { prompt }: Record<string, unknown>): Script | undefined =>
    Number(/boat (\d+)/.exec(String(prompt))?.[1]) > 4 ? stuck : undefined;

  it("a table says what is done, and Stop keeps, shows, zips and charges that", async () => {
    await start({ env: { MAX_RUNS: "6" }, replicate: { direct: slow } });
    const exchange = await confirmed(boats(20));
    await exchange.until((each) => shown(each).includes("4 of 20 done"));
    expect(rows(exchange.messages[0]!).filter((row) => row.startsWith("·")).length).toBeGreaterThan(9);
    expect(exchange.messages[0]?.attachments).toEqual([]);
    await press(exchange.messages[0]!, "Stop");
    await world.finished(exchange);
    expect(names(exchange)).toEqual([1, 2, 3, 4].map((at) => `0${at}-boat-${at}.png`).concat("prompts.zip"));
    expect(shown(exchange)).toContain(
      "-# Stopped early: 4 of 20 made, 6 stopped in the middle, 10 not begun\n",
    );
    expect(await usage()).toMatch(credits(12));
  });

  it("a restart loses nothing and doubles nothing", async () => {
    await start({ env: { MAX_RUNS: "6" }, replicate: { direct: slow } });
    const exchange = await confirmed(boats(16));
    await exchange.until((each) => shown(each).includes("4 of 16 done"));
    await world.bot.stop();
    expect(exchange.messages).toHaveLength(1);
    await world.restart();
    await exchange.until((each) => each.messages[0]?.buttons.length === 1);
    await press(exchange.messages[0]!, "Stop");
    await world.bot.idle();
    expect(names(exchange)).toHaveLength(5);
    expect(world.replicate.predictions.size).toBe(10);
    expect(await usage()).toMatch(credits(12));
  });

  const further = { method: "POST", path: /\/webhooks\/\d+\/[^/]+$/ };

  it("a message of files of which nobody heard is there once, also where the bot ends just then", async () => {
    await start();
    for (const ends of [false, true]) {
      const exchange = await confirmed(boats(21));
      world.discord.faults.add({ ...further, skip: 1, reset: "after" });
      if (ends) {
        await exchange.until((each) => each.messages.length === 3, 10_000);
        await world.bot.stop();
        await world.restart();
      }
      await world.finished(exchange);
      expect(exchange.messages.map(({ attachments }) => attachments.length)).toEqual([10, 10, 1, 1]);
      expect(new Set(names(exchange)).size).toBe(22);
    }
    expect(await usage()).toMatch(credits(126));
    expect(world.replicate.predictions.size).toBe(42);
  });

  it("where nobody can look for it the pictures are in the ZIP alone, and that is said", async () => {
    await start();
    const question = only(await batch(boats(21), { private: true }));
    world.discord.faults.add({ ...further, reset: "before" });
    const made = await press(question, "Run");
    expect(names(made)).toEqual(["prompts.zip"]);
    expect(shown(made)).toContain("the 21 pictures are in the ZIP alone");
  });

  it("each file is uploaded once", async () => {
    await start();
    await world.finished(await confirmed(boats(21)));
    const uploads = world.discord.journal.filter(
      // By whichever lane had room.
      ({ path, headers }) =>
        /webhooks|channels/.test(path) && String(headers["content-type"]).startsWith("multipart"),
    );
    expect(uploads).toHaveLength(4);
  });
});

describe("where a file may have little", () => {
  afterEach(() => world.close());

  it("the pictures in the ZIP are smaller, and its message says so", async () => {
    await start({ discord: { attachmentSizeLimit: 200_000 } });
    const made = await run(await batch(boats(4)));
    expect(names(made)).toEqual([1, 2, 3, 4].map((at) => `0${at}-boat-${at}.png`).concat("prompts.zip"));
    expect(only(made).content).toBe(
      "-# The pictures in the ZIP are smaller than they were made, so that it can be posted here",
    );
    expect(only(made).attachments[0]?.bytes).toBeLessThanOrEqual(200_000);
  });

  it("there is no ZIP where nothing helps, and that is said; the pictures are there", async () => {
    await start({ discord: { attachmentSizeLimit: 9_000 } });
    const made = await run(await batch(boats(11)));
    const withFiles = made.messages.filter(({ attachments }) => attachments.length > 0);
    expect(withFiles.map(({ attachments }) => attachments.length)).toEqual([10, 1]);
    expect(made.messages[0]?.content).toContain(
      "-# There is no ZIP: the pictures can't be made to fit into 0.0 MB",
    );
    expect(only(made).buttons.map(({ label }) => label)).toEqual(["Again", "Delete"]);
  });
});
