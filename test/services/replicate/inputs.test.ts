import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startReplicate } from "../../../sandbox/replicate/index.ts";
import type { Attachment } from "../../../src/services/attachment.ts";
import { systemClock } from "../../../src/services/clock.ts";
import { createReplicateApi, type ReplicateApi } from "../../../src/services/replicate/client.ts";
import { wayOf, withReadableFiles } from "../../../src/services/replicate/inputs.ts";
import { createMedia, type Media } from "../../../src/services/replicate/media.ts";
import { painted } from "../../journeys/samples.ts";
import { recordingsOn } from "../sound/world.ts";
import { type LocalServer, startLocalServer } from "../local-server.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const { signal } = new AbortController();

let folder: string;
let server: LocalServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "replicord-inputs-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const sources = (media: Media, api: ReplicateApi) => {
  const { recordings } = recordingsOn(media, { folder: join(folder, "recordings") });
  return { media, recordings, api, signal };
};

const file = (facts: Partial<Attachment>): Attachment => ({
  url: "http://127.0.0.1:4000/fox.png",
  name: "fox.png",
  contentType: "image/png",
  bytes: 1_000,
  checked: true,
  ...facts,
});

/** Uploads that end up here. */
function inbox() {
  const uploads: File[] = [];
  const api = {
    async upload(upload: File) {
      uploads.push(
        new File([new Uint8Array(await upload.arrayBuffer())], upload.name, { type: upload.type }),
      );
      return "https://api.replicate.com/v1/files/f";
    },
  } as Partial<ReplicateApi> as ReplicateApi;
  return { api, uploads };
}

async function host(answer: Buffer | ((response: ServerResponse) => void)) {
  server = await startLocalServer((_, response) =>
    typeof answer === "function" ? answer(response) : void response.end(answer),
  );
  return { media: createMedia([server.origin], { memoryBytes: 300_000 }), url: `${server.origin}/fox.png` };
}

describe("a file gets to Replicate", () => {
  const media = createMedia(["http://127.0.0.1:4000"]);

  it.each([
    [
      "by its address where Replicate can read it",
      "address",
      file({ url: "https://cdn.discordapp.com/a/b.png", bytes: 9e9 }),
    ],
    ["inside the input where it is small", "data URL", file({ bytes: 191_982 })],
    ["as an upload where that would be too much", "upload", file({ bytes: 191_983 })],
    ["as an upload of 100 MB at the most", "upload", file({ bytes: 100 * 2 ** 20 })],
  ] as const)("%s", (_, way, attachment) => expect(wayOf(attachment, media)).toBe(way));

  it("or not at all", () => {
    expect(() => wayOf(file({ bytes: 100 * 2 ** 20 + 1 }), media)).toThrow(
      expect.objectContaining({
        reason: { kind: "file-too-large", name: "fox.png", bytes: 104_857_601, limitBytes: 104_857_600 },
      }),
    );
  });
});

describe("an input", () => {
  it("that is no attachment is left as it is, data URLs too", async () => {
    const { api } = inbox();
    const input = {
      prompt: "a fox",
      image: `data:image/png;base64,${png.toString("base64")}`,
      loras: ["a", 1, null],
    };
    expect(await withReadableFiles(input, sources(createMedia([]), api))).toEqual(input);
  });

  it("with small files holds them, in lists as well", async () => {
    const { media, url } = await host(png);
    const { api } = inbox();
    const small = file({ url, bytes: png.byteLength, checked: false });
    const dataUrl = `data:image/png;base64,${png.toString("base64")}`;
    expect(await withReadableFiles({ image: small, others: [small, small] }, sources(media, api))).toEqual({
      image: dataUrl,
      others: [dataUrl, dataUrl],
    });
  });

  it("with a large file holds the address of an upload, which never was in memory as a whole", async () => {
    const bytes = randomBytes(5_000_000);
    const { media, url } = await host(bytes);
    const { api, uploads } = inbox();
    const large = file({
      url,
      bytes: bytes.byteLength,
      name: "voice.ogg",
      contentType: "audio/ogg",
      sha256: "0",
    });
    expect(await withReadableFiles({ audio: large }, sources(media, api))).toEqual({
      audio: "https://api.replicate.com/v1/files/f",
    });
    const [upload] = uploads;
    expect(upload).toMatchObject({ name: "voice.ogg", type: "audio/ogg", size: bytes.byteLength });
    expect(Buffer.from(await upload!.arrayBuffer()).equals(bytes)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("with a file that is cut off on its way says so, and leaves nothing behind", async () => {
    const { media, url } = await host((response) => {
      response.writeHead(200, { "content-length": "5000000" });
      response.write(randomBytes(1_000), () => response.socket?.destroy());
    });
    const { api, uploads } = inbox();
    const large = file({ url, bytes: 5_000_000 });
    await expect(withReadableFiles({ image: large }, sources(media, api))).rejects.toMatchObject({
      reason: { kind: "file-unavailable", name: "fox.png" },
    });
    expect(uploads).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("holds what is made of a file, and never its address", async () => {
    const half = { left: 0, top: 0, width: 20, height: 30 };
    const holed = painted({ width: 40, height: 30 }, half, { ground: "#ffffff", paint: "#00ff0000" });
    const bytes = await holed.png().toBuffer();
    const { media, url } = await host(bytes);
    const { api } = inbox();
    const picture = file({ url, bytes: bytes.byteLength, width: 40, height: 30 });
    const input = {
      image: { ...picture, as: { picture: "opaque" } },
      mask: { ...picture, as: { mask: "transparency" } },
      own: { ...picture, width: 4, height: 3, as: { mask: "fit" } },
    };
    // As it was stored, and read again after a restart.
    const stored = JSON.parse(JSON.stringify(input)) as typeof input;
    const open = { ...media, isPublic: () => true };
    const sent = await withReadableFiles(stored, sources(open, api));
    const grey = async (value: unknown) => {
      const [type, base64 = ""] = String(value).split(",");
      expect(type).toBe("data:image/png;base64");
      const { data, info } = await sharp(Buffer.from(base64, "base64"))
        .extractChannel(0)
        .raw()
        .toBuffer({ resolveWithObject: true });
      return [info.width, info.height, data[10], data[30]];
    };
    expect(await grey(sent["image"])).toEqual([40, 30, 128, 255]);
    expect(await grey(sent["mask"])).toEqual([40, 30, 255, 0]);
    expect(await grey(sent["own"])).toEqual([40, 30, 0, 255]);
  });

  it("says what is wrong with a mask, and with a file that nothing can be made of", async () => {
    const { media, url } = await host(png);
    const { api } = inbox();
    const picture = (as: Attachment["as"], facts: Partial<Attachment> = {}): Attachment =>
      file({ url, bytes: png.byteLength, width: 1, height: 1, ...(as ? { as } : {}), ...facts });
    const huge = picture({ mask: "transparency" }, { width: 60_000, height: 1_000 });
    await expect(withReadableFiles({ image: huge }, sources(media, api))).rejects.toMatchObject({
      reason: { kind: "too-many-pixels", limit: 50_000_000, scaled: false },
    });
    const tall = picture({ picture: "opaque" }, { height: 2 });
    const input = { image: tall, mask: picture({ mask: "fit" }) };
    await expect(withReadableFiles(input, sources(media, api))).rejects.toMatchObject({
      reason: { kind: "mask-shape" },
    });
    await server?.close();
    const broken = await host(png.subarray(0, 40));
    await expect(
      withReadableFiles(
        { image: picture({ picture: "still" }, { url: broken.url, bytes: 40 }) },
        sources(broken.media, api),
      ),
    ).rejects.toMatchObject({ reason: { kind: "not-an-image", name: "fox.png" } });
  });

  it("is uploaded by the official client as it is on the disk", async () => {
    const replicate = await startReplicate();
    try {
      const bytes = randomBytes(3_000_000);
      const { media, url } = await host(bytes);
      const api = createReplicateApi({
        token: replicate.token,
        baseUrl: replicate.baseUrl,
        clock: systemClock,
      });
      const large = file({ url, bytes: bytes.byteLength });
      const { image } = await withReadableFiles({ image: large }, sources(media, api));
      const headers = { authorization: `Bearer ${replicate.token}` };
      const stored = await fetch(String(image), { headers });
      expect(await stored.json()).toMatchObject({
        name: "fox.png",
        content_type: "image/png",
        size: 3_000_000,
      });
    } finally {
      await replicate.close();
    }
  });
});
