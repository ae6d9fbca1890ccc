import { describe, expect, it } from "vitest";
import { contentsIn } from "../../../src/services/sound/contents.ts";
import { sourceOf } from "../../../src/services/sound/look.ts";

/** AAC without a container, in frames of 8 bytes, of which a few megabytes are a million. */
function tinyFrames(count: number): Buffer {
  const frame = Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x01, 0x1f, 0xfc, 0x00]);
  return Buffer.alloc(count * frame.length, frame);
}

describe("a file of nothing but frames", () => {
  const source = sourceOf(tinyFrames(300_000), "audio/aac");

  it("lets everything else have its turn while it is counted", async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const contents = await contentsIn(source, { counting: true });
    clearInterval(timer);
    expect(contents).toMatchObject({ hasSound: true });
    expect(turns).toBeGreaterThan(5);
  });

  it("is given up when there is no more time", async () => {
    const late = new AbortController();
    setTimeout(() => late.abort(new Error("late")), 15);
    await expect(contentsIn(source, { counting: true, signal: late.signal })).rejects.toThrow("late");
  });
});

it("an M4A of nothing but empty boxes does so as well", async () => {
  const box = Buffer.from([0, 0, 0, 8, ...Buffer.from("free")]);
  const begin = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from("ftypM4A mp42")]);
  const file = Buffer.concat([begin, Buffer.alloc(8 * 400_000, box)]);
  const late = new AbortController();
  setTimeout(() => late.abort(new Error("late")), 15);
  await expect(contentsIn(sourceOf(file, "audio/mp4"), { signal: late.signal })).rejects.toThrow("late");
});
