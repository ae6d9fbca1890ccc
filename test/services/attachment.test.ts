import { afterEach, describe, expect, it } from "vitest";
import {
  type Attachment,
  type Looked,
  inspect,
  MAX_ATTACHMENT_BYTES,
} from "../../src/services/attachment.ts";
import { createMedia } from "../../src/services/replicate/media.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Silence of this length as a WAV file: 8,000 bytes a second. */
function wav(seconds: number): Buffer {
  const header = Buffer.alloc(44);
  const bytes = seconds * 8_000;
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8);
  for (const [value, at] of [
    [16, 16],
    [8_000, 24],
    [8_000, 28],
    [bytes, 40],
  ] as const)
    header.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [1, 32],
    [8, 34],
  ] as const)
    header.writeUInt16LE(value, at);
  header.write("data", 36);
  return Buffer.concat([header, Buffer.alloc(bytes, 128)]);
}

let server: LocalServer | undefined;
afterEach(() => server?.close());

/** Looks into a file that somebody attached, under a name and a type that may lie. */
async function attach(content: Buffer | number, kind: Looked, facts: Partial<Attachment> = {}) {
  server = await startLocalServer((_, response) =>
    typeof content === "number" ? response.writeHead(content).end() : response.end(content),
  );
  const bytes = typeof content === "number" ? 1 : content.length;
  const attachment = {
    url: `${server.origin}/file`,
    name: "file",
    contentType: "image/png",
    bytes,
    ...facts,
  };
  return inspect(createMedia([server.origin]), attachment, kind);
}

const problem = (kind: string) => ({ reason: { kind, name: "file" } });

describe("a file that somebody attached", () => {
  it("gets its true type and its pixels", async () => {
    const seen = await attach(png, "image", { contentType: "audio/mpeg", width: 999, height: 999 });
    expect(seen).toMatchObject({
      contentType: "image/png",
      width: 1,
      height: 1,
      bytes: png.length,
      checked: true,
    });
  });

  it("gets its true length", async () => {
    expect(await attach(wav(3), "audio", { seconds: 999 })).toMatchObject({
      contentType: "audio/wav",
      seconds: 3,
      checked: true,
    });
  });

  it("is looked into once", async () => {
    const seen = await attach(png, "image");
    const again = await inspect(createMedia([server?.origin ?? ""]), seen, "image");
    expect(again).toBe(seen);
    expect(server?.arrivals).toHaveLength(1);
  });

  it("is refused where it is not what its name says", async () => {
    await expect(attach(Buffer.from("just text"), "image")).rejects.toMatchObject(problem("not-an-image"));
    await expect(attach(wav(1), "image")).rejects.toMatchObject(problem("not-an-image"));
    await expect(attach(png.subarray(0, 20), "image")).rejects.toMatchObject(problem("not-an-image"));
    await expect(attach(png, "audio")).rejects.toMatchObject(problem("not-audio"));
    await expect(attach(wav(0), "audio")).rejects.toMatchObject(problem("not-audio"));
  });

  it("is refused unread where Discord says that it is empty or too large", async () => {
    await expect(attach(png, "image", { bytes: 0 })).rejects.toMatchObject(problem("empty-file"));
    await expect(attach(png, "image", { bytes: MAX_ATTACHMENT_BYTES + 1 })).rejects.toMatchObject(
      problem("file-too-large"),
    );
    expect(server?.arrivals).toEqual([]);
  });

  it("is to be attached again where it can't be fetched", async () => {
    await expect(attach(404, "image")).rejects.toMatchObject(problem("file-unavailable"));
    await expect(attach(png, "image", { url: "https://evil.example/x" })).rejects.toMatchObject(
      problem("file-unavailable"),
    );
  });
});
