import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFiles, type Files } from "../../src/services/files.ts";
import { createMedia } from "../../src/services/replicate/media.ts";
import { type Arrival, hangUp, impatientClock, type LocalServer, startLocalServer } from "./local-server.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const HOUR_MS = 60 * 60_000;

let place: string;
let server: LocalServer | undefined;
beforeEach(() => void (place = mkdtempSync(join(tmpdir(), "replicord-files-"))));
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(place, { recursive: true });
});

const give = (_: Arrival, response: ServerResponse) => void response.end(png);

async function open(answer: (arrival: Arrival, response: ServerResponse, nth: number) => void = give) {
  server = await startLocalServer(answer);
  const { origin, arrivals } = server;
  const clock = impatientClock();
  const folder = join(place, "files");
  const media = createMedia([origin], { memoryBytes: 1_000_000 });
  const start = (): Files => createFiles({ folder, media, clock, keepMs: HOUR_MS, limitBytes: 500_000 });
  return { files: start(), start, folder, clock, media, arrivals, url: `${origin}/fox.png` };
}

/** Something that happens once. */
function gate() {
  let resolve = () => undefined as void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const limit = { limitBytes: 500_000 };
const read = (files: Files, url: string) => files.read(url, limit, (file) => ({ ...file }));
const thePicture = { bytes: png, contentType: "image/png", extension: "png" };

describe("a copy", () => {
  it("is read instead of the address, by the next process as well", async () => {
    const { files, start, arrivals, url, media } = await open();
    await files.copy(url);
    await server?.close();
    expect(await read(files, url)).toEqual(thePicture);
    expect(await read(start(), url)).toEqual(thePicture);
    expect(arrivals).toHaveLength(1);
    expect(media.memory.heldBytes).toBe(0);
  });

  it("is streamed instead of the address, too, and without one the address is", async () => {
    const { files, arrivals, url, media } = await open();
    const streamed = (from: string) =>
      files.stream(from, limit, async ({ body, contentType }) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(chunk);
        return { contentType, bytes: Buffer.concat(chunks) };
      });
    expect(await streamed(url)).toEqual({ contentType: "image/png", bytes: png });
    await files.copy(url);
    await server?.close();
    expect(await streamed(url)).toEqual({ contentType: "image/png", bytes: png });
    expect(arrivals).toHaveLength(2);
    await expect(files.stream(url, { limitBytes: 5 }, async () => undefined)).rejects.toMatchObject({
      reason: { kind: "result-too-large", limitBytes: 5 },
    });
    expect(media.memory.heldBytes).toBe(0);
  });

  it("is made once, however often it is asked for", async () => {
    const { files, start, arrivals, url, folder } = await open();
    await Promise.all([files.copy(url), files.copy(url), files.copy(url)]);
    await files.copy(url);
    await start().copy(url);
    expect(arrivals).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("that is being made is waited for by whoever reads it", async () => {
    const { files, arrivals, url } = await open();
    const copying = files.copy(url);
    expect(await read(files, url)).toEqual(thePicture);
    await copying;
    expect(arrivals).toHaveLength(1);
  });

  it("is for nobody else on this machine", async () => {
    const { files, url, folder } = await open();
    await files.copy(url);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it("counts as memory only while it is used", async () => {
    const { files, url, media } = await open();
    await files.copy(url);
    const held = await files.read(url, limit, () => media.memory.heldBytes);
    expect(held).toBe(png.byteLength);
    expect(media.memory.heldBytes).toBe(0);
    await expect(files.read(url, { limitBytes: 10 }, () => 0)).rejects.toMatchObject({
      reason: { kind: "result-too-large", bytes: png.byteLength, limitBytes: 10 },
    });
    expect(media.memory.heldBytes).toBe(0);
  });

  it("of a file of which only half came is none, and is made by the next attempt", async () => {
    const { files, url, folder } = await open((_, response, nth) => {
      if (nth > 0) return void response.end(png);
      response.writeHead(200, { "content-length": png.length });
      response.write(png.subarray(0, 30), () => hangUp(response));
    });
    await expect(files.copy(url)).rejects.toMatchObject({ reason: { kind: "replicate-unreachable" } });
    expect(readdirSync(folder)).toEqual([]);
    await files.copy(url);
    expect(await read(files, url)).toEqual(thePicture);
  });

  it("may not be larger than it may be", async () => {
    const { files, url, folder } = await open((_, response) => {
      for (let part = 0; part < 6; part++) response.write(Buffer.alloc(100_000));
      response.end();
    });
    await expect(files.copy(url)).rejects.toMatchObject({ reason: { kind: "result-too-large" } });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not made of what may not be fetched", async () => {
    const { files } = await open();
    await expect(files.copy("http://169.254.169.254/latest")).rejects.toMatchObject({
      reason: { kind: "output-refused" },
    });
  });
});

describe("where there is no copy", () => {
  it("the address is read, and no folder is made", async () => {
    const { files, url, arrivals } = await open();
    expect(await read(files, url)).toEqual(thePicture);
    expect(arrivals).toHaveLength(1);
    expect(readdirSync(place)).toEqual([]);
  });

  it("because the disk can't be written, the address is read", async () => {
    const { files, url, folder } = await open();
    writeFileSync(folder, "a file where the folder should be");
    await expect(files.copy(url)).rejects.toMatchObject({ code: "EEXIST" });
    expect(await read(files, url)).toEqual(thePicture);
    rmSync(folder);
    await files.copy(url);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("because it was removed, the address is read again", async () => {
    const { files, url, folder, arrivals } = await open();
    const copying = files.copy(url);
    await files.remove(url);
    await copying;
    expect(readdirSync(folder)).toEqual([]);
    await read(files, url);
    expect(arrivals).toHaveLength(2);
  });
});

describe("what is swept away", () => {
  it("is what was copied too long ago", async () => {
    const { files, url, folder, clock } = await open();
    await files.copy(`${url}?old`);
    await clock.sleep(HOUR_MS / 2);
    await files.copy(url);
    await files.sweep();
    expect(readdirSync(folder)).toHaveLength(2);
    await clock.sleep(HOUR_MS / 2 + 1_000);
    await files.sweep();
    expect(readdirSync(folder)).toHaveLength(1);
    await server?.close();
    expect(await read(files, url)).toEqual(thePicture);
  });

  it("is what a process that was killed left half done, and nobody else's files", async () => {
    const { files, url, folder } = await open();
    mkdirSync(folder);
    const left = `${"ab".repeat(32)}.part`;
    for (const name of [left, "notes.txt", "notes.part"]) writeFileSync(join(folder, name), "half");
    await files.sweep();
    expect(readdirSync(folder).toSorted()).toEqual(["notes.part", "notes.txt"]);
    writeFileSync(join(folder, left), "half");
    await files.copy(url);
    expect(readdirSync(folder)).not.toContain(left);
  });

  it("is not what is being copied", async () => {
    let finish = () => undefined as void;
    const { files, url, folder } = await open((_, response) => {
      response.write(Buffer.concat([png, Buffer.alloc(10_000)]));
      finish = () => void response.end("end");
    });
    const copying = files.copy(url);
    await expect.poll(() => existsSync(folder) && readdirSync(folder)).toHaveLength(1);
    await files.sweep();
    finish();
    await copying;
    expect((await read(files, url)).bytes).toHaveLength(png.byteLength + 10_003);
  });

  it("is nothing where nothing was ever copied", async () => {
    const { files } = await open();
    await expect(files.sweep()).resolves.toBeUndefined();
  });
});

it("what is being copied at the end is given up", async () => {
  const arrived = gate();
  const { files, url, folder } = await open((_, response) => {
    response.write(png.subarray(0, 30), () => arrived.resolve());
  });
  const copying = files.copy(url);
  const outcome = copying.catch((error: unknown) => error);
  await arrived.promise;
  await files.close();
  expect(await outcome).toMatchObject({ message: "closed" });
  expect(readdirSync(folder)).toEqual([]);
});
