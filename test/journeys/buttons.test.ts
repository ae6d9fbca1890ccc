import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, OptionValue, Person, SeenMessage } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { picture, tone } from "./samples.ts";
import { answers, ask, checkJournals, inputs, only, press, startIn, world } from "./talk.ts";

const use = (command: string, options: Record<string, OptionValue>, person?: Person) =>
  world.finished((person ?? world.discord.people.member).command(command, options));
const imagine = async (options: Record<string, OptionValue> = {}) =>
  only(await use("imagine", { prompt: "a lighthouse", ...options }));

const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);
const sizes = ({ raw }: SeenMessage) => raw.attachments.map(({ width, height }) => [width, height]);
const seeds = () => inputs().map((input) => input["seed"]);
/** One that is a sentence for the one who pressed alone. */
const refusal = ({ messages }: Exchange) => {
  const message = only({ messages });
  expect(message).toMatchObject({ private: true });
  return message.content.split("\n")[0];
};
/** What other commands do with a picture. */
const ONWARD = ["Animate", "Remove background", "Edit"];
const TOO_OLD = "⚠️ This is too old: what it belongs to is not kept any more.";

/** What people can see of the channel. */
const seen = (person: Person = world.discord.people.other) => person.sees().map(({ content }) => content);

describe("under pictures", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("is a button to upscale each, in rows of five, and what else can be done with them", async () => {
    const message = await imagine({ count: 4 });
    expect(labels(message)).toEqual([
      "Upscale 1",
      "Upscale 2",
      "Upscale 3",
      "Upscale 4",
      ...ONWARD,
      "Again",
      "Vary",
      "Remix",
      "Delete",
    ]);
    expect(message.components.map((row) => "components" in row && row.components.length)).toEqual([5, 5, 1]);
    expect(labels(await imagine())).toEqual(["Upscale", ...ONWARD, "Again", "Vary", "Remix", "Delete"]);
  });

  it("Upscale makes the picture with that number larger, from the message itself, each time it is pressed", async () => {
    const message = await imagine({ count: 2, shape: "wide" });
    const [width = 0, height = 0] = sizes(message)[1] ?? [];
    for (const name of ["first", "second"]) {
      const larger = only(await press(message, "Upscale 2"));
      expect([name, sizes(larger)]).toEqual([name, [[width! * 4, height! * 4]]]);
      expect(larger.content).toMatch(/^\*\*a\\-lighthouse\\-2\.png ×4\*\* · Mia\n/);
      expect(larger.private).toBe(false);
      expect(labels(larger)).toEqual([...ONWARD, "Again", "Delete"]);
    }
  });

  it("Again draws the same with a new chance, and keeps a seed that was asked for", async () => {
    const first = await imagine({ shape: "tall" });
    const again = only(await press(first, "Again"));
    expect(again.id).not.toBe(first.id);
    const [before, after] = inputs().slice(-2);
    expect(after).toMatchObject({ prompt: "a lighthouse", aspect_ratio: "9:16" });
    expect(after?.["seed"]).not.toBe(before?.["seed"]);
    await press(await imagine({ seed: 7 }), "Again");
    expect(seeds().slice(-2)).toEqual([7, 7]);
  });

  it("Vary draws the same words with another seed, also where one was asked for", async () => {
    await press(await imagine({ seed: 7, shape: "wide" }), "Vary");
    const varied = inputs().at(-1);
    expect(varied).toMatchObject({ prompt: "a lighthouse", aspect_ratio: "16:9" });
    expect(varied?.["seed"]).not.toBe(7);
  });

  it("Vary begins with the picture where the model takes one", async () => {
    const message = await imagine({ model: "flux-dev" });
    const varied = only(await press(message, "Vary"));
    expect(varied.attachments).toHaveLength(1);
    const [before, after] = inputs().slice(-2);
    expect(before).not.toHaveProperty("image");
    expect(after?.["image"]).toMatch(/^data:image\/png;base64,|^http/);
    // Where it was asked for, that is said.
    const refused = await use("imagine", { prompt: "a cat", reference: { upload: await picture() } });
    expect(refusal(refused)).toMatch(/^⚠️ FLUX schnell does not take `reference`\. flux-dev, .* can\.$/);
  });

  it("Remix opens a form with the words, and draws what is sent", async () => {
    const { member } = world.discord.people;
    const form = await press(await imagine({ shape: "tall", seed: 7 }), "Remix");
    expect(form.modal).toMatchObject({
      title: "Remix",
      components: [
        { label: "What to draw", component: { type: 4, value: "a lighthouse", style: 2, max_length: 2_000 } },
      ],
    });
    const message = only(await world.finished(member.submit(form, { prompt: "a lighthouse at dusk" })));
    expect(message.content).toMatch(/^\*\*a lighthouse at dusk\*\* · Mia\n/);
    expect(inputs().at(-1)).toMatchObject({ prompt: "a lighthouse at dusk", aspect_ratio: "9:16", seed: 7 });
  });

  it("everything is as private as the picture was", async () => {
    const message = await imagine({ private: true, prompt: "a secret" });
    expect(message.private).toBe(true);
    for (const label of ["Upscale", "Again", "Vary"])
      expect([label, only(await press(message, label)).private]).toEqual([label, true]);
    expect(seen().some((content) => content.includes("secret"))).toBe(false);
  });

  it("everything but Delete is for the one who asked, managers are no exception", async () => {
    const message = await imagine();
    const { other, admin } = world.discord.people;
    const before = inputs().length;
    for (const person of [other, admin])
      for (const label of ["Upscale", "Again", "Vary", "Remix"])
        expect(refusal(await press(message, label, person))).toBe("⚠️ Only the one who asked can do that.");
    expect(refusal(await press(message, "Delete", other))).toContain("or somebody who manages this server");
    expect(inputs()).toHaveLength(before);
    expect(world.discord.people.member.sees().some(({ id }) => id === message.id)).toBe(true);
  });

  checkJournals();
});

describe("under what was upscaled or transcribed", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("Again does the same with the same file", async () => {
    const large = only(await use("upscale", { image: { upload: await picture(40, 30) }, scale: 2 }));
    expect(labels(large)).toEqual([...ONWARD, "Again", "Delete"]);
    expect(sizes(only(await press(large, "Again")))).toEqual([[80, 60]]);
    const transcript = only(await use("transcribe", { audio: { upload: tone(2) } }));
    expect(labels(transcript)).toEqual([
      expect.stringMatching(/^Summarise · ~[\d.]+ credits$/),
      expect.stringMatching(/^Translate · ~[\d.]+ credits$/),
      expect.stringMatching(/^Ask about this · ~[\d.]+ credits$/),
      "Again",
      "Delete",
    ]);
    // What was transcribed once is known.
    expect(only(await press(transcript, "Again")).content).toContain("already transcribed, so it is free");
  });

  it("a file that is not there any more is too old, one that can't be had just now is not", async () => {
    const large = only(await use("upscale", { image: { upload: await picture(40, 30) } }));
    const before = inputs().length;
    world.discord.faults.add({ path: /\/photo\.png$/, status: 404, body: "gone" });
    expect(refusal(await press(large, "Again"))).toBe(TOO_OLD);
    world.discord.faults.add({ path: /\/photo\.png$/, status: 500, body: "oops", times: 9 });
    expect(refusal(await press(large, "Again"))).toContain("could not be fetched from Discord");
    world.discord.faults.clear();
    world.discord.faults.add({ path: /\/photo\.png$/, status: 404, body: "gone" });
    // Of a file that was just given it is the same sentence as ever.
    const fresh = await use("upscale", { image: { upload: await picture(40, 30) } });
    expect(refusal(fresh)).toContain("could not be fetched from Discord");
    expect(inputs()).toHaveLength(before);
  });

  checkJournals();
});

describe("Delete", () => {
  afterEach(() => world.close());

  it("takes the whole answer away, for the asker and for those who manage the server", async () => {
    await startIn();
    const { member, admin } = world.discord.people;
    for (const person of [member, admin]) {
      const message = await imagine();
      const { messages } = await press(message, "Delete", person);
      expect(messages).toEqual([]);
      expect(seen()).toEqual([]);
    }
    const hidden = await imagine({ private: true });
    await press(hidden, "Delete");
    expect(member.sees()).toEqual([]);
    expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
  });

  it("takes away every message of a long answer, also of a private one, and after a restart", async () => {
    await startIn();
    const { member } = world.discord.people;
    for (const hidden of [false, true]) {
      answers("word ".repeat(900));
      await ask("Write", { private: hidden });
      expect(member.sees().length).toBeGreaterThan(2);
      expect(member.sees().map((message) => message.private)).toEqual(member.sees().map(() => hidden));
      await world.bot.stop();
      await world.restart();
      await press(member.sees().at(-1)!, "Delete");
      expect(member.sees()).toEqual([]);
    }
  });

  it("pressed twice is done once, and the second time says nothing", async () => {
    await startIn();
    const message = await imagine();
    const { member } = world.discord.people;
    const id = message.buttons.find(({ label }) => label === "Delete")?.customId ?? "";
    // As from a second device, where the message is still there for a moment.
    world.discord.faults.add({ method: "DELETE", path: /./, delayMs: 200 });
    const presses = [member.press(message, id), member.press(message, id)];
    await Promise.all(presses.map((each) => each.until(({ state }) => state === "answered")));
    await world.bot.idle();
    expect(member.sees()).toEqual([]);
    expect(world.discord.journal.filter(({ path }) => path.endsWith("/callback")).at(-1)?.body).toMatchObject(
      { type: 6 },
    );
    expect(world.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it("leaves nothing that another button could be about", async () => {
    await startIn();
    const { member } = world.discord.people;
    const message = await imagine();
    // The other buttons of a message that another client still shows.
    world.discord.faults.add({
      method: "DELETE",
      path: /./,
      status: 404,
      body: { code: 10008, message: "" },
    });
    await press(message, "Delete");
    expect(member.sees()).toHaveLength(1);
    for (const label of ["Again", "Upscale", "Remix"])
      expect(refusal(await press(message, label))).toBe(TOO_OLD);
    // What is left of it goes with the next press.
    await press(message, "Delete");
    expect(member.sees().filter(({ id }) => id === message.id)).toEqual([]);
  });
});

it("what is pressed after a restart works as before", async () => {
  await startIn();
  const message = await imagine({ count: 2 });
  await world.bot.stop();
  await world.restart();
  expect(only(await press(message, "Upscale 2")).attachments).toHaveLength(1);
  expect(only(await press(message, "Vary")).attachments).toHaveLength(2);
  await press(message, "Delete");
  expect(world.discord.people.other.sees().some(({ id }) => id === message.id)).toBe(false);
  await world.close();
});
