import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Exchange, OptionValue, Upload } from "../../sandbox/discord/person.ts";
import { checkDiscordJournal } from "../sandbox/discord/schema.ts";
import { picture, tone, words } from "./samples.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => void (world = await startWorld()));
afterAll(() => world.close());

const creates = () =>
  world.replicate.journal.filter(({ method, path }) => method === "POST" && path.endsWith("/predictions"))
    .length;

const usage = async () => {
  const { messages } = await world.finished(world.discord.people.member.command("usage"));
  return /You have used (\S+)/.exec(messages[0]?.content ?? "")?.[1];
};

/** What the member reads: one private sentence, perhaps with Retry, and nothing stays in the channel. */
function sentenceOf({ messages }: Exchange, buttons: readonly string[] = []): string {
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ private: true, attachments: [] });
  expect(messages[0]?.buttons.map(({ label }) => label)).toEqual(buttons);
  expect(messages[0]?.content).toMatch(/^⚠️ /);
  return messages[0]?.content ?? "";
}

const upload = (file: Upload): OptionValue => ({ upload: file });

describe("refused before anything runs", () => {
  it.each<{
    why: string;
    command: string;
    options: () => Promise<Record<string, OptionValue>>;
    says: RegExp;
  }>([
    {
      why: "an unknown model",
      command: "imagine",
      options: async () => ({ prompt: "a cat", model: "dall-e" }),
      says: /There is no model `dall-e` here\. You can use flux-schnell, /,
    },
    {
      why: "a model for something else",
      command: "ask",
      options: async () => ({ prompt: "hello", model: "flux-schnell" }),
      says: /`flux-schnell` is a model for something else\. Here you can use claude-4\.5-haiku/,
    },
    {
      why: "an option that the model does not take",
      command: "imagine",
      options: async () => ({ prompt: "a cat", negative: "dogs" }),
      says: /FLUX schnell does not take `negative`\. .*sdxl.* can\./,
    },
    {
      why: "an empty prompt",
      command: "ask",
      options: async () => ({ prompt: "   " }),
      says: /The option `prompt` is missing or empty/,
    },
    {
      why: "a prompt over the limit",
      command: "imagine",
      options: async () => ({ prompt: "a".repeat(2001) }),
      says: /The option `prompt` is longer than 2000 characters/,
    },
    {
      why: "too many pictures",
      command: "imagine",
      options: async () => ({ prompt: "a cat", count: 5 }),
      says: /`count` must be a whole number from 1 to 4/,
    },
    {
      why: "a shape that there is not",
      command: "imagine",
      options: async () => ({ prompt: "a cat", shape: "round" }),
      says: /`shape` must be one of square, landscape, portrait, wide, or tall/,
    },
    {
      why: "a picture that is a renamed text file",
      command: "upscale",
      options: async () => ({ image: upload(words("photo.png", "image/png")) }),
      says: /`photo\.png` is not a picture that can be read/,
    },
    {
      why: "a picture with too many pixels",
      command: "upscale",
      options: async () => ({ image: upload(await picture(1600, 1400)) }),
      says: /The picture has 1600 × 1400 pixels\. For this scale it may have 2\.0 megapixels/,
    },
    {
      why: "sound of 0 bytes",
      command: "transcribe",
      options: async () => ({
        audio: upload({ name: "voice.ogg", data: new Uint8Array(), contentType: "audio/ogg" }),
      }),
      says: /`voice\.ogg` is empty/,
    },
    {
      why: "sound that is a renamed text file",
      command: "transcribe",
      options: async () => ({ audio: upload(words("voice.mp3", "audio/mpeg")) }),
      says: /There is no sound in `voice\.mp3`/,
    },
    {
      why: "a file of 26 MB",
      command: "upscale",
      options: async () => ({
        image: upload({ name: "big.png", data: Buffer.alloc(26 * 2 ** 20), contentType: "image/png" }),
      }),
      says: /`big\.png` has 26 MB; at most 25 MB/,
    },
    {
      why: "a language that there is not",
      command: "transcribe",
      options: async () => ({ audio: upload(tone(1)), language: "Klingon" }),
      says: /I know no language called `Klingon`/,
    },
  ])("$why", async ({ command, options, says }) => {
    const [before, used] = [creates(), await usage()];
    const exchange = world.discord.people.member.command(command, await options());
    const sentence = sentenceOf(await world.finished(exchange));
    expect(sentence).toMatch(says);
    expect(sentence).toMatch(/\n-# Nothing was charged\.$/);
    expect(creates()).toBe(before);
    expect(await usage()).toBe(used);
  });

  it("a message without sound", async () => {
    const { member } = world.discord.people;
    const exchange = await world.finished(member.use("Transcribe", member.post("only words")));
    expect(sentenceOf(exchange)).toContain("There is no file with sound on this message");
  });
});

describe("failed while it ran", () => {
  const flux = "black-forest-labs/flux-schnell";
  const nowhere = "http://169.254.169.254/latest/meta-data.png";
  it.each([
    {
      why: "a safety filter",
      script: { error: "All generated images contained NSFW content. (E005)" },
      says: /safety filter/,
      buttons: [],
    },
    {
      why: "an error of the model",
      script: { error: "CUDA out of memory (E1001)" },
      says: /FLUX schnell failed \(E1001\)/,
      buttons: ["Retry"],
    },
    { why: "no output", script: { output: [] }, says: /without making anything/, buttons: ["Retry"] },
    {
      why: "an end before it started",
      script: { status: "aborted" as const },
      says: /took too long/,
      buttons: ["Retry"],
    },
  ])("$why costs nothing", async ({ script, says, buttons }) => {
    const used = await usage();
    world.replicate.script({ model: flux, ...script });
    const exchange = world.discord.people.member.command("imagine", { prompt: "a cat" });
    const sentence = sentenceOf(await world.finished(exchange), buttons);
    expect(sentence).toMatch(says);
    expect(sentence).toMatch(/\n-# Nothing was charged\.$/);
    expect(await usage()).toBe(used);
  });

  it("a file from a place that is not allowed is never fetched", async () => {
    world.replicate.script({ model: flux, output: [nowhere] });
    const exchange = world.discord.people.member.command("imagine", { prompt: "a cat" });
    expect(sentenceOf(await world.finished(exchange))).toContain("not trusted");
  });

  it("a request that Replicate throttles is sent again as soon as it may be", async () => {
    world.replicate.faults.add({
      method: "POST",
      path: /flux-schnell\/predictions$/,
      status: 429,
      body: { detail: "Request was throttled. Your rate limit resets in ~1s.", status: 429, retry_after: 1 },
    });
    const { messages } = await world.finished(
      world.discord.people.member.command("imagine", { prompt: "a cat" }),
    );
    expect(messages[0]?.attachments).toHaveLength(1);
  });

  it("a request whose answer was lost is looked for, and not sent twice", async () => {
    const before = creates();
    world.replicate.faults.add({ method: "POST", path: /flux-schnell\/predictions$/, reset: "after" });
    const exchange = world.discord.people.member.command("imagine", { prompt: "a cat" });
    const { messages } = await world.finished(exchange);
    expect(messages[0]?.attachments).toHaveLength(1);
    expect(creates()).toBe(before + 1);
  });

  it("an account that can't pay is the operator's business", async () => {
    world.replicate.faults.add({
      method: "POST",
      path: /flux-schnell\/predictions$/,
      status: 402,
      body: {
        title: "Insufficient credit",
        detail: "You have insufficient credit to run this model.",
        status: 402,
      },
    });
    const exchange = world.discord.people.member.command("imagine", { prompt: "a cat" });
    expect(sentenceOf(await world.finished(exchange))).toContain("Its operator has to look after it");
  });
});

it("a result over the limit for files is re-encoded to fit", async () => {
  const small = await startWorld({ discord: { attachmentSizeLimit: 150_000 } });
  try {
    const exchange = small.discord.people.member.command("upscale", {
      image: upload(await picture(200, 150)),
      scale: 4,
    });
    const [message] = (await small.finished(exchange)).messages;
    expect(message?.attachments[0]).toMatchObject({ contentType: "image/webp" });
    expect(message?.attachments[0]?.bytes).toBeLessThanOrEqual(150_000);
  } finally {
    await small.close();
  }
});

it("nothing of the above broke a rule of Discord's, or told the log a secret", () => {
  expect(checkDiscordJournal(world.discord.journal)).toEqual([]);
  const log = JSON.stringify(world.log);
  expect(log).not.toContain(world.discord.token);
  expect(log).not.toContain(world.replicate.token);
});
