import { fileTypeFromBuffer } from "file-type";
import { parseBuffer } from "music-metadata";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import { wav } from "../../../sandbox/replicate/outputs/clips.ts";
import { closeHonestly, connect } from "./client.ts";

let replicate: ReplicateStandIn;
let client: ReturnType<typeof connect>;

beforeAll(async () => {
  replicate = await startReplicate({ pace: 0 });
  client = connect(replicate);
});
afterAll(() => closeHonestly(replicate));

/** Runs a model as its kind asks: official ones by name, community ones by their latest version. */
async function run(ref: string, input: object) {
  const [owner = "", name = ""] = ref.split("/");
  const model = await client.models.get(owner, name);
  const official = (model as { is_official?: boolean }).is_official;
  const named = official ? { model: ref } : { version: model.latest_version!.id };
  return client.predictions.create({ ...named, input, wait: true });
}

async function download(url: unknown) {
  const response = await fetch(String(url));
  expect(response.status).toBe(200);
  return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

const dataUri = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString("base64")}`;
const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#884422" } })
    .jpeg()
    .toBuffer();

describe("pictures", () => {
  it.each([
    ["black-forest-labs/flux-schnell", { aspect_ratio: "16:9", output_format: "png" }, "png", 1344, 768],
    ["black-forest-labs/flux-schnell", { megapixels: "0.25" }, "webp", 512, 512],
    ["black-forest-labs/flux-dev", { aspect_ratio: "9:16", output_format: "jpg" }, "jpeg", 768, 1344],
    ["black-forest-labs/flux-2-pro", { aspect_ratio: "custom", width: 640, height: 480 }, "webp", 640, 480],
    ["stability-ai/sdxl", { width: 1024, height: 768 }, "png", 1024, 768],
    ["bytedance/seedream-4.5", { size: "2K", aspect_ratio: "1:1" }, "png", 2048, 2048],
    ["google/nano-banana", { aspect_ratio: "3:4", output_format: "png" }, "png", 896, 1152],
  ])("%s with %j is a real %s of %i × %i", async (ref, input, format, width, height) => {
    const done = await run(ref, { prompt: "a fox <in> the forest & more", ...input });
    expect(done).toMatchObject({ status: "succeeded", metrics: { image_output_count: 1 } });
    const { bytes, headers } = await download([done.output].flat()[0]);
    expect(await sharp(bytes).metadata()).toMatchObject({ format, width, height });
    expect(headers.get("content-type")).toBe(`image/${format}`);
    expect(headers.get("content-length")).toBe(String(bytes.length));
  });

  it("come as many as were asked for, and the same for the same seed", async () => {
    const input = { prompt: "fox", num_outputs: 3, seed: 7, megapixels: "0.25" };
    const first = await run("black-forest-labs/flux-schnell", input);
    const again = await run("black-forest-labs/flux-schnell", input);
    expect(first.output).toHaveLength(3);
    const pictures = await Promise.all(
      [...(first.output as string[]), (again.output as string[])[0]].map(download),
    );
    const [a, b, , d] = pictures.map(({ bytes }) => bytes);
    expect(a).toEqual(d);
    expect(a).not.toEqual(b);
    expect(first.logs).toMatch(/^Using seed: 7\n {2}0%\|[^]*\r 25%\|[^]*\r100%\|██████████\| 4\/4/);
    expect((await run("ideogram-ai/ideogram-v3-turbo", { prompt: "fox" })).output).toMatch(/^http.*\.png$/);
  });

  it("answer range requests, and are gone after an hour", async () => {
    const done = await run("black-forest-labs/flux-schnell", { prompt: "fox", megapixels: "0.25" });
    const url = (done.output as string[])[0]!;
    const { bytes } = await download(url);
    const part = async (range: string) => fetch(url, { headers: { range } });
    const middle = await part("bytes=10-19");
    expect(middle.status).toBe(206);
    expect(middle.headers.get("content-range")).toBe(`bytes 10-19/${bytes.length}`);
    expect(Buffer.from(await middle.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    expect(Buffer.from(await (await part("bytes=-5")).arrayBuffer())).toEqual(bytes.subarray(-5));
    expect((await part(`bytes=${bytes.length}-`)).status).toBe(416);
    expect((await fetch(url, { method: "HEAD" })).headers.get("content-length")).toBe(String(bytes.length));
  });
});

describe("upscalers and removers", () => {
  it("enlarge the picture that they were given, wherever it is", async () => {
    const bytes = await photo(120, 80);
    const drawn = await run("black-forest-labs/flux-schnell", { prompt: "fox", megapixels: "0.25" });
    const uploaded = await client.files.create(
      new File([new Uint8Array(bytes)], "cat.jpg", { type: "image/jpeg" }),
    );
    const cases = [
      [dataUri("image/jpeg", bytes), 360, 240],
      [uploaded.urls.get, 360, 240],
      [(drawn.output as string[])[0], 1536, 1536],
    ] as const;
    for (const [image, width, height] of cases) {
      const done = await run("nightmareai/real-esrgan", { image, scale: 3 });
      expect(done.error).toBeNull();
      expect(await sharp((await download(done.output)).bytes).metadata()).toMatchObject({
        format: "png",
        width,
        height,
      });
    }
    const restored = await run("tencentarc/gfpgan", { img: dataUri("image/jpeg", bytes) });
    expect(await sharp((await download(restored.output)).bytes).metadata()).toMatchObject({ width: 240 });
  });

  it("run out of memory on large pictures, as the real one does", async () => {
    const image = dataUri("image/jpeg", await photo(2000, 1500));
    const done = await run("nightmareai/real-esrgan", { image });
    expect(done.status).toBe("failed");
    expect(done.error).toContain(
      "3000000 greater than the max size that fits in GPU memory on this hardware, 2096704",
    );
  });

  it("fail on what is no picture, or is not there", async () => {
    const noPicture = await run("nightmareai/real-esrgan", {
      image: dataUri("image/png", Buffer.from("hello")),
    });
    expect(noPicture).toMatchObject({
      status: "failed",
      error: expect.stringContaining("cannot identify image file") as string,
    });
    const gone = await run("nightmareai/real-esrgan", { image: `${replicate.origin}/delivery/none/x.png` });
    expect(gone).toMatchObject({
      status: "failed",
      error: expect.stringContaining("404 Client Error") as string,
    });
    const nobody = await run("nightmareai/real-esrgan", { image: "http://127.0.0.1:9/x.png" });
    expect(nobody).toMatchObject({
      status: "failed",
      error: expect.stringContaining("Failed to download") as string,
    });
  });

  it("cut the middle out", async () => {
    const done = await run("851-labs/background-remover", {
      image: dataUri("image/jpeg", await photo(100, 100)),
    });
    const { data, info } = await sharp((await download(done.output)).bytes)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 100, height: 100, channels: 4 });
    expect([data[3], data[(50 * 100 + 50) * 4 + 3]]).toEqual([0, 255]);
  });
});

describe("inpainting and blurring", () => {
  const half = async (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: "black" } })
      .composite([
        {
          input: { create: { width: width / 2, height, channels: 3, background: "white" } },
          left: 0,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
  const pixelsOf = async (output: unknown) => {
    const { data, info } = await sharp((await download([output].flat()[0])).bytes)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
    ];
    return { at, info };
  };
  const image = async () => {
    const brown = sharp({ create: { width: 200, height: 100, channels: 3, background: "#884422" } });
    return dataUri("image/png", await brown.png().toBuffer());
  };

  it.each([
    ["stability-ai/stable-diffusion-inpainting", { width: 256, height: 128 }, 256, 128],
    ["black-forest-labs/flux-fill-pro", { output_format: "png" }, 200, 100],
  ])("%s paints where the mask is white, and nowhere else", async (ref, input, width, height) => {
    const mask = dataUri("image/png", await half(200, 100));
    const done = await run(ref, { prompt: "a fox", image: await image(), mask, ...input });
    const { at, info } = await pixelsOf(done.output);
    expect(info).toMatchObject({ width, height });
    expect(at(width - 20, 20)).toEqual([0x88, 0x44, 0x22]);
    expect(at(20, 20)).not.toEqual([0x88, 0x44, 0x22]);
  });

  it("fails where picture and mask differ in size", async () => {
    const mask = dataUri("image/png", await half(100, 50));
    const done = await run("black-forest-labs/flux-fill-pro", { prompt: "x", image: await image(), mask });
    expect(done).toMatchObject({
      status: "failed",
      error: "Image and mask must have the same size: 200x100 and 100x50",
    });
  });

  it("a background's type is one that the remover knows", async () => {
    const input = { image: await image(), background_type: "gone" };
    expect(await run("851-labs/background-remover", input)).toMatchObject({ status: "failed" });
  });
});

describe("texts", () => {
  const answer = async (ref: string, input: object) => (await run(ref, input)).output as string[];

  it("stop at the limit, whatever it is called", async () => {
    const prompt = "Tell me about foxes";
    expect(await answer("anthropic/claude-4.5-haiku", { prompt, max_tokens: 12 })).toHaveLength(12);
    expect(await answer("openai/gpt-5-mini", { prompt, max_completion_tokens: 12 })).toHaveLength(12);
    expect(await answer("google/gemini-2.5-flash", { prompt, max_output_tokens: 12 })).toHaveLength(12);
  });

  it("are long with a code block where a long answer is wanted", async () => {
    const text = (await answer("openai/gpt-5-nano", { prompt: "A long story about foxes, please" })).join("");
    expect(text.length).toBeGreaterThan(2000);
    expect(text).toMatch(/\n```ts\n[^]+\n```\n/);
    expect(text).toContain("sandbox");
  });

  it("answer the newest turn of a transcript, plain or in Llama's marks, and say how many there were", async () => {
    const plain = "User: Who?\n\nAssistant: Me.\n\nUser: Why?\n\nAssistant:";
    const llama =
      "Who?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nMe.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?";
    for (const [ref, prompt] of [
      ["deepseek-ai/deepseek-v3", plain],
      ["meta/meta-llama-3-8b-instruct", llama],
    ] as const) {
      const text = (await answer(ref, { prompt })).join("");
      expect(text).toContain("You asked: *Why?*\nTurns before this one: 1.\n");
    }
    expect((await answer("deepseek-ai/deepseek-v3", { prompt: "Why?" })).join("")).not.toContain("Turns");
  });

  it("fill in a form of any labels, and say what the picture really is", async () => {
    const image = dataUri("image/jpeg", await photo(64, 48));
    const prompt = "Tell me, line by line:\nMOOD: how it feels, in a word\nHALF A LINE: anything\nThank you.";
    const text = (await answer("anthropic/claude-sonnet-5", { prompt, image, max_tokens: 1024 })).join("");
    const made = "(sandbox) made up from a picture of 64 × 48 pixels, for";
    expect(text).toBe(`MOOD: ${made} “how it feels”\nHALF A LINE: ${made} “anything”\n`);
    // One such line is no form.
    expect((await answer("deepseek-ai/deepseek-v3", { prompt: "NOTE: why?" })).join("")).toContain(
      "You asked",
    );
  });

  it("are the same for the same seed's stand-in", async () => {
    const answers = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const own = await startReplicate({ pace: 0, seed });
        const done = await connect(own).predictions.create({
          model: "deepseek-ai/deepseek-v3.1",
          input: { prompt: "Why?" },
          wait: true,
        });
        await own.close();
        return `${done.id} ${(done.output as string[]).join("")}`;
      }),
    );
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).not.toBe(answers[2]);
  });
});

describe("transcripts", () => {
  const audio = dataUri("audio/wav", wav(42.5));
  const fits = (segments: { start: number; end: number }[]) => {
    expect(segments.length).toBeGreaterThan(0);
    for (const [i, { start, end }] of segments.entries()) {
      expect(start).toBeGreaterThanOrEqual(i === 0 ? 0 : segments[i - 1]!.end);
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(42.5);
    }
  };

  it("of whisperx have segments that fit, up to 28 s, or aligned", async () => {
    const model = "victor-upmeet/whisperx";
    interface Transcript {
      segments: { start: number; end: number; text: string; words?: object[] }[];
      detected_language: string;
    }
    const plain = (await run(model, { audio_file: audio })).output as Transcript;
    fits(plain.segments);
    expect(plain.detected_language).toBe("en");
    expect(Math.max(...plain.segments.map(({ start, end }) => end - start))).toBeLessThanOrEqual(28);
    const aligned = (await run(model, { audio_file: audio, align_output: true })).output as Transcript;
    fits(aligned.segments);
    expect(aligned.segments.length).toBeGreaterThan(plain.segments.length);
    expect(aligned.segments[0]?.words?.[0]).toMatchObject({ word: "This" });
  });

  it("of the two whispers have their own shapes", async () => {
    const whisper = (await run("openai/whisper", { audio, transcription: "srt" })).output as Record<
      string,
      unknown
    >;
    fits(whisper["segments"] as { start: number; end: number }[]);
    expect(whisper).toMatchObject({ detected_language: "english", translation: null });
    expect(whisper["transcription"]).toMatch(
      /^1\n00:00:00,200 --> 00:00:\d\d,\d{3}\nThis transcript is made up/,
    );
    const fast = (await run("vaibhavs10/incredibly-fast-whisper", { audio })).output as {
      text: string;
      chunks: { text: string; timestamp: [number, number] }[];
    };
    fits(fast.chunks.map(({ timestamp: [start, end] }) => ({ start, end })));
    expect(fast.text).toBe(fast.chunks.map((chunk) => chunk.text).join(""));
  });

  it("fail where the file is no recording", async () => {
    const audio_file = dataUri("audio/wav", Buffer.from("not a recording"));
    const done = await run("victor-upmeet/whisperx", { audio_file });
    expect(done).toMatchObject({
      status: "failed",
      error: expect.stringContaining("Failed to load audio") as string,
    });
  });
});

describe("everything else", () => {
  it("replays what was recorded, with its files made here", async () => {
    const blip = await run("salesforce/blip", { image: dataUri("image/png", await photo(8, 8)) });
    expect(blip.output).toEqual([{ text: "Caption: a woman sitting on the beach with a dog" }]);
    const removed = await run("pollinations/modnet", { image: "https://example.com/cat.png" });
    expect(removed.error).toBeNull();
    const { bytes } = await download([removed.output].flat()[0]);
    expect((await fileTypeFromBuffer(bytes))?.mime).toMatch(/^image\//);
  });

  it("makes real recordings and videos", async () => {
    const video = await run("minimax/hailuo-02", { prompt: "a fox runs", duration: 6 });
    expect(video.metrics).toMatchObject({ video_output_duration_seconds: 6 });
    const file = (await download(video.output)).bytes;
    expect((await fileTypeFromBuffer(file))?.mime).toBe("video/mp4");
    const boxes = [];
    for (let at = 0; at < file.length; at += file.readUInt32BE(at))
      boxes.push(file.toString("latin1", at + 4, at + 8));
    expect(boxes).toEqual(["ftyp", "moov", "mdat"]);
    const chunk = file.readUInt32BE(file.indexOf("stco") + 12);
    expect(chunk).toBe(file.indexOf("mdat") + 4);
    const speech = await run("jaaari/kokoro-82m", {
      text: "Hello there, this is a sentence to be said aloud.",
    });
    expect((await parseBuffer((await download(speech.output)).bytes)).format).toMatchObject({
      container: "WAVE",
    });
    const music = await run("google/lyria-3", { prompt: "A slow waltz for a fox, with a little rain" });
    expect(
      (await parseBuffer((await download(music.output)).bytes, undefined, { duration: true })).format
        .duration,
    ).toBeGreaterThan(2);
  });
});
