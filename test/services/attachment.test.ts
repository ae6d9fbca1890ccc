import { afterEach, describe, expect, it } from "vitest";
import { type Attachment, inspect, MAX_ATTACHMENT_BYTES } from "../../src/services/attachment.ts";
import { wav } from "../../sandbox/replicate/outputs/clips.ts";
import { createMedia } from "../../src/services/replicate/media.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let server: LocalServer | undefined;
afterEach(() => server?.close());

/** Looks into a file that somebody attached, under a name and a type that may lie. */
async function attach(content: Buffer | number, facts: Partial<Attachment> = {}) {
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
  return inspect(createMedia([server.origin]), attachment);
}

const problem = (kind: string) => ({ reason: { kind, name: "file" } });

describe("a picture that somebody attached", () => {
  it("gets its true type and its pixels", async () => {
    const seen = await attach(png, { contentType: "audio/mpeg", width: 999, height: 999 });
    expect(seen).toMatchObject({
      contentType: "image/png",
      width: 1,
      height: 1,
      bytes: png.length,
      checked: true,
    });
  });

  it("is looked into once", async () => {
    const seen = await attach(png);
    const again = await inspect(createMedia([server?.origin ?? ""]), seen);
    expect(again).toBe(seen);
    expect(server?.arrivals).toHaveLength(1);
  });

  it("is refused where it is not what its name says", async () => {
    await expect(attach(Buffer.from("just text"))).rejects.toMatchObject(problem("not-an-image"));
    await expect(attach(wav(1))).rejects.toMatchObject(problem("not-an-image"));
    await expect(attach(png.subarray(0, 20))).rejects.toMatchObject(problem("not-an-image"));
  });

  it("is refused unread where Discord says that it is empty or too large", async () => {
    await expect(attach(png, { bytes: 0 })).rejects.toMatchObject(problem("empty-file"));
    await expect(attach(png, { bytes: MAX_ATTACHMENT_BYTES + 1 })).rejects.toMatchObject(
      problem("file-too-large"),
    );
    expect(server?.arrivals).toEqual([]);
  });

  it("is to be attached again where it can't be fetched", async () => {
    await expect(attach(404)).rejects.toMatchObject(problem("file-unavailable"));
    await expect(attach(png, { url: "https://evil.example/x" })).rejects.toMatchObject(
      problem("file-unavailable"),
    );
  });
});
