import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OptionValue, Person } from "../../sandbox/discord/person.ts";
import { picture } from "./samples.ts";
import { checkJournals, inputs, only, press, startIn, world } from "./talk.ts";

const draw = async (options: Record<string, OptionValue>, person?: Person) =>
  only(
    await world.finished(
      (person ?? world.discord.people.member).command("imagine", { prompt: "a fox", ...options }),
    ),
  );
/** Runs of the latest command. */
const ran = async (options: Record<string, OptionValue>) => {
  const before = inputs().length;
  const message = await draw(options);
  return { message, sent: inputs().slice(before) };
};

describe("/imagine", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("draws by quality, and refuses a model's name beside it at no cost", async () => {
    const best = await ran({ quality: "best" });
    expect(best.message.content).toMatch(/\n-# Nano Banana 2 · .*67 credits/);
    const fast = await ran({ quality: "fast" });
    expect(fast.message.content).toMatch(/\n-# FLUX schnell · .*3 credits/);
    const both = await ran({ quality: "fast", model: "sdxl" });
    expect(both.sent).toEqual([]);
    expect(both.message).toMatchObject({
      private: true,
      content:
        "⚠️ `model` and `quality` don't go together. Please give one of them.\n-# Nothing was charged.",
    });
  });

  it("draws by another model of that quality where the first may not be used", async () => {
    const { admin } = world.discord.people;
    const change = (name: string) => world.finished(admin.command(`models ${name}`, { model: "flux-2-pro" }));
    await change("deny");
    expect((await draw({ quality: "balanced" })).content).toContain("-# FLUX 1.1 pro · ");
    await change("allow");
    expect((await draw({ quality: "balanced" })).content).toContain("-# FLUX 2 pro · ");
  });

  it("draws in a style, and refuses one that there is not", async () => {
    const { message, sent } = await ran({ style: "pop art" });
    expect(sent[0]?.["prompt"]).toMatch(/^a fox\. Style: a pop art screen print; /);
    expect(message.content).toMatch(/^\*\*a fox\*\* · Mia\n-# /);
    const none = await ran({ style: "cubist" });
    expect(none.sent).toEqual([]);
    expect(none.message.content).toMatch(
      /^⚠️ The option `style` must be one of photo, anime, .*\n-# Nothing/,
    );
  });

  it("draws one picture a style in one answer, named and to be upscaled by it", async () => {
    const { message, sent } = await ran({ style: "all" });
    expect(sent).toHaveLength(10);
    expect(message.attachments).toHaveLength(10);
    expect(message.attachments[2]).toMatchObject({
      name: "a-fox-oil-painting.png",
      description: "a fox (oil painting)",
    });
    expect(message.content).toContain("30 credits");
    expect(message.buttons.map(({ label }) => label)).toContain("Upscale oil painting");
    const larger = only(await press(message, "Upscale oil painting"));
    expect(larger.content).toContain("oil\\-painting");
    expect(larger.attachments).toHaveLength(1);
  });

  it("counts the styles that failed, and shows the others", async () => {
    world.replicate.script({ model: "black-forest-labs/flux-schnell", error: "NSFW content detected" });
    const message = await draw({ style: "all" });
    expect(message.attachments).toHaveLength(9);
    expect(message.content).toMatch(/-# 1 of 10 failed: The model's safety filter/);
    expect(message.content).toContain("27 credits");
  });

  it("refuses several pictures of each style", async () => {
    const { message, sent } = await ran({ style: "all", count: 2 });
    expect(sent).toEqual([]);
    expect(message.content).toMatch(/^⚠️ `style:all` and `count` don't go together/);
  });

  it("adds structure, and shows what was sent without letting it format anything", async () => {
    const { message, sent } = await ran({ prompt: "a **fox** <@1>", enhance: true });
    expect(String(sent[0]?.["prompt"]).split("\n")[0]).toBe("Subject: a **fox** <@1>.");
    expect(message.content).toMatch(/\n> Subject\\: a \\\*\\\*fox\\\*\\\* \\<\\@1\\>\.\n> Details\\: /);
    expect(message.raw.mentions).toEqual([]);
  });

  it("says of structure in several styles what they share", async () => {
    const { message } = await ran({ style: "all", enhance: true });
    expect(message.content).toMatch(/\n> Subject\\: a fox\.\n> Style\\: another one for each picture\.\n/);
  });

  it("begins with a picture where the model can, among them those that take a list", async () => {
    const reference = { upload: await picture() };
    for (const [model, name] of [
      ["nano-banana-2", "image_input"],
      ["flux-2-pro", "input_images"],
    ] as const) {
      const { message, sent } = await ran({ model, reference });
      expect(message.attachments).toHaveLength(1);
      expect(sent[0]?.[name]).toEqual([expect.stringMatching(/^data:image\/png;base64,|^http/)]);
      expect((await ran({ model })).sent[0]?.[name]).toEqual([]);
    }
  });

  it("hides what grows out of a hidden picture", async () => {
    const message = await draw({ spoiler: true });
    expect(message.attachments[0]?.name).toMatch(/^SPOILER_/);
    expect(only(await press(message, "Upscale")).attachments[0]?.name).toMatch(/^SPOILER_/);
  });

  checkJournals();
});
