import { createRequire } from "node:module";
import sharp, { type Sharp } from "sharp";
import { hash, seeded } from "../seeded.ts";

const require = createRequire(import.meta.url);
const font = () => require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf");

export interface Scene {
  width: number;
  height: number;
  prompt: string;
  seed: number;
}

/** The file types that image models answer with. */
export const contentTypes: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
};

/** A sky, a sun and three rows of hills, in colours that the seed chooses. */
function landscape({ width, height, seed, prompt }: Scene): Buffer {
  const random = seeded(seed ^ hash(prompt));
  const hue = Math.floor(random() * 360);
  const hill = (row: number) => {
    const base = height * (0.55 + row * 0.14);
    const swing = height * (0.06 + random() * 0.06);
    const waves = 1.5 + random() * 2;
    const phase = random() * 6.28;
    const points = Array.from({ length: 33 }, (_, i) => {
      const y = base + Math.sin(phase + (i / 32) * waves * 6.28) * swing;
      return `${((i / 32) * width).toFixed(1)},${y.toFixed(1)}`;
    });
    const colour = `hsl(${(hue + 150 + row * 12) % 360} 45% ${42 - row * 11}%)`;
    return `<polygon points="0,${height} ${points.join(" ")} ${width},${height}" fill="${colour}"/>`;
  };
  const sun = { x: width * (0.2 + random() * 0.6), y: height * (0.15 + random() * 0.25) };
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0.3" y2="1">
<stop offset="0" stop-color="hsl(${hue} 50% 38%)"/><stop offset="0.6" stop-color="hsl(${(hue + 50) % 360} 55% 66%)"/>
<stop offset="1" stop-color="hsl(${(hue + 80) % 360} 70% 82%)"/></linearGradient></defs>
<rect width="100%" height="100%" fill="url(#sky)"/>
<circle cx="${sun.x}" cy="${sun.y}" r="${Math.min(width, height) * 0.09}" fill="hsl(${(hue + 60) % 360} 95% 88%)"/>
${[0, 1, 2].map(hill).join("\n")}
<rect y="${height * 0.7}" width="${width}" height="${height * 0.3}" fill="black" fill-opacity="0.35"/></svg>`);
}

const escape = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** White lettering that fits a box; Pango wraps it. */
async function lettering(words: string, width: number, height: number): Promise<Buffer> {
  return sharp({
    text: {
      text: `<span foreground="white">${escape(words)}</span>`,
      font: "DejaVu Sans Bold",
      fontfile: font(),
      width: Math.max(16, Math.floor(width)),
      height: Math.max(12, Math.floor(height)),
      rgba: true,
    },
  })
    .png()
    .toBuffer();
}

/** A picture that could be told from any other: the prompt, the word "sandbox", and colours by seed. */
export async function drawScene(scene: Scene): Promise<Sharp> {
  const { width, height } = scene;
  const prompt =
    scene.prompt
      .replaceAll(/[\p{Cc}\s]+/gu, " ")
      .trim()
      .slice(0, 240) || "no prompt";
  const [words, mark] = await Promise.all([
    lettering(prompt, width * 0.9, height * 0.2),
    lettering("sandbox", width * 0.2, height * 0.045),
  ]);
  const margin = Math.floor(Math.min(width, height) * 0.04);
  return sharp(landscape(scene)).composite([
    { input: words, left: Math.floor(width * 0.05), top: Math.floor(height * 0.75) },
    { input: mark, left: margin, top: margin },
  ]);
}

/** Encodes as the model was asked to: `png`, `jpg`, `webp` or `gif`. */
export async function encode(picture: Sharp, format: string, quality = 80): Promise<Buffer> {
  const q = Math.min(100, Math.max(1, Math.round(quality)));
  if (format === "webp") return picture.webp({ quality: q, effort: 2 }).toBuffer();
  if (format === "jpg" || format === "jpeg") return picture.flatten().jpeg({ quality: q }).toBuffer();
  if (format === "gif") return picture.gif().toBuffer();
  return picture.png({ compressionLevel: 4 }).toBuffer();
}
