import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, OptionValue, SeenMessage, Upload } from "../../sandbox/discord/person.ts";
import { editStyleNames } from "../../src/commands/edit-styles.ts";
import { painted, picture, tone, words } from "./samples.ts";
import { checkJournals, inputs, only, press, startIn, world } from "./talk.ts";

interface Drawing {
  width?: number;
  height?: number;
  ground?: string;
  paint?: string;
  name?: string;
}

/** A picture whose left half is painted. */
async function drawing(drawing: Drawing = {}): Promise<Upload> {
  const { width = 320, height = 240, ground = "#0000ff", paint = ground, name = "cat.png" } = drawing;
  const half = { left: 0, top: 0, width: width / 2, height };
  const data = await painted({ width, height }, half, { ground, paint }).png().toBuffer();
  return { name, data, contentType: "image/png" };
}
const maskOf = (more: Drawing = {}) =>
  drawing({ width: 160, height: 120, ground: "#000000", paint: "#ffffff", name: "mask.png", ...more });

const edit = async (options: Record<string, OptionValue>, image?: Upload) =>
  world.finished(
    world.discord.people.member.command("edit", {
      image: { upload: image ?? (await drawing()) },
      ...options,
    }),
  );

/** What is to be seen of the first picture, by places from 0 to 1. */
async function look({ attachments }: SeenMessage) {
  const file = await fetch(attachments[0]?.url ?? "");
  const { data, info } = await sharp(Buffer.from(await file.arrayBuffer()))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const start = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 4;
    return [...data.subarray(start, start + 4)];
  };
  return { at, size: [info.width, info.height] };
}

const BLUE = [0, 0, 255, 255];
const lastLine = ({ content }: SeenMessage) => content.split("\n").at(-1);

/** What the last first response was: 4 is an answer, 5 the promise of one. */
const lastResponse = () => {
  const responses = world.discord.journal.filter(({ path }) => path.endsWith("/callback"));
  return (responses.at(-1)?.body as { type?: number } | undefined)?.type;
};

/** One private sentence instead of a promise, and nothing was run or charged. */
async function sentenceOf(asking: Promise<Exchange>): Promise<string> {
  const before = inputs().length;
  const { messages } = await asking;
  expect(lastResponse()).toBe(4);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ private: true, attachments: [] });
  expect(inputs()).toHaveLength(before);
  const [sentence = "", charged] = messages[0]?.content.split("\n") ?? [];
  expect(charged).toBe("-# Nothing was charged.");
  return sentence;
}

const prompt = "a red balloon";

describe("/edit", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  it("changes a picture as the words say, and names the model", async () => {
    const message = only(await edit({ prompt: "make it winter", seed: 7, spoiler: true }));
    expect(message.content).toMatch(/^\*\*cat\.png · make it winter\*\* · Mia\n/);
    expect(lastLine(message)).toMatch(/^-# FLUX Kontext pro · .*seed 7 · 40 credits \(.* left\)$/);
    expect(message.attachments).toMatchObject([
      { name: "SPOILER_cat-edited.png", description: "cat.png, changed: make it winter" },
    ]);
    expect((await look(message)).size).toEqual([320, 240]);
    expect(message.buttons.map(({ label }) => label)).toEqual(["Again", "Delete"]);
    await press(only(await edit({ prompt: "make it winter" })), "Again");
    const [one, other] = inputs().slice(-2);
    expect(other).toMatchObject({ prompt: "make it winter", aspect_ratio: "match_input_image" });
    expect(other?.["seed"]).not.toBe(one?.["seed"]);
  });

  it("with words, in private, by a model that takes its pictures as a list", async () => {
    const exchange = await edit({ prompt: "make it winter", model: "nano-banana-edit", private: true });
    expect(only(exchange).private).toBe(true);
    expect(lastLine(only(exchange))).toContain("-# Nano Banana (edit) · ");
    expect(inputs().at(-1)?.["image_input"]).toEqual([expect.stringMatching(/^data:image\/png;base64,/)]);
  });

  it("sends the first picture of an animation", async () => {
    const frames = await sharp(Buffer.alloc(40 * 60 * 3, 90), {
      raw: { width: 40, height: 60, channels: 3, pageHeight: 30 },
    })
      .gif({ delay: [100, 100] })
      .toBuffer();
    const gif = { name: "cat.gif", data: frames, contentType: "image/gif" };
    const message = only(await edit({ prompt: "make it winter" }, gif));
    expect(message.attachments).toHaveLength(1);
    const [, base64 = ""] = String(inputs().at(-1)?.["input_image"]).split(",");
    expect(await sharp(Buffer.from(base64, "base64")).metadata()).toMatchObject({
      format: "png",
      width: 40,
      height: 30,
    });
  });

  it("redraws a picture in one style", async () => {
    const message = only(await edit({ style: "pixel art", strength: "strong", prompt: "at night" }));
    expect(message.content).toMatch(/^\*\*cat\.png · pixel art · at night\*\* · Mia\n/);
    expect(lastLine(message)).toMatch(/^-# FLUX Kontext pro · .*pixel art, strong · seed \d+ · 40 credits/);
    expect(message.attachments).toMatchObject([
      { name: "cat-pixel-art.png", description: expect.stringContaining("16-bit pixel art") },
    ]);
    expect(inputs().at(-1)?.["prompt"]).toMatch(/^Redraw this picture as 16-bit.*\nAlso change: at night$/s);
  });

  it("redraws it in every style once its asker said so, since that is dear", async () => {
    const question = only(await edit({ style: "all" }));
    expect(question.content).toContain("This may use up to 280 credits");
    const message = only(await press(question, "Run"));
    // In the order in which they were made.
    const descriptions = new Map(message.attachments.map(({ name, description }) => [name, description]));
    expect(descriptions.size).toBe(7);
    for (const style of editStyleNames)
      expect(descriptions.get(`cat-${style.replace(" ", "-")}.png`)).toContain(`cat.png as ${style}`);
    expect(lastLine(message)).toContain("every style, medium");
  });

  it("paints anew where the mask is white, whatever its size, and leaves the rest", async () => {
    const message = only(await edit({ mask: { upload: await maskOf() }, prompt }));
    const { at, size } = await look(message);
    expect(size).toEqual([768, 576]);
    expect(at(0.75, 0.5)).toEqual(BLUE);
    expect(at(0.25, 0.5)).not.toEqual(BLUE);
    expect(message.attachments).toMatchObject([
      { name: "cat-painted.png", description: "cat.png, a part of it painted anew: a red balloon" },
    ]);
    expect(lastLine(message)).toMatch(
      /^-# Stable Diffusion Inpainting · .*painted anew where the mask is white/,
    );
  });

  it("paints the transparent area anew, and shows the model nothing of what it hid", async () => {
    const holed = await drawing({ paint: "#00ff0000" });
    const message = only(await edit({ transparent: true, prompt }, holed));
    const { at } = await look(message);
    expect(at(0.75, 0.5)).toEqual(BLUE);
    expect(at(0.25, 0.5)).not.toEqual(BLUE);
    const [, base64 = ""] = String(inputs().at(-1)?.["image"]).split(",");
    const sent = await sharp(Buffer.from(base64, "base64")).raw().toBuffer({ resolveWithObject: true });
    expect(sent.info.channels).toBe(3);
    expect([...sent.data.subarray(0, 3)]).toEqual([128, 128, 128]);
  });

  it("uploads what is too large to be sent along", async () => {
    const mask = await maskOf({ width: 800, height: 600 });
    const message = only(await edit({ mask: { upload: mask }, prompt }, await picture(400, 300)));
    expect(message.attachments).toHaveLength(1);
    expect(inputs().at(-1)?.["image"]).toMatch(/^http.*\/files\//);
    expect(inputs().at(-1)?.["mask"]).toMatch(/^data:image\/png;base64,/);
  });

  it("removes the background, or blurs it", async () => {
    const noise = await picture(200, 100);
    const removed = only(await edit({ background: "remove" }, noise));
    const cut = await look(removed);
    expect([cut.at(0, 0)[3], cut.at(0.5, 0.5)[3]]).toEqual([0, 255]);
    expect(lastLine(removed)).toMatch(/^-# Background Remover · .*background removed · 0\.4 credits/);
    expect(removed.attachments).toMatchObject([
      { name: "photo-cutout.png", description: "photo.png without its background" },
    ]);

    const blurred = only(await edit({ background: "blur" }, noise));
    const [before, after] = [await look({ ...removed }), await look(blurred)];
    expect(after.at(0.5, 0.5)).toEqual(before.at(0.5, 0.5));
    // Noise differs from its neighbours, a blur hardly does.
    const differs = [0.01, 0.02, 0.03].map((x) =>
      Math.abs((after.at(x, 0.02)[0] ?? 0) - (after.at(x + 0.01, 0.02)[0] ?? 0)),
    );
    expect(Math.max(...differs)).toBeLessThan(20);
    expect(after.at(0, 0)[3]).toBe(255);
    expect(lastLine(blurred)).toContain("background blurred");
  });

  it("puts something else behind, by a model that is told to keep what is in front", async () => {
    const message = only(await edit({ background: "a beach at sunset" }));
    expect(lastLine(message)).toMatch(/^-# FLUX Kontext pro · .*new background/);
    expect(inputs().at(-1)?.["prompt"]).toMatch(/New background: a beach at sunset\nKeep: /);
  });

  it.each<{ why: string; options: () => Promise<Record<string, OptionValue>>; says: RegExp; image?: Upload }>(
    [
      {
        why: "nothing to do",
        options: async () => ({}),
        says: /nothing to do yet.*`prompt`, .* or `background`/,
      },
      {
        why: "a picture that is none",
        image: words("cat.png", "image/png"),
        options: async () => ({ prompt }),
        says: /`cat\.png` is not a picture/,
      },
      {
        why: "a model for something else",
        options: async () => ({ prompt, model: "rembg" }),
        says: /`rembg` is a model for something else\. Here you can use flux-kontext-pro, nano-banana-edit/,
      },
      {
        why: "a model whose price nobody knows",
        options: async () => ({ prompt, model: "qwen-image-edit" }),
        says: /Nobody here knows what Qwen Image Edit costs/,
      },
      {
        why: "a style that there is not",
        options: async () => ({ style: "cubism" }),
        says: /`style` must be one of anime, oil painting, /,
      },
      {
        why: "a strength of nothing",
        options: async () => ({ strength: "light", prompt }),
        says: /`strength` needs `style` beside it/,
      },
      {
        why: "a mask without words",
        options: async () => ({ mask: { upload: await maskOf() } }),
        says: /`mask` needs `prompt`/,
      },
      {
        why: "a mask that is no picture",
        options: async () => ({ mask: { upload: words("mask.png", "image/png") }, prompt }),
        says: /`mask\.png` is not a picture/,
      },
      {
        why: "a mask of another shape",
        options: async () => ({ mask: { upload: await maskOf({ width: 200, height: 200 }) }, prompt }),
        says: /The picture has 320 × 240 pixels and the mask 200 × 200, which is another shape/,
      },
      {
        why: "a mask with nothing white",
        options: async () => ({ mask: { upload: await maskOf({ paint: "#202020" }) }, prompt }),
        says: /Nothing in `mask\.png` is white/,
      },
      {
        why: "a picture with nothing transparent",
        options: async () => ({ transparent: true, prompt }),
        says: /Nothing in `cat\.png` is transparent/,
      },
      {
        why: "transparency without words",
        options: async () => ({ transparent: true }),
        says: /`transparent` needs `prompt`/,
      },
      {
        why: "a mask and transparency",
        options: async () => ({ mask: { upload: await maskOf() }, transparent: true, prompt }),
        says: /`mask` and `transparent` do not go together/,
      },
      {
        why: "a background and a mask",
        options: async () => ({ background: "remove", mask: { upload: await maskOf() } }),
        says: /`mask` and `background` do not go together: each is a job of its own/,
      },
      {
        why: "a blur by a model that only removes",
        options: async () => ({ background: "blur", model: "rembg" }),
        says: /Rembg does not take `blur`\. background-remover can\./,
      },
      {
        why: "a background removed by a model for words",
        options: async () => ({ background: "remove", model: "flux-kontext-pro" }),
        says: /`flux-kontext-pro` is a model for something else\. Here you can use background-remover or rembg/,
      },
      {
        why: "a seed for what takes none",
        options: async () => ({ background: "remove", seed: 7 }),
        says: /Background Remover does not take `seed`/,
      },
    ],
  )("refuses $why before anything runs", async ({ options, says, image }) => {
    expect(await sentenceOf(edit(await options(), image))).toMatch(says);
  });

  it("offers backgrounds, and models for each of its jobs", async () => {
    const { member } = world.discord.people;
    const backgrounds = await member.complete("edit", "background", "");
    expect(backgrounds.slice(0, 2).map(({ value }) => value)).toEqual(["remove", "blur"]);
    const models = await member.complete("edit", "model", "inpaint");
    expect(models[0]).toMatchObject({
      value: "sd-inpainting",
      name: expect.stringMatching(/^Stable Diffusion Inpainting · ~21 credits.* · mask, transparent$/),
    });
  });

  checkJournals();
});

describe("where a file can't be looked into in time, what is wrong with it is said before it runs", () => {
  beforeAll(() => startIn({ downloads: { wholeMs: 5_000 } }));
  afterAll(() => world.close());

  it.each([
    ["a mask of another shape", { width: 200, height: 200 }, /which is another shape/],
    ["a mask with nothing white", { paint: "#202020" }, /Nothing in `mask\.png` is white/],
  ])("%s", async (_, mask, says) => {
    world.discord.faults.add({ path: /\/mask\.png$/, delayMs: 1_200 });
    const exchange = await edit({ mask: { upload: await maskOf(mask) }, prompt });
    expect(lastResponse()).toBe(5);
    expect(only(exchange)).toMatchObject({ private: true });
    expect(only(exchange).content).toMatch(says);
    expect(only(exchange).content).toContain("-# Nothing was charged.");
    expect(inputs()).toEqual([]);
  });

  checkJournals();
});

describe("on a message", () => {
  beforeAll(() => startIn());
  afterAll(() => world.close());

  const use = (name: string, uploads: Upload[]) => {
    const { member } = world.discord.people;
    return world.finished(member.use(name, member.post("look", uploads)));
  };

  it("Upscale makes its first picture larger", async () => {
    const message = only(await use("Upscale", [tone(1), await picture(40, 30), await picture(50, 50)]));
    expect((await look(message)).size).toEqual([160, 120]);
    expect(lastLine(message)).toContain("-# Real-ESRGAN · ");
    expect((await look(only(await press(message, "Again")))).size).toEqual([160, 120]);
  });

  it("Remove background leaves what is in front of it", async () => {
    const message = only(await use("Remove background", [await picture(40, 30)]));
    expect((await look(message)).at(0, 0)[3]).toBe(0);
    expect(message.attachments).toMatchObject([{ name: "photo-cutout.png" }]);
    expect(inputs().at(-1)).toMatchObject({ background_type: "rgba" });
    expect((await look(only(await press(message, "Again")))).at(0, 0)[3]).toBe(0);
  });

  it.each(["Upscale", "Remove background"])("%s wants a picture that is one", async (name) => {
    expect(await sentenceOf(use(name, []))).toBe(
      "⚠️ There is no picture on this message. Use this on a message with a PNG, JPEG, WebP or GIF.",
    );
    expect(await sentenceOf(use(name, [tone(1)]))).toContain("There is no picture on this message");
    expect(await sentenceOf(use(name, [words("cat.png", "image/png")]))).toContain(
      "`cat.png` is not a picture that can be read",
    );
  });

  checkJournals();
});

describe("after a restart", () => {
  afterEach(() => world.close());

  it("a mask that was not sent yet is made and sent as before", async () => {
    await startIn();
    world.replicate.faults.add({
      method: "POST",
      path: /\/predictions$/,
      times: 99,
      status: 429,
      body: { detail: "Request was throttled. Your rate limit resets in ~30s.", retry_after: 30 },
    });
    const { member } = world.discord.people;
    const exchange = member.command("edit", {
      image: { upload: await drawing() },
      mask: { upload: await maskOf() },
      prompt,
    });
    await exchange.until(({ messages }) => messages[0]?.buttons[0]?.label === "Stop");
    await world.bot.stop();
    world.replicate.faults.clear();
    expect(inputs()).toEqual([]);
    await world.restart();
    const { at } = await look(only(await world.finished(exchange)));
    expect(at(0.75, 0.5)).toEqual(BLUE);
    expect(at(0.25, 0.5)).not.toEqual(BLUE);
  });
});
