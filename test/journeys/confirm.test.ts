import { afterEach, expect, it } from "vitest";
import type { Exchange, OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { picture } from "./samples.ts";
import { after, answers, ask, inputs, lastPrompt, only, press, reply, startIn, world } from "./talk.ts";

afterEach(() => world.close());

const use = (command: string, options: Record<string, OptionValue>) =>
  world.finished(world.discord.people.member.command(command, options));
/** Three pictures at 40 credits each. */
const dear = (options: Record<string, OptionValue> = {}) =>
  use("imagine", { prompt: "a cat", model: "flux-1.1-pro", count: 3, ...options });
const usage = async () => only(await use("usage", {})).content;
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);
const sentence = (exchange: Exchange) => only(exchange).content.split("\n")[0];

const DONE = "⚠️ That was done already, and once is enough.";
const TOO_OLD = "⚠️ This is too old: what it belongs to is not kept any more.";

it("what may cost much is asked about in private, and nothing is held until Run", async () => {
  await startIn({ env: { DAILY_CREDITS: "900" } });
  const { other } = world.discord.people;
  const exchange = await dear();
  const question = only(exchange);
  expect(exchange.messages).toHaveLength(1);
  expect(question.private).toBe(true);
  expect(question.content).toBe(
    "This may use up to 120 credits; you have 900 left.\n-# Nothing runs, and nothing is set aside, until you press Run",
  );
  expect(labels(question)).toEqual(["Run", "Cancel"]);
  expect(await usage()).toMatch(/^You have used 0 credits today and have 900 left\. [^\n]*$/);
  expect(inputs()).toEqual([]);
  expect(other.sees()).toEqual([]);

  const drawn = only(await press(question, "Run"));
  expect(drawn.private).toBe(false);
  expect(drawn.id).not.toBe(question.id);
  expect(drawn.attachments).toHaveLength(3);
  expect(drawn.content).toContain("120 credits (780 left)");
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
});

it("Run acts once, however often it is pressed, and after a restart as well", async () => {
  await startIn();
  const { member } = world.discord.people;
  const question = only(await dear({ private: true }));
  await world.bot.stop();
  await world.restart();
  const id = question.buttons[0]?.customId ?? "";
  const presses = [member.press(question, id), member.press(question, id)];
  await Promise.all(presses.map((each) => world.finished(each)));
  expect(presses.map(sentence).filter((line) => line === DONE)).toHaveLength(1);
  const drawn = member.sees().filter(({ attachments }) => attachments.length === 3);
  expect(drawn.map((message) => message.private)).toEqual([true]);
  await world.bot.stop();
  await world.restart();
  expect(sentence(await press(question, "Run"))).toBe(DONE);
  expect(sentence(await press(question, "Cancel"))).toBe(DONE);
  expect(inputs()).toHaveLength(3);
});

it("Cancel forgets it and says so", async () => {
  await startIn();
  const question = only(await dear());
  const said = only(await press(question, "Cancel"));
  expect(said).toMatchObject({ private: true, content: "Forgotten. Nothing ran, and nothing was charged." });
  expect(sentence(await press(question, "Run"))).toBe(TOO_OLD);
  expect(sentence(await press(question, "Cancel"))).toBe(TOO_OLD);
  expect(inputs()).toEqual([]);
});

it("what can't be paid is refused at once, and a Run that can't be paid may be pressed again", async () => {
  await startIn({ env: { DAILY_CREDITS: "130" } });
  const { admin, member } = world.discord.people;
  expect(sentence(await dear({ count: 4 }))).toMatch(
    /^⚠️ This may cost up to 160 credits, and you have 130 left/,
  );
  const question = only(await dear());
  await use("imagine", { prompt: "a dog", model: "flux-1.1-pro" });
  expect(sentence(await press(question, "Run"))).toMatch(
    /^⚠️ This may cost up to 120 credits, and you have 90/,
  );
  await world.finished(admin.command("quota grant", { user: { user: member.id }, credits: "30" }));
  expect(only(await press(question, "Run")).attachments).toHaveLength(3);
});

it("buttons and forms that ask for runs are asked about as well", async () => {
  await startIn();
  const { member } = world.discord.people;
  const drawn = only(await press(only(await dear()), "Run"));
  for (const label of ["Again", "Vary"]) {
    const question = only(await press(drawn, label));
    expect([label, question.private, labels(question)]).toEqual([label, true, ["Run", "Cancel"]]);
    expect([label, only(await press(question, "Run")).attachments.length]).toEqual([label, 3]);
  }
  const form = await press(drawn, "Remix");
  const remixed = only(await world.finished(member.submit(form, { prompt: "a dog" })));
  expect(labels(remixed)).toEqual(["Run", "Cancel"]);
  expect(only(await press(remixed, "Run")).content).toMatch(/^\*\*a dog\*\* · Mia\n/);
  // What is cheap is not.
  expect(only(await press(drawn, "Upscale 1")).attachments).toHaveLength(1);
});

it("an attached file, a new topic and the turns before are what they were when it was asked", async () => {
  await startIn({ env: { CONFIRM_ABOVE_CREDITS: "1" } });
  const run = async (exchange: Exchange) => only(await press(only(exchange), "Run"));
  const large = await run(await use("upscale", { image: { upload: await picture(40, 30) }, scale: 2 }));
  expect(large.raw.attachments[0]).toMatchObject({ width: 80, height: 60 });
  answers("Paris.");
  const first = await run(await ask("Which capital?"));
  expect(first.content).not.toContain("forgotten");
  answers("Madrid.");
  await run(await reply(first, "And of Spain?"));
  expect(lastPrompt()).toBe(after([["Which capital?", "Paris."]], "And of Spain?"));
  await run(await ask("Hello", { new: true }));
  expect(lastPrompt()).toBe("Hello");
  await run(await ask("Still there?"));
  expect(lastPrompt()).not.toContain("Paris");
});

it("with 0 nobody is asked", async () => {
  await startIn({ env: { CONFIRM_ABOVE_CREDITS: "0" } });
  expect(only(await dear()).attachments).toHaveLength(3);
});

it("is the asker's to answer, whoever else may press", async () => {
  await startIn();
  const question = only(await dear());
  const custom = question.buttons[0]?.customId ?? "";
  expect(custom).toMatch(/^1\|imagine\|confirm\|\d+$/);
  expect(() => world.discord.people.admin.press(question, custom)).toThrow("is private");
});
