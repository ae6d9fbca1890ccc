import { expect, it } from "vitest";
import { isMade, madeKind } from "../../src/services/outputs.ts";

it("a model of pictures makes pictures, whatever their format", () => {
  for (const kind of ["image", "edit", "inpaint", "upscale", "cutout"] as const)
    expect(madeKind(kind)).toBe("picture");
  expect(isMade("picture", "image/webp")).toBe(true);
  expect(isMade("picture", "text/html")).toBe(false);
  expect(isMade("picture", "application/octet-stream")).toBe(false);
});

it("a video may be an animated GIF, and a sound is no video", () => {
  expect(isMade("video", "video/mp4")).toBe(true);
  expect(isMade("video", "image/gif")).toBe(true);
  expect(isMade("video", "audio/mpeg")).toBe(false);
  expect(isMade("sound", "audio/mpeg")).toBe(true);
});

it("of texts and of models that nobody knows nothing is expected", () => {
  expect(madeKind("text")).toBeUndefined();
  expect(madeKind("other")).toBeUndefined();
});
