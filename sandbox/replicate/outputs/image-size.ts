import sharp from "sharp";
import { number, type Run, text } from "./run.ts";

export interface Size {
  width: number;
  height: number;
}

// What FLUX answers at 1 megapixel (cog-flux), which the other models come close to.
const oneMegapixel: Record<string, [number, number]> = {
  "1:1": [1024, 1024],
  "16:9": [1344, 768],
  "21:9": [1536, 640],
  "3:2": [1216, 832],
  "2:3": [832, 1216],
  "4:5": [896, 1088],
  "5:4": [1088, 896],
  "3:4": [896, 1152],
  "4:3": [1152, 896],
  "9:16": [768, 1344],
  "9:21": [640, 1536],
};

/** How many megapixels: `megapixels: "0.25"`, `resolution: "2 MP"`, `size: "2K"`; 1 unless told. */
function megapixels(input: Run["input"]): number {
  const said = [input["megapixels"], input["resolution"], input["size"]].map(text).join(" ");
  const k = /\b([124])K\b/.exec(said);
  if (k) return Number(k[1]) ** 2;
  const mp = /\b(\d+(?:\.\d+)?)(?: ?MP|\s*$)/.exec(said.trim());
  return Math.min(16, Number(mp?.[1] ?? 1) || 1);
}

function fromRatio(ratio: string, area: number): Size {
  const [w = 1, h = 1] = ratio.split(":").map(Number);
  const [width, height] = oneMegapixel[ratio] ?? [1024 * Math.sqrt(w / h), 1024 * Math.sqrt(h / w)];
  const scale = Math.sqrt(area);
  const round = (side: number) => Math.max(64, Math.round((side * scale) / 16) * 16);
  return { width: round(width), height: round(height) };
}

/** The input pictures of a run, in the order in which models look at them. */
export function pictures(input: Run["input"]): string[] {
  const names = [
    "image",
    "first_frame_image",
    "img",
    "input_image",
    "image_prompt",
    "image_input",
    "input_images",
    "images",
  ];
  return names
    .flatMap((name) => input[name])
    .filter((value) => typeof value === "string" && value !== "") as string[];
}

/** The size that a model would answer with: width and height, `1024x1024`, an aspect ratio, or its input's. */
export async function sizeOf(run: Run, first: Buffer | undefined): Promise<Size> {
  const { input } = run;
  const [width, height] = [number(input["width"]), number(input["height"])];
  const ratio = text(input["aspect_ratio"]);
  // FLUX 1.1 takes width and height only where the ratio is "custom"; the others take them always.
  if (width && height && (ratio === "" || ratio === "custom")) return { width, height };
  const exact = /^(\d{2,4})x(\d{2,4})$/.exec(text(input["size"]) || text(input["resolution"]));
  if (exact && (ratio === "" || /^(None|Not set)$/i.test(ratio)))
    return { width: Number(exact[1]), height: Number(exact[2]) };
  if (/^\d+:\d+$/.test(ratio)) return fromRatio(ratio, megapixels(input));
  if (first) {
    const like = await sharp(first).metadata();
    return { width: like.width, height: like.height };
  }
  return fromRatio("1:1", megapixels(input));
}
