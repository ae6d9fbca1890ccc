import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createZipLoader, type ZipEntry } from "../../src/discord/zip.ts";
import { Problem } from "../../src/services/problem.ts";
import type { FileSource } from "../../src/services/replicate/media.ts";
import { picture } from "../journeys/samples.ts";

const source = (files: Record<string, Buffer>): FileSource => ({
  async read(url, _options, use) {
    const bytes = files[url];
    if (!bytes) throw new Problem({ kind: "output-gone" });
    return use({ bytes, contentType: "image/png", extension: "png" });
  },
});
const entriesOf = (...names: string[]): ZipEntry[] =>
  names.map((name, index) => ({ name, url: String(index) }));

/** The entries of a ZIP's central directory, with how they are stored. */
function listed(zip: Buffer) {
  const end = zip.lastIndexOf(Buffer.from("504b0506", "hex"));
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [method, size, nameLength] = [at + 10, at + 24, at + 28].map((offset, index) =>
      index === 1 ? zip.readUInt32LE(offset) : zip.readUInt16LE(offset),
    );
    const name = zip.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    at += 46 + (nameLength ?? 0) + zip.readUInt16LE(at + 30);
    return { name, method, size };
  });
}

const noise = async (width: number, height: number) => Buffer.from((await picture(width, height)).data);
const dataOf = ({ data }: { data: unknown }): Buffer => (Buffer.isBuffer(data) ? data : Buffer.alloc(0));
const STORED = 0;

describe("a ZIP of pictures", () => {
  it("has them as they were made, uncompressed, in order and by their names", async () => {
    const files = { 0: randomBytes(500), 1: randomBytes(300) };
    const zip = await createZipLoader(source(files))("all", entriesOf("01-boat", "02-grünes-boot"), 10_000);
    expect(zip).toMatchObject({ name: "all.zip", note: { smaller: false, missing: [] } });
    expect(listed(dataOf(zip))).toEqual([
      { name: "01-boat.png", method: STORED, size: 500 },
      { name: "02-grünes-boot.png", method: STORED, size: 300 },
    ]);
    expect(dataOf(zip).includes(files[0])).toBe(true);
  });

  it("has names that lead nowhere and are there once", async () => {
    const files = { 0: randomBytes(9), 1: randomBytes(9), 2: randomBytes(9) };
    const entries = entriesOf("../../etc/passwd", "a", "A");
    const zip = await createZipLoader(source(files))("all", entries, 10_000);
    expect(listed(dataOf(zip)).map(({ name }) => name)).toEqual(["-etc-passwd.png", "a.png", "A-2.png"]);
  });

  it("lacks what is not to be had, and says so; all of them missing is a Problem", async () => {
    const load = createZipLoader(source({ 1: randomBytes(10) }));
    const zip = await load("all", entriesOf("a", "b", "c"), 10_000);
    expect(zip.note.missing).toEqual(["a", "c"]);
    expect(listed(dataOf(zip)).map(({ name }) => name)).toEqual(["b.png"]);
    const none = createZipLoader(source({}))("all", entriesOf("a"), 10_000);
    await expect(none).rejects.toMatchObject({ reason: { kind: "output-gone" } });
  });

  it("has smaller pictures where they would not fit, each with its equal share", async () => {
    const pictures = await Promise.all([noise(300, 200), noise(20, 20), noise(300, 200)]);
    const limitBytes = 60_000;
    const zip = await createZipLoader(source(Object.fromEntries(pictures.entries())))(
      "all",
      entriesOf("a", "b", "c"),
      limitBytes,
    );
    expect(zip.note.smaller).toBe(true);
    expect(dataOf(zip).byteLength).toBeLessThanOrEqual(limitBytes);
    expect(listed(dataOf(zip)).map(({ name }) => name)).toEqual(["a.webp", "b.png", "c.webp"]);
  });

  it("is a Problem where nothing helps", async () => {
    const load = createZipLoader(source({ 0: await noise(300, 200) }));
    await expect(load("all", entriesOf("a"), 400)).rejects.toMatchObject({
      reason: { kind: "result-too-large" },
    });
  });
});
