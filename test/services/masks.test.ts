import * as fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { checkShape, fittedMask, paintedSize, transparencyMask } from "../../src/services/masks.ts";
import { opaque, still } from "../../src/services/pictures.ts";
import { problem } from "../commands/asked.ts";
import { painted } from "../journeys/samples.ts";

/** Its pixels, one number each, and its size. */
async function pixels(bytes: Buffer) {
  const { data, info } = await sharp(bytes)
    .toColourspace("b-w")
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { at: (x: number, y: number) => data[y * info.width + x], values: new Set(data), info };
}

const refused = (...of: Parameters<typeof problem>) => expect.objectContaining(problem(...of));
const size = { width: 40, height: 30 };
const middle = { left: 10, top: 10, width: 20, height: 10 };

describe("a mask that is fitted to its picture", () => {
  /** A mask with one white rectangle, and the size of its picture. */
  const masks = fc
    .record({
      from: fc.record({ width: fc.integer({ min: 8, max: 60 }), height: fc.integer({ min: 8, max: 60 }) }),
      to: fc.record({ width: fc.integer({ min: 8, max: 90 }), height: fc.integer({ min: 8, max: 90 }) }),
      at: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()),
    })
    .map(({ from, to, at: [a, b, c, d] }) => {
      const [left, top] = [a % (from.width - 4), b % (from.height - 4)];
      const inner = { width: 4 + (c % (from.width - left - 3)), height: 4 + (d % (from.height - top - 3)) };
      return { from, to, white: { left, top, ...inner } };
    });

  it("is as large as the picture; what was all white stays white, and what was all black black", () =>
    fc.assert(
      fc.asyncProperty(masks, async ({ from, to, white }) => {
        const { at, values, info } = await pixels(
          await fittedMask(await painted(from, white).png().toBuffer(), "m", to),
        );
        expect(info).toMatchObject(to);
        for (const value of values) expect([0, 255]).toContain(value);
        // A pixel is made of those around the place where it was.
        const around = (position: number, scale: number) => {
          const reach = Math.max(1, scale) + 1;
          return [(position + 0.5) * scale - reach, (position + 0.5) * scale + reach] as const;
        };
        for (let y = 0; y < to.height; y++)
          for (let x = 0; x < to.width; x++) {
            const [x0, x1] = around(x, from.width / to.width);
            const [y0, y1] = around(y, from.height / to.height);
            const end = { x: white.left + white.width, y: white.top + white.height };
            const inside = x0 >= white.left && x1 <= end.x && y0 >= white.top && y1 <= end.y;
            const outside = x1 <= white.left || x0 >= end.x || y1 <= white.top || y0 >= end.y;
            if (inside) expect([x, y, at(x, y)]).toEqual([x, y, 255]);
            if (outside) expect([x, y, at(x, y)]).toEqual([x, y, 0]);
          }
      }),
      { numRuns: 60 },
    ));

  it.each([
    ["a JPEG, which is never quite white", () => painted(size, middle).jpeg({ quality: 40 })],
    ["16 bits deep", () => painted(size, middle).toColourspace("rgb16").png()],
    ["of a few colours", () => painted(size, middle).png({ palette: true })],
    ["white paint on nothing", () => painted(size, middle, { ground: "#00000000" }).png()],
    ["white paint on hidden white", () => painted(size, middle, { ground: "#ffffff00" }).png()],
    ["light grey on dark grey", () => painted(size, middle, { ground: "#303030", paint: "#d0d0d0" }).png()],
  ])("may be %s", async (_, mask) => {
    const { at, values, info } = await pixels(await fittedMask(await mask().toBuffer(), "m", size));
    expect(info).toMatchObject(size);
    expect(values).toEqual(new Set([0, 255]));
    expect([at(20, 15), at(3, 3), at(36, 26)]).toEqual([255, 0, 0]);
  });

  it("is as it is seen, whichever way the camera was held", async () => {
    const turned = await painted(size, { left: 0, top: 0, width: 40, height: 10 })
      .removeAlpha()
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { at } = await pixels(await fittedMask(turned, "m", { width: 30, height: 40 }));
    // What was above is to the right.
    expect([at(27, 20), at(3, 20)]).toEqual([255, 0]);
  });

  it("keeps a thin stroke when it becomes much smaller", async () => {
    const large = { width: 400, height: 300 };
    const stroke = await painted(large, { left: 0, top: 150, width: 400, height: 4 }).png().toBuffer();
    const { values } = await pixels(await fittedMask(stroke, "m", size));
    expect(values).toContain(255);
  });

  it("is refused where nothing is white", async () => {
    for (const paint of ["#000000", "#ff0000", "#ffffff10"]) {
      const mask = await painted(size, middle, { paint }).png().toBuffer();
      await expect(fittedMask(mask, "mask.png", size)).rejects.toEqual(
        refused("empty-mask", { name: "mask.png" }),
      );
    }
  });

  it("may have another size than its picture, and no other shape", () => {
    const picture = { width: 1_000, height: 500 };
    for (const mask of [
      { width: 100, height: 50 },
      { width: 1_019, height: 500 },
      { width: 4_000, height: 2_039 },
    ])
      expect(() => checkShape(picture, mask)).not.toThrow();
    for (const mask of [
      { width: 1_021, height: 500 },
      { width: 979, height: 500 },
      { width: 500, height: 1_000 },
    ])
      expect(() => checkShape(picture, mask)).toThrow(refused("mask-shape", { picture, mask }));
  });
});

describe("the mask of a transparent area", () => {
  const holed = (alpha: string) => painted(size, middle, { ground: "#0000ff", paint: `#ff0000${alpha}` });

  it.each([
    ["wholly", () => holed("00").png()],
    ["for the most part", () => holed("70").png()],
    ["in 16 bits", () => holed("00").toColourspace("rgb16").png()],
    ["in a WebP", () => holed("00").webp()],
  ])("is white where it is transparent %s", async (_, picture) => {
    const { at, info, values } = await pixels(
      await transparencyMask(await picture().toBuffer(), "a.png", size),
    );
    expect(info).toMatchObject(size);
    expect(values).toEqual(new Set([0, 255]));
    expect([at(20, 15), at(3, 3), at(36, 26)]).toEqual([255, 0, 0]);
  });

  it("is refused where there is none, or hardly any", async () => {
    for (const picture of [holed("ff").png(), holed("90").png(), holed("ff").removeAlpha().jpeg()])
      await expect(transparencyMask(await picture.toBuffer(), "a.png", size)).rejects.toEqual(
        refused("nothing-transparent", { name: "a.png" }),
      );
  });
});

describe("the picture that is painted", () => {
  const colours = async (bytes: Buffer) => {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels),
    ];
    return { at, info };
  };

  it("shows none of the colours that its transparency hid", async () => {
    const hidden = await painted(size, middle, { ground: "#0000ff", paint: "#ff000000" }).png().toBuffer();
    const { at, info } = await colours(await opaque(hidden, size));
    expect(info).toMatchObject({ ...size, channels: 3 });
    expect([at(20, 15), at(3, 3)]).toEqual([
      [128, 128, 128],
      [0, 0, 255],
    ]);
  });

  it("is as it is seen, and no larger than what models paint", async () => {
    const turned = await painted(size, middle)
      .removeAlpha()
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { info } = await colours(await opaque(turned, paintedSize({ width: 30, height: 40 })));
    expect(info).toMatchObject({ width: 30, height: 40 });
    expect(paintedSize({ width: 8_192, height: 3_000 })).toEqual({ width: 2_048, height: 750 });
    expect(paintedSize({ width: 9_000, height: 1 })).toEqual({ width: 2_048, height: 1 });
  });

  it("is the first of an animation", async () => {
    const frames = await sharp(
      ["red", "blue"].map((background) => ({
        create: { ...size, channels: 3 as const, background },
      })) as never,
      { join: { animated: true } } as never,
    )
      .gif()
      .toBuffer();
    const { at, info } = await colours(await still(frames));
    expect([info.width, info.height, at(5, 5).slice(0, 3)]).toEqual([40, 30, [255, 0, 0]]);
  });
});
