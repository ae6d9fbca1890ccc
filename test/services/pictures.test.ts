import { randomFillSync } from "node:crypto";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fit, measure } from "../../src/services/pictures.ts";

/** Noise, which nothing compresses well. */
const noise = (width: number, height: number) =>
  sharp(randomFillSync(Buffer.alloc(width * height * 3)), { raw: { width, height, channels: 3 } });

describe("a picture that is too large", () => {
  it("keeps its size where less quality is enough", async () => {
    const png = await noise(300, 200).png().toBuffer();
    const small = await fit(png, png.length - 1);
    expect(small.length).toBeLessThan(png.length);
    expect(await measure(small)).toEqual({ width: 300, height: 200 });
    expect((await sharp(small).metadata()).format).toBe("webp");
  });

  it("becomes smaller where quality alone is not enough", async () => {
    const png = await noise(300, 200).png().toBuffer();
    const small = await fit(png, 12_000);
    expect(small.length).toBeLessThanOrEqual(12_000);
    const { width = 0, height = 0 } = (await measure(small)) ?? {};
    expect(width).toBeLessThan(300);
    expect(width / height).toBeCloseTo(1.5, 1);
  });

  it("is refused where even a quarter of its sides is too much", async () => {
    const png = await noise(300, 200).png().toBuffer();
    await expect(fit(png, 100)).rejects.toMatchObject({
      reason: { kind: "result-too-large", bytes: png.length, limitBytes: 100 },
    });
  });

  it("is refused where it can't be decoded, wholly or at its end", async () => {
    const png = await noise(300, 200).png().toBuffer();
    for (const broken of [Buffer.from("no picture"), png.subarray(0, 5_000)])
      await expect(fit(broken, 10)).rejects.toMatchObject({ reason: { kind: "result-too-large" } });
  });

  it("is brought to the longest side that WebP has", async () => {
    const wide = await sharp({ create: { width: 17_000, height: 10, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    expect(await measure(await fit(wide, 1_000_000))).toMatchObject({ width: 16_383 });
  });
});

describe("a picture's size", () => {
  it("is as people see it, whichever way the camera was held", async () => {
    const turned = await noise(30, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await measure(turned)).toEqual({ width: 20, height: 30 });
  });

  it("is that of each picture of an animation, and it is said that it moves", async () => {
    const frames = { raw: { width: 30, height: 40, channels: 3, pageHeight: 20 } } as const;
    for (const format of ["gif", "webp"] as const) {
      const moving = await sharp(randomFillSync(Buffer.alloc(30 * 40 * 3)), frames)
        .toFormat(format, { delay: [100, 100] })
        .toBuffer();
      expect(await measure(moving)).toEqual({ width: 30, height: 20, animated: true });
    }
  });

  it("is unknown where there is none", async () => {
    expect(await measure(Buffer.from("no picture"))).toBeUndefined();
  });
});
