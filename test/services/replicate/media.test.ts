import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createMedia } from "../../../src/services/replicate/media.ts";
import { type Arrival, hangUp, type LocalServer, startLocalServer } from "../local-server.ts";

// The smallest PNG.
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let server: LocalServer | undefined;
afterEach(() => server?.close());

/** The web, as far as it is one local server: every host leads there, and hosts are journalled. */
async function web(answer: (arrival: Arrival, response: ServerResponse) => void, origins: string[] = []) {
  const started = (server = await startLocalServer(answer));
  const visited: string[] = [];
  const media = createMedia(origins, (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    visited.push(url.host);
    return fetch(`${started.origin}${url.pathname}`, init);
  });
  return { media, visited };
}

const give = (bytes: Buffer) => (_: Arrival, response: ServerResponse) => void response.end(bytes);
const limit = { limitBytes: 10_000 };
const refused = { reason: { kind: "output-refused" } };

describe("a file", () => {
  it("is named by its content, whatever the server says", async () => {
    const { media } = await web(
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end(png),
    );
    const file = await media.fetch("https://replicate.delivery/out.html", limit);
    expect(file).toEqual({ bytes: png, contentType: "image/png", extension: "png" });
  });

  it("of which nobody knows what it is, is just bytes", async () => {
    const { media } = await web(give(Buffer.from("hello")));
    expect(await media.fetch("https://replicate.delivery/cat.png", limit)).toMatchObject({
      contentType: "application/octet-stream",
      extension: "bin",
    });
  });

  it.each([
    "https://replicate.delivery/x",
    "https://pbxt.replicate.delivery/x",
    "https://cdn.discordapp.com/x",
    "https://media.discordapp.net/x",
    "http://127.0.0.1:4000/x",
  ])("may come from %s", async (address) => {
    const { media } = await web(give(png), ["http://127.0.0.1:4000"]);
    await expect(media.fetch(address, limit)).resolves.toMatchObject({ extension: "png" });
  });

  it.each([
    "http://replicate.delivery/x",
    "https://evil.example/x",
    "https://replicate.delivery.evil.example/x",
    "https://evilreplicate.delivery/x",
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:4001/x",
    "https://127.0.0.1:4000/x",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "no address",
  ])("may not come from %s", async (address) => {
    const { media, visited } = await web(give(png), ["http://127.0.0.1:4000"]);
    await expect(media.fetch(address, limit)).rejects.toMatchObject(refused);
    expect(visited).toEqual([]);
  });
});

describe("a redirect", () => {
  const to =
    (location: string) =>
    ({ path }: Arrival, response: ServerResponse) =>
      void (path === "/there" ? response.end(png) : response.writeHead(302, { location }).end());

  it("is followed where it may lead", async () => {
    const { media, visited } = await web(to("https://pbxt.replicate.delivery/there"));
    await expect(media.fetch("https://replicate.delivery/x", limit)).resolves.toMatchObject({
      extension: "png",
    });
    const relative = await web(to("/there"));
    await expect(relative.media.fetch("https://replicate.delivery/x", limit)).resolves.toMatchObject({
      bytes: png,
    });
    expect(visited).toEqual(["replicate.delivery", "pbxt.replicate.delivery"]);
  });

  it.each([
    "http://169.254.169.254/",
    "https://evil.example/there",
    "http://replicate.delivery/there",
    "file:///etc/passwd",
  ])("to %s is not", async (location) => {
    const { media, visited } = await web(to(location));
    await expect(media.fetch("https://replicate.delivery/x", limit)).rejects.toMatchObject(refused);
    expect(visited).toEqual(["replicate.delivery"]);
  });

  it("in a circle comes to an end", async () => {
    const { media, visited } = await web(to("https://replicate.delivery/again"));
    await expect(media.fetch("https://replicate.delivery/x", limit)).rejects.toMatchObject(refused);
    expect(visited.length).toBeLessThan(6);
  });
});

describe("a file's size", () => {
  it("is counted, so that one without an end is not read to it", async () => {
    let sent = 0;
    const { media } = await web((_, response) => {
      const chunk = Buffer.alloc(4_096);
      const more = (): void => {
        if (response.destroyed) return;
        sent += chunk.length;
        response.write(chunk, () => setImmediate(more));
      };
      more();
    });
    await expect(media.fetch("https://replicate.delivery/x", limit)).rejects.toMatchObject({
      reason: { kind: "result-too-large", limitBytes: 10_000 },
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it("may be all that is allowed, and not a byte more", async () => {
    const { media } = await web(give(Buffer.alloc(10_000)));
    expect((await media.fetch("https://replicate.delivery/x", limit)).bytes).toHaveLength(10_000);
    await expect(media.fetch("https://replicate.delivery/x", { limitBytes: 9_999 })).rejects.toMatchObject({
      reason: { kind: "result-too-large" },
    });
  });

  it("does not matter where its beginning is enough", async () => {
    const { media } = await web(give(Buffer.concat([png, Buffer.alloc(100_000)])));
    const file = await media.fetch("https://replicate.delivery/x", { limitBytes: 64, head: true });
    expect(file).toMatchObject({ contentType: "image/png" });
    expect(file.bytes).toHaveLength(64);
  });
});

describe("a file that can't be had", () => {
  it.each([403, 404, 410])("is gone (%i)", async (status) => {
    const { media } = await web((_, response) => void response.writeHead(status).end());
    await expect(media.fetch("https://replicate.delivery/x", limit)).rejects.toMatchObject({
      reason: { kind: "output-gone" },
    });
  });

  it("is out of reach where the server fails or hangs up", async () => {
    const failing = await web((_, response) => void response.writeHead(503).end());
    const unreachable = { reason: { kind: "replicate-unreachable" } };
    await expect(failing.media.fetch("https://replicate.delivery/x", limit)).rejects.toMatchObject(
      unreachable,
    );
    await server?.close();
    const cut = await web((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => hangUp(response));
    });
    await expect(cut.media.fetch("https://replicate.delivery/x", limit)).rejects.toMatchObject(unreachable);
  });

  it("is no problem of anybody who stopped waiting for it", async () => {
    const stop = new AbortController();
    const { media } = await web(() => stop.abort(new Error("stopped")));
    await expect(
      media.fetch("https://replicate.delivery/x", { ...limit, signal: stop.signal }),
    ).rejects.toThrow("stopped");
  });
});

it("Discord's files are read by Replicate's machines themselves, and no others are", () => {
  const media = createMedia(["http://127.0.0.1:4000"]);
  expect(media.isPublic("https://cdn.discordapp.com/attachments/1/2/voice.ogg")).toBe(true);
  expect(
    ["http://127.0.0.1:4000/x", "https://evil.example/cdn.discordapp.com", "no address"].some((url) =>
      media.isPublic(url),
    ),
  ).toBe(false);
});
