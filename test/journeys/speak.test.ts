import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OptionValue, SeenMessage } from "../../sandbox/discord/person.ts";
import { MAX_SPOKEN } from "../../src/commands/speak.ts";
import { checkJournals, inputs, only, press, startIn, world } from "./talk.ts";

type Given = Record<string, OptionValue>;
const speak = async (options: Given) =>
  only(await world.finished(world.discord.people.member.command("speak", options)));
const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);

/** So many characters, as somebody would say them. */
const long = (characters: number) => "The train leaves at nine. ".repeat(100).slice(0, characters - 1) + "!";

describe("a text", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("is said by a good voice, as a sound that can be played and whose words can be read", async () => {
    const message = await speak({ text: "Good morning, everyone." });
    expect(message).toMatchObject({
      private: false,
      content: expect.stringMatching(
        /^\*\*Good morning, everyone\.\*\* · Mia\n-# Kokoro · [\d.]+ s · Bella · American woman · .* credits? \(.* left\)$/,
      ) as string,
      attachments: [
        {
          name: "good-morning-everyone.wav",
          contentType: "audio/x-wav",
          description: "Good morning, everyone.",
        },
      ],
    });
    expect(labels(message)).toEqual(["Again", "Other words", "Delete"]);
    expect(inputs().at(-1)).toEqual({ text: "Good morning, everyone.", voice: "af_bella" });
  });

  it("is said by the voice and at the speed that were chosen, in private", async () => {
    const message = await speak({ text: "Hello", voice: "george", speed: "1.25", private: true });
    expect(message.private).toBe(true);
    expect(message.content).toContain(" · George · British man · 1.25× · ");
    expect(inputs().at(-1)).toEqual({ text: "Hello", voice: "bm_george", speed: 1.25 });
  });

  it("of the greatest length at the slowest speed still finds room in Discord's limit for a file", async () => {
    const message = await speak({ text: long(MAX_SPOKEN), speed: "0.5" });
    expect(message.attachments).toMatchObject([{ name: "the-train-leaves-at-nine-the-train-leave.wav" }]);
    const { bytes } = message.attachments[0]!;
    expect(bytes).toBeLessThan(10 * 1024 * 1024);
    // And there would be no room for many more.
    expect(bytes).toBeGreaterThan(9 * 1024 * 1024);
  });

  it("can be said again, and other words by the same voice, as private as it was", async () => {
    const first = await speak({ text: "Hello", voice: "lewis", speed: "2", private: true });
    expect(only(await press(first, "Again"))).toMatchObject({ private: true, attachments: [{}] });
    const form = await press(first, "Other words");
    expect(form.modal).toMatchObject({
      title: "Other words",
      components: [{ component: { custom_id: "text", value: "Hello", max_length: MAX_SPOKEN } }],
    });
    const { member } = world.discord.people;
    const other = only(await world.finished(member.submit(form, { text: "Good night" })));
    expect(other).toMatchObject({ private: true, attachments: [{ name: "good-night.wav" }] });
    expect(inputs().at(-1)).toEqual({ text: "Good night", voice: "bm_lewis", speed: 2 });
  });

  it("is said anew by its asker alone", async () => {
    const message = await speak({ text: "Hello" });
    for (const label of ["Again", "Other words"])
      expect(only(await press(message, label, world.discord.people.other)).content).toBe(
        "⚠️ Only the one who asked can do that.",
      );
  });

  it("with a foreign name or a π in it is said all the same", async () => {
    for (const text of ["Łukasz met Zoë in Århus.", "π is about 3.14", "It costs 5 €! 🙂"])
      expect((await speak({ text })).attachments).toHaveLength(1);
  });

  checkJournals();
});

describe("what can't be said is refused before anything runs", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it.each([
    { text: "   ", why: "The option `text` is missing or empty." },
    { text: "…!? 🙂", why: "There is nothing to read aloud in that: it has no letters and no numbers." },
    { text: long(MAX_SPOKEN + 1), why: "The option `text` is longer than 1500 characters." },
    {
      text: "Привет, Mia",
      why: "The voices of Kokoro speak English and can't read П р и в е т. Please write it in English, or in Latin letters as it sounds.",
    },
    { text: "हिन्दी", why: "can't read ह न द." },
    { text: "猫", why: "can't read 猫." },
    { text: "おはようございます、みなさん", why: "can't read お は よ う ご ざ い ま and 5 more." },
  ])("$text", async ({ text, why }) => {
    const refused = await speak({ text });
    expect(refused).toMatchObject({ private: true, buttons: [], attachments: [] });
    expect(refused.content).toContain(why);
    expect(refused.content).toMatch(/^⚠️ .*\n-# Nothing was charged\.$/);
    expect(inputs()).toEqual([]);
  });

  it("a voice that there is not, with those that there are", async () => {
    const refused = await speak({ text: "Hello", voice: "siri" });
    expect(refused.private).toBe(true);
    expect(refused.content).toContain("The option `voice` must be one of bella, sarah, ");
  });

  it("where the model may not be used", async () => {
    const { admin } = world.discord.people;
    await world.finished(admin.command("models deny", { model: "kokoro-82m" }));
    expect((await speak({ text: "Hello" })).content).toMatch(
      /^⚠️ Kokoro may not be used in this server\..*\n-# Nothing was charged\.$/,
    );
    await world.finished(admin.command("models allow", { model: "kokoro-82m" }));
  });

  checkJournals();
});

it("what can't be paid is refused, and names what it may cost", async () => {
  await startIn({ env: { DAILY_CREDITS: "6" } });
  const refused = await speak({ text: long(1_000) });
  expect(refused).toMatchObject({ private: true });
  expect(refused.content).toMatch(/^⚠️ This may cost up to 17 credits, and you have 6 left\./);
  // A few words still can.
  expect((await speak({ text: "Hello" })).attachments).toHaveLength(1);
  await world.close();
});

it("what failed can be tried once more", async () => {
  await startIn();
  world.replicate.script({ error: "CUDA out of memory", times: 1 });
  const failed = await speak({ text: "Hello" });
  expect(failed.content).toContain("Kokoro failed");
  expect(labels(failed)).toContain("Retry");
  expect(only(await press(failed, "Retry")).attachments).toHaveLength(1);
  await world.close();
});
