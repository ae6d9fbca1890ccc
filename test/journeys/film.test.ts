import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { drawVideo } from "../../sandbox/replicate/outputs/mp4.ts";
import { skippingClock } from "../../sandbox/skipping-clock.ts";
import type { OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { picture, words } from "./samples.ts";
import { checkJournals, inputs, meanwhile, only, press, startIn, world } from "./talk.ts";

type Given = Record<string, OptionValue>;
const use = (command: string, options: Given = {}) =>
  world.finished(world.discord.people.member.command(command, options));
const ask = async (options: Given) => only(await use("animate", options));
/** Says that it may run, where that is asked. */
const film = async (options: Given) => only(await press(await ask(options), "Run"));
const usage = async () => only(await use("usage")).content;
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);
const photo = async () => ({ image: { upload: await picture(320, 240) } });

describe("a film", () => {
  beforeAll(() => startIn({ env: { DAILY_CREDITS: "50000" } }));
  afterAll(() => world.close());

  it("from words is asked about first, and nothing is held until Run", async () => {
    const question = await ask({ prompt: "a paper boat" });
    expect(question).toMatchObject({
      private: true,
      content: expect.stringMatching(/^This may use up to 165 credits; you have 50,000 left\.\n/) as string,
    });
    expect(labels(question)).toEqual(["Run", "Cancel"]);
    expect(inputs()).toEqual([]);
    expect(await usage()).toMatch(/^You have used 0 credits today and have 50,000 left\. [^\n]*$/);
    const made = only(await press(question, "Run"));
    expect(made).toMatchObject({
      private: false,
      content: expect.stringMatching(
        /^\*\*a paper boat\*\* · Mia\n-# AnimateDiff · [\d.]+ s · seed \d+ · .* credits \(.* left\)$/,
      ) as string,
      attachments: [{ name: "a-paper-boat.mp4", contentType: "video/mp4", description: "a paper boat" }],
    });
    expect(labels(made)).toEqual(["Again", "Delete"]);
  });

  it("of which its asker thinks better costs nothing", async () => {
    const before = inputs().length;
    const question = await ask({ prompt: "a paper boat" });
    expect(only(await press(question, "Cancel")).content).toBe(
      "Forgotten. Nothing ran, and nothing was charged.",
    );
    expect(inputs()).toHaveLength(before);
  });

  it("from a picture alone moves as much as was asked for, and hides behind a spoiler", async () => {
    const made = await film({ ...(await photo()), motion: "much", spoiler: true });
    expect(inputs().at(-1)).toMatchObject({ motion_bucket_id: 200 });
    expect(made.content).toMatch(/^\*\*photo\.png\*\* · Mia\n-# Stable Video Diffusion · /);
    expect(made.attachments).toMatchObject([
      { name: "SPOILER_film.mp4", description: "photo.png, as a film" },
    ]);
  });

  it("from both, in private", async () => {
    const question = await ask({ prompt: "it snows", ...(await photo()), private: true });
    // The dearest of a span is what may be used.
    expect(question.content).toContain("up to 480 credits");
    const made = only(await press(question, "Run"));
    expect(made).toMatchObject({ private: true, attachments: [{ contentType: "video/mp4" }] });
    expect(made.content).toContain("\n-# Hailuo 02 · ");
    expect(made.content).toContain(" · 6 s of film · 480 credits");
    expect(inputs().at(-1)).toMatchObject({ prompt: "it snows", duration: 6 });
  });

  it.each([
    { model: "seedance-2.0", length: 7, atMost: "700", made: "700" },
    { model: "veo-3.1-fast", length: 8, atMost: "1,200", made: "1,200" },
  ])("of $model costs what its seconds cost", async ({ model, length, atMost, made }) => {
    const question = await ask({ prompt: "a boat", model, length });
    expect(question.content).toContain(`up to ${atMost} credits`);
    const { content } = only(await press(question, "Run"));
    expect(inputs().at(-1)).toMatchObject({ duration: length });
    expect(content).toContain(` · ${length} s of film · `);
    expect(content).toContain(` · ${made} credits (`);
  });

  it("can be made again, and varied where its seed was its asker's; both are asked about", async () => {
    const made = await film({ prompt: "a boat", model: "seedance-2.0", length: 4, seed: 7 });
    expect(labels(made)).toEqual(["Again", "Vary", "Delete"]);
    const seeds = [];
    for (const label of ["Again", "Vary"]) {
      const question = only(await press(made, label));
      expect(question.content).toContain("up to 400 credits");
      await press(question, "Run");
      seeds.push(inputs().at(-1)?.["seed"]);
    }
    expect(seeds[0]).toBe(7);
    expect(seeds[1]).not.toBe(7);
  });

  it.each<{ why: string; options: () => Given | Promise<Given>; says: RegExp }>([
    { why: "nothing to begin with", options: () => ({}), says: /Please give `prompt` or `image`/ },
    {
      why: "a picture that is none",
      options: () => ({ image: { upload: words("cat.png", "image/png") } }),
      says: /`cat\.png` is not a picture/,
    },
    {
      why: "a model that draws",
      options: () => ({ prompt: "a boat", model: "flux-schnell" }),
      says: /`flux-schnell` is a model for something else\. Here you can use animate-diff, /,
    },
    {
      why: "a model without a price",
      options: () => ({ prompt: "a boat", model: "grok-imagine-video", length: 2 }),
      says: /Nobody here knows what Grok Imagine Video costs/,
    },
    {
      why: "words for a model that takes none",
      options: async () => ({ prompt: "a boat", ...(await photo()), model: "stable-video-diffusion" }),
      says: /Stable Video Diffusion does not take `prompt`\. .*hailuo-02/,
    },
    {
      why: "no picture for a model that needs one",
      options: () => ({ prompt: "a boat", model: "wan-2.2-i2v-fast" }),
      says: /Wan 2\.2 fast, from a picture can't run without `image`\. .* can\./,
    },
    {
      why: "motion beside words",
      options: () => ({ prompt: "a boat", motion: "much" }),
      says: /does not take `motion`\. stable-video-diffusion can\./,
    },
    {
      why: "a seed for a model that takes none",
      options: () => ({ prompt: "a boat", model: "hailuo-02", seed: 1 }),
      says: /Hailuo 02 does not take `seed`\. animate-diff, /,
    },
    {
      why: "a length that the model does not make",
      options: () => ({ prompt: "a boat", model: "hailuo-02", length: 7 }),
      says: /Hailuo 02 makes films of 6 or 10 seconds, none of 7\. seedance-2\.0 can\./,
    },
    {
      why: "a length that no model with a price makes",
      options: () => ({ prompt: "a boat", model: "seedance-2.0", length: 3 }),
      says: /Seedance 2\.0 makes films of 4 to 15 seconds, none of 3\./,
    },
  ])("is refused: $why", async ({ options, says }) => {
    const before = inputs().length;
    const refused = await ask(await options());
    expect(refused).toMatchObject({ private: true, buttons: [] });
    expect(refused.content).toMatch(says);
    expect(refused.content).toMatch(/^⚠️ .*\n-# Nothing was charged\.$/);
    expect(inputs()).toHaveLength(before);
  });

  it("is not made of what can't be paid, and that is said at once", async () => {
    await world.finished(
      world.discord.people.admin.command("quota set", {
        target: { user: world.discord.people.other.id },
        credits: "100",
      }),
    );
    const { other } = world.discord.people;
    const refused = only(await world.finished(other.command("animate", { prompt: "a boat" })));
    expect(refused.content).toMatch(/^⚠️ This may cost up to 165 credits, and you have 100 left/);
  });

  it("that is larger than an attachment may be is named with its address and when that ends", async () => {
    const bytes = Buffer.concat([drawVideo(2, 7), Buffer.alloc(12 * 2 ** 20)]);
    const url = world.replicate.host("film.mp4", "video/mp4", bytes);
    world.replicate.script({ output: [url] });
    const made = await film({ prompt: "a long film" });
    expect(made.attachments).toEqual([]);
    expect(made.content).toContain(
      "\n-# a-long-film has 12 MB, which is more than can be posted here. It is at ",
    );
    expect(made.content).toMatch(
      new RegExp(`It is at ${url} · this address ends <t:\\d+:R>\n-# AnimateDiff · `),
    );
  });

  it("that is none costs nothing", async () => {
    const url = world.replicate.host("film.mp4", "video/mp4", Buffer.from("no film"));
    world.replicate.script({ output: url });
    const question = await ask({ prompt: "a boat" });
    const { content } = only(await press(question, "Run"));
    expect(content).toMatch(
      /^⚠️ What AnimateDiff made is no video that can be read.*\n-# Nothing was charged/,
    );
  });

  it("is made by the next model where the first may not be used", async () => {
    const { admin } = world.discord.people;
    await world.finished(admin.command("models deny", { model: "animate-diff" }));
    const question = await ask({ prompt: "a boat" });
    await world.finished(admin.command("models allow", { model: "animate-diff" }));
    expect(question.content).toContain("up to 480 credits");
  });

  checkJournals();
});

describe("a film that takes long", () => {
  const MINUTE = 60_000;
  let clock = skippingClock();
  beforeEach(async () => {
    clock = skippingClock();
    await startIn({ clock, replicate: { coldBootMs: 3 * MINUTE } });
  });
  afterEach(() => world.close());

  const begun = async () => {
    const question = await ask({ prompt: "a boat" });
    const exchange = world.discord.people.member.press(question, question.buttons[0]?.customId ?? "");
    await exchange.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
    await vi.waitFor(() => expect(world.replicate.predictions.size).toBe(1));
    return exchange;
  };

  it("is brought although the bot stopped in the middle, and is made and paid for once", async () => {
    const exchange = await begun();
    await world.bot.stop();
    clock.skip(4 * MINUTE);
    await world.restart();
    await meanwhile(clock, world.finished(exchange));
    const [made] = exchange.messages;
    expect(made?.attachments).toMatchObject([{ name: "a-boat.mp4", contentType: "video/mp4" }]);
    expect(inputs()).toHaveLength(1);
    const cost = / ([\d.]+) credits? \(/.exec(made?.content ?? "")?.[1];
    const used = await usage();
    expect(used).toContain(`You have used ${cost} credit`);
    expect(used).not.toContain("set aside");
    expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
  });

  it("is stopped by a press after that, which is the end of what it costs", async () => {
    const exchange = await begun();
    await world.bot.stop();
    await world.restart();
    await press(only(exchange), "Stop");
    expect(only(exchange).content).toMatch(/^⚠️ Stopped\.\n-# /);
    expect([...world.replicate.predictions.values()].map(({ status }) => status)).toEqual([
      expect.stringMatching(/^(canceled|aborted)$/),
    ]);
  });
});

it("autocomplete says how long a model takes, and learns it from its runs, also after a restart", async () => {
  await startIn();
  const { member } = world.discord.people;
  const offered = async (typed: string) => (await member.complete("animate", "model", typed))[0]?.name;
  expect(await offered("animate")).toBe("AnimateDiff · ~165 credits · ~54 s");
  expect(await offered("stable")).toBe("Stable Video Diffusion · ~229 credits");
  await film({ prompt: "a boat" });
  const learnt = await offered("animate");
  expect(learnt).toMatch(/^AnimateDiff · ~165 credits · ~\d s$/);
  await world.bot.stop();
  await world.restart();
  // What is stored is read for the next one who asks.
  await vi.waitFor(async () => expect(await offered("animate")).toBe(learnt));
  await world.close();
});
