import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { skippingClock } from "../../sandbox/skipping-clock.ts";
import type { OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { picture, words } from "./samples.ts";
import {
  answers,
  checkJournals,
  inputs,
  lastPrompt,
  meanwhile,
  only,
  press,
  startIn,
  world,
} from "./talk.ts";

type Given = Record<string, OptionValue>;
const use = (command: string, options: Given = {}) =>
  world.finished(world.discord.people.member.command(command, options));
const photo = async () => ({ image: { upload: await picture(320, 240) } });
const see = async (options: Given = {}) => only(await use("describe", { ...(await photo()), ...options }));
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);

const ANSWER =
  "CAPTION: A cat on a wall.\nPROMPT: a cat on a wall, film grain\nALT: A grey cat sits.\nTEXT: SALE\n50 %";

describe("a picture", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("is described in four parts by a model that sees it", async () => {
    const message = await see();
    expect(message.private).toBe(false);
    const made = "(sandbox) made up from a picture of 320 × 240 pixels".replaceAll(/[()]/g, "\\$&");
    const lines = message.content.split("\n");
    expect(lines.slice(0, 9)).toEqual([
      "**photo.png** · Mia",
      "-# **Caption**",
      expect.stringContaining(made) as string,
      "-# **Prompt**",
      expect.stringContaining(made) as string,
      "-# **Alt text**",
      expect.stringContaining(made) as string,
      "-# **Text in the picture**",
      "```",
    ]);
    expect(lines.at(-1)).toMatch(/^-# Claude Sonnet 5 · .* credits? \(.* left\)$/);
    expect(labels(message)).toEqual(["Draw it", "Again", "Delete"]);
  });

  it("is drawn again from the words that were found, by /imagine", async () => {
    answers(ANSWER);
    const drawn = only(await press(await see(), "Draw it"));
    expect(lastPrompt()).toBe("a cat on a wall, film grain");
    expect(drawn.content).toMatch(/^\*\*a cat on a wall, film grain\*\* · Mia\n-# FLUX schnell · /);
    expect(drawn.attachments).toHaveLength(1);
  });

  it("and what is drawn of it stay private where that was wished", async () => {
    answers(ANSWER);
    const message = await see({ private: true });
    expect(message.private).toBe(true);
    expect(only(await press(message, "Draw it")).private).toBe(true);
  });

  it("is shown as far as it is described while that grows", async () => {
    world.replicate.script({ tokens: ["CAPTION: A ", "cat.\nPROM"], stuck: "processing" });
    const exchange = world.discord.people.member.command("describe", await photo());
    await exchange.until(({ messages }) => messages[0]?.content.includes("cat.") === true);
    const growing = only(exchange);
    expect(growing.content).toMatch(
      /^\*\*photo\.png\*\* · Mia\n-# \*\*Caption\*\*\nA cat\.\n-# Claude Sonnet 5 · /,
    );
    expect(labels(growing)).toEqual(["Stop"]);
    await press(growing, "Stop");
    expect(labels(only(exchange))).toEqual(["Again", "Delete"]);
  });

  it("is described as a whole where a model keeps to no form, without a button to draw it", async () => {
    answers("I see a cat.\n\nIt is grey.");
    const message = await see();
    expect(message.content).toMatch(
      /^\*\*photo\.png\*\* · Mia\n-# \*\*Caption\*\*\nI see a cat\.\n\nIt is grey\.\n-# /,
    );
    expect(labels(message)).toEqual(["Again", "Delete"]);
  });

  it("pings nobody, leads nowhere and formats nothing, whatever it says", async () => {
    answers(
      "CAPTION: @everyone <@1> https://evil.example # h\nTEXT: a ``` b\n```\n@here https://evil.example",
    );
    const message = await see();
    expect(message.content).toContain("\\@everyone \\<\\@1\\> https\\:\\/\\/evil.example \\# h");
    expect(message.content).toMatch(/\n```\na ˋˋˋ b\nˋˋˋ\n@here https:\/\/evil\.example\n```\n-# /);
    expect(message.raw.mention_everyone).toBe(false);
    expect(message.raw.mentions).toEqual([]);
  });

  it("that is none is refused", async () => {
    const before = inputs().length;
    const text = { upload: words("cat.png", "image/png") };
    const refused = only(await use("describe", { image: text }));
    expect(refused).toMatchObject({ private: true, buttons: [] });
    expect(refused.content).toMatch(
      /^⚠️ `cat\.png` is not a picture that can be read.*\n-# Nothing was charged\.$/,
    );
    expect(inputs()).toHaveLength(before);
  });

  it("is not described where no model that sees may be used", async () => {
    const { admin } = world.discord.people;
    await world.finished(admin.command("models deny", { model: "claude-sonnet-5" }));
    const refused = await see();
    await world.finished(admin.command("models allow", { model: "claude-sonnet-5" }));
    expect(refused.content).toMatch(/^⚠️ Claude Sonnet 5 may not be used in this server/);
  });

  it("is described from the Apps menu of its message", async () => {
    const { member } = world.discord.people;
    const posted = member.post("look", [await picture(64, 48)]);
    const message = only(await world.finished(member.use("Describe", posted)));
    expect(message.content).toContain("a picture of 64 × 48 pixels");
    const refused = only(await world.finished(member.use("Describe", member.post("only words"))));
    expect(refused.content).toMatch(/^⚠️ There is no picture on this message/);
  });

  checkJournals();
});

it("is described although the bot stopped in the middle, and that is paid for once", async () => {
  const clock = skippingClock();
  await startIn({ clock, replicate: { coldBootMs: 180_000 } });
  answers(ANSWER);
  const exchange = world.discord.people.member.command("describe", await photo());
  await exchange.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
  await vi.waitFor(() => expect(inputs()).toHaveLength(1));
  await world.bot.stop();
  clock.skip(240_000);
  await world.restart();
  await meanwhile(clock, world.finished(exchange));
  const message = exchange.messages[0]!;
  expect(message.content).toContain("-# **Caption**\nA cat on a wall.\n");
  expect(labels(message)).toEqual(["Draw it", "Again", "Delete"]);
  expect(inputs()).toHaveLength(1);
  await world.close();
});
