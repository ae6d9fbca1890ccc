import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createConnect } from "../../../src/services/replicate/connect.ts";
import {
  createMedia,
  type FetchOptions,
  type Media,
  type MediaFile,
  type MediaSettings,
} from "../../../src/services/replicate/media.ts";
import { whileGarbageIsCollected } from "../garbage.ts";
import { type Arrival, hangUp, type LocalServer, startLocalServer } from "../local-server.ts";

// The smallest PNG.
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let server: LocalServer | undefined;
afterEach(() => server?.close());

/** The web, as far as it is one local server: every host leads there, and hosts are journalled. */
async function web(
  answer: (arrival: Arrival, response: ServerResponse) => void,
  origins: string[] = [],
  settings: MediaSettings = {},
) {
  const started = (server = await startLocalServer(answer));
  const visited: string[] = [];
  const connect = createConnect();
  const media = createMedia(origins, {
    connect(url, options) {
      visited.push(url.host);
      return connect(new URL(url.pathname, started.origin), { ...options, trusted: true });
    },
    ...settings,
  });
  return { media, visited };
}

/** The file, kept after its memory was given back. */
const fetched = (media: Media, url: string, options: FetchOptions): Promise<MediaFile> =>
  media.read(url, options, (file) => ({ ...file }));

const give = (bytes: Buffer) => (_: Arrival, response: ServerResponse) => void response.end(bytes);
/** A body without an end. */
const endless =
  (sent: (bytes: number) => void = () => undefined) =>
  (_: Arrival, response: ServerResponse): void => {
    const chunk = Buffer.alloc(4_096);
    const more = (): void => {
      if (response.destroyed) return;
      sent(chunk.length);
      response.write(chunk, () => setImmediate(more));
    };
    more();
  };
/** Less than was promised. */
const half = (_: Arrival, response: ServerResponse): void => {
  response.writeHead(200, { "content-length": "100" });
  response.write("half", () => hangUp(response));
};
const address = "https://replicate.delivery/x";
const limit = { limitBytes: 10_000 };
const tooLarge = { kind: "result-too-large", limitBytes: 10_000 };
const refused = { reason: { kind: "output-refused" } };

describe("a file", () => {
  it("is named by its content, whatever the server says", async () => {
    const { media } = await web(
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end(png),
    );
    const file = await fetched(media, "https://replicate.delivery/out.html", limit);
    expect(file).toEqual({ bytes: png, contentType: "image/png", extension: "png" });
  });

  it("of which nobody knows what it is, is just bytes", async () => {
    const { media } = await web(give(Buffer.from("hello")));
    expect(await fetched(media, "https://replicate.delivery/cat.png", limit)).toMatchObject({
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
    await expect(fetched(media, address, limit)).resolves.toMatchObject({ extension: "png" });
  });

  it.each([
    "http://replicate.delivery/x",
    "https://evil.example/x",
    "https://replicate.delivery.evil.example/x",
    "https://evilreplicate.delivery/x",
    "https://replicate.delivery:8443/x",
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:4001/x",
    "https://127.0.0.1:4000/x",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "no address",
  ])("may not come from %s", async (address) => {
    const { media, visited } = await web(give(png), ["http://127.0.0.1:4000"]);
    await expect(fetched(media, address, limit)).rejects.toMatchObject(refused);
    expect(visited).toEqual([]);
  });
});

it("whose host leads into a private network is refused, on the way as well", async () => {
  const asked: string[] = [];
  const connect = createConnect(async (host) => {
    asked.push(host);
    return [{ address: "10.0.0.7", family: 4 }];
  });
  const media = createMedia([], { connect });
  await expect(fetched(media, "https://cdn.discordapp.com/x", limit)).rejects.toMatchObject(refused);
  server = await startLocalServer((_, response) => void response.writeHead(302, { location: address }).end());
  const open = createMedia([server.origin], { connect });
  await expect(fetched(open, `${server.origin}/x`, limit)).rejects.toMatchObject(refused);
  expect(asked).toEqual(["cdn.discordapp.com", "replicate.delivery"]);
});

describe("a redirect", () => {
  const to =
    (location: string) =>
    ({ path }: Arrival, response: ServerResponse) =>
      void (path === "/there" ? response.end(png) : response.writeHead(302, { location }).end());

  it("is followed where it may lead", async () => {
    const { media, visited } = await web(to("https://pbxt.replicate.delivery/there"));
    await expect(fetched(media, "https://replicate.delivery/x", limit)).resolves.toMatchObject({
      extension: "png",
    });
    const relative = await web(to("/there"));
    await expect(fetched(relative.media, "https://replicate.delivery/x", limit)).resolves.toMatchObject({
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
    await expect(fetched(media, "https://replicate.delivery/x", limit)).rejects.toMatchObject(refused);
    expect(visited).toEqual(["replicate.delivery"]);
  });

  it("in a circle comes to an end", async () => {
    const { media, visited } = await web(to("https://replicate.delivery/again"));
    await expect(fetched(media, "https://replicate.delivery/x", limit)).rejects.toMatchObject(refused);
    expect(visited.length).toBeLessThan(6);
  });
});

describe("a file's size", () => {
  it("is counted, so that one without an end is not read to it", async () => {
    let sent = 0;
    const { media } = await web(endless((bytes) => (sent += bytes)));
    await expect(fetched(media, "https://replicate.delivery/x", limit)).rejects.toMatchObject({
      reason: { kind: "result-too-large", limitBytes: 10_000 },
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it("may be all that is allowed, and not a byte more", async () => {
    const { media } = await web(give(Buffer.alloc(10_000)));
    expect((await fetched(media, "https://replicate.delivery/x", limit)).bytes).toHaveLength(10_000);
    await expect(fetched(media, "https://replicate.delivery/x", { limitBytes: 9_999 })).rejects.toMatchObject(
      {
        reason: { kind: "result-too-large" },
      },
    );
  });

  it("is refused unread where the server says that it is too large", async () => {
    const { media } = await web((_, response) =>
      response.writeHead(200, { "content-length": "10001" }).flushHeaders(),
    );
    await expect(fetched(media, address, limit)).rejects.toMatchObject({ reason: tooLarge });
  });

  it("is what the server said, whatever it sends beyond it", async () => {
    const { media } = await web((_, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello and much more`);
    });
    const file = await fetched(media, address, limit).catch((error: unknown) => error);
    expect(file).toMatchObject({ bytes: Buffer.from("hello") });
  });
});

describe("a file that arrives piece by piece", () => {
  const collect = async (body: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it("is the same file, and its type is known before its end", async () => {
    const bytes = Buffer.concat([png, randomBytes(300_000)]);
    const { media } = await web(give(bytes));
    const seen = await media.stream(
      address,
      { limitBytes: 1_000_000 },
      async ({ body, contentType, extension }) => ({
        contentType,
        extension,
        same: (await collect(body)).equals(bytes),
      }),
    );
    expect(seen).toEqual({ contentType: "image/png", extension: "png", same: true });
  });

  it("waits while nobody takes it, and is cut off when nobody wants the rest", async () => {
    let sent = 0;
    const { media } = await web(endless((bytes) => (sent += bytes)));
    await media.stream(address, { limitBytes: 2 ** 40 }, async ({ body }) => {
      const [first] = await Promise.all([body[Symbol.asyncIterator]().next(), sleep(100)]);
      expect(first.done).toBe(false);
    });
    // What a socket and its buffers hold, not what a server can make in a tenth of a second.
    expect(sent).toBeLessThan(20_000_000);
    expect(media.memory.heldBytes).toBe(0);
  });

  it("ends with a Problem where it is too large or cut off", async () => {
    const { media } = await web(endless());
    await expect(media.stream(address, limit, ({ body }) => collect(body))).rejects.toMatchObject({
      reason: tooLarge,
    });
    await server?.close();
    const cut = await web(half);
    await expect(cut.media.stream(address, limit, ({ body }) => collect(body))).rejects.toMatchObject({
      reason: { kind: "replicate-unreachable" },
    });
  });

  it("leaves alone what its reader throws", async () => {
    const { media } = await web(give(png));
    const broken = () => Promise.reject(new Error("disk full"));
    await expect(media.stream(address, limit, broken)).rejects.toThrow("disk full");
    await expect(media.read(address, limit, broken)).rejects.toThrow("disk full");
    expect(media.memory.heldBytes).toBe(0);
  });
});

describe("memory", () => {
  const size = 100_000;
  /** 20 files at once where three fit; the most that was there at any time. */
  async function twenty(answer: Parameters<typeof web>[0]) {
    const { media, visited } = await web(answer, [], { memoryBytes: 3 * size });
    let now = 0;
    let most = 0;
    const order: number[] = [];
    const read = (index: number) =>
      media.read(address, { limitBytes: size }, async ({ bytes }) => {
        order.push(index);
        now += bytes.byteLength;
        most = Math.max(most, now);
        expect(media.memory.heldBytes).toBeLessThanOrEqual(3 * size);
        await sleep(5);
        now -= bytes.byteLength;
        return bytes.byteLength;
      });
    const sizes = await Promise.all(Array.from({ length: 20 }, (_, index) => read(index)));
    expect(sizes).toEqual(Array.from({ length: 20 }, () => size));
    expect(order).toHaveLength(20);
    expect(media.memory.heldBytes).toBe(0);
    return { most, visited };
  }

  it("never holds more than it may, over all files together", async () => {
    const { most } = await twenty(give(Buffer.alloc(size)));
    expect(most).toBeGreaterThan(size);
    expect(most).toBeLessThanOrEqual(3 * size);
  });

  it("never holds more where servers don't say how large their files are", async () => {
    const { most } = await twenty((_, response) => {
      response.write(Buffer.alloc(size / 2));
      response.end(Buffer.alloc(size / 2));
    });
    expect(most).toBeLessThanOrEqual(3 * size);
  });

  it("is given back at once by a file that turns out to be smaller", async () => {
    const { media } = await web((_, response) => {
      response.write(png);
      response.end();
    });
    await media.read(address, limit, () => expect(media.memory.heldBytes).toBe(png.byteLength));
  });

  it("is given back by a file that could not be read", async () => {
    const { media } = await web(half);
    await expect(fetched(media, address, limit)).rejects.toThrow("replicate-unreachable");
    expect(media.memory.heldBytes).toBe(0);
  });

  it("is refused to a file that is larger than all of it", async () => {
    const { media } = await web(give(Buffer.alloc(2_000)), [], { memoryBytes: 1_000 });
    await expect(fetched(media, address, limit)).rejects.toMatchObject({
      reason: { kind: "result-too-large", bytes: 2_000, limitBytes: 1_000 },
    });
  });

  it("is not waited for by anybody who gave up", async () => {
    const { media } = await web(give(Buffer.alloc(600)), [], { memoryBytes: 1_000 });
    const stop = new AbortController();
    await media.read(address, limit, async () => {
      const second = fetched(media, address, { ...limit, signal: stop.signal });
      setTimeout(() => stop.abort(new Error("stopped")), 50);
      await expect(second).rejects.toThrow("stopped");
    });
    await expect(fetched(media, address, limit)).resolves.toBeDefined();
  });
});

describe("a file that can't be had", () => {
  it.each([403, 404, 410])("is gone (%i)", async (status) => {
    const { media } = await web((_, response) => void response.writeHead(status).end());
    await expect(fetched(media, "https://replicate.delivery/x", limit)).rejects.toMatchObject({
      reason: { kind: "output-gone" },
    });
  });

  it("is out of reach where the server fails or hangs up", async () => {
    const failing = await web((_, response) => void response.writeHead(503).end());
    const unreachable = { reason: { kind: "replicate-unreachable" } };
    await expect(fetched(failing.media, "https://replicate.delivery/x", limit)).rejects.toMatchObject(
      unreachable,
    );
    await server?.close();
    const cut = await web(half);
    await expect(fetched(cut.media, "https://replicate.delivery/x", limit)).rejects.toMatchObject(
      unreachable,
    );
  });

  it.each([
    ["its headers", { headersMs: 100 }, () => undefined],
    ["its body", { wholeMs: 300 }, (_: Arrival, response: ServerResponse) => void response.write("slow")],
  ])("is out of reach where nothing is heard of %s", async (_, settings, answer) => {
    const { media } = await web(answer, [], settings);
    const { signal } = new AbortController();
    const file = fetched(media, address, { ...limit, signal });
    await expect(whileGarbageIsCollected(file)).rejects.toMatchObject({
      reason: { kind: "replicate-unreachable" },
    });
  });

  it("may take longer for its body than for its headers", async () => {
    const { media } = await web(
      (_, response) => {
        response.write("slow");
        setTimeout(() => response.end("ly"), 200);
      },
      [],
      { headersMs: 100 },
    );
    expect((await fetched(media, address, limit)).bytes.toString()).toBe("slowly");
  });

  it("is out of reach where it comes packed, which nobody asked for", async () => {
    const { media } = await web(
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(png),
    );
    await expect(fetched(media, address, limit)).rejects.toThrow("replicate-unreachable");
  });

  it("is no problem of anybody who stopped waiting for it", async () => {
    const stop = new AbortController();
    const { media } = await web(() => stop.abort(new Error("stopped")));
    await expect(
      fetched(media, "https://replicate.delivery/x", { ...limit, signal: stop.signal }),
    ).rejects.toThrow("stopped");
  });
});

it("Discord's files are read by Replicate's machines themselves, and no others are", () => {
  const media = createMedia(["http://127.0.0.1:4000"]);
  expect(media.isPublic("https://cdn.discordapp.com/attachments/1/2/voice.ogg")).toBe(true);
  expect(
    [
      "http://127.0.0.1:4000/x",
      "http://cdn.discordapp.com/x",
      "https://evil.example/cdn.discordapp.com",
      "no address",
    ].some((url) => media.isPublic(url)),
  ).toBe(false);
});

describe("some bytes of a file", () => {
  const whole = Buffer.from("0123456789");
  const range = { from: 2, bytes: 3 };
  const url = "https://cdn.discordapp.com/x";
  const partly =
    (contentRange: string, bytes: string) =>
    (_: Arrival, response: ServerResponse): void =>
      void response.writeHead(206, { "content-range": contentRange }).end(bytes);

  it("are asked for, and are what comes", async () => {
    const { media } = await web(partly("bytes 2-4/10", "234"));
    expect(await media.range(url, range, limit)).toEqual({
      bytes: Buffer.from("234"),
      totalBytes: 10,
      isPart: true,
    });
    expect(server?.arrivals[0]?.headers.range).toBe("bytes=2-4");
  });

  it("may be fewer, and of a file of which nobody says how large it is", async () => {
    const { media } = await web(partly("bytes 2-3/*", "23"));
    expect(await media.range(url, range, limit)).toEqual({ bytes: Buffer.from("23"), isPart: true });
  });

  it("are picked where the server sends everything, and nothing after them is read", async () => {
    const { media } = await web(give(whole));
    expect(await media.range(url, range, limit)).toEqual({
      bytes: Buffer.from("234"),
      totalBytes: 10,
      isPart: false,
    });
    let sent = 0;
    await server?.close();
    const other = await web(endless((bytes) => (sent += bytes)));
    const first = await other.media.range(url, { from: 0, bytes: 100 }, limit);
    expect(first.bytes).toHaveLength(100);
    await expect(other.media.range(url, { from: 20_000, bytes: 100 }, limit)).rejects.toMatchObject({
      reason: tooLarge,
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it("are not others than those that were asked for", async () => {
    const { media } = await web(partly("bytes 0-2/10", "012"));
    await expect(media.range(url, range, limit)).rejects.toMatchObject({
      reason: { kind: "replicate-unreachable" },
    });
    await server?.close();
    const unasked = await web(partly("bytes 0-9/10", "0123456789"));
    await expect(fetched(unasked.media, url, limit)).rejects.toMatchObject({
      reason: { kind: "replicate-unreachable" },
    });
  });

  it("come from hosts that are known only", async () => {
    const { media, visited } = await web(give(whole));
    await expect(media.range("https://evil.example/x", range, limit)).rejects.toMatchObject(refused);
    expect(visited).toEqual([]);
  });
});
