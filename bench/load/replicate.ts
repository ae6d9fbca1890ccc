// Replicate in a process of its own: 50 tokens a second for every text, and four pictures for every post.
import sharp from "sharp";
import { startReplicate } from "../../sandbox/replicate/index.ts";

const [answers = 0, tokens = 0, posts = 0, picturesEach = 0] = process.argv.slice(2).map(Number);

const replicate = await startReplicate();

/** Noise: a PNG of 1 MB, as much as a real picture of 1024 × 1024 has. */
const noise = await sharp({
  create: {
    width: 640,
    height: 560,
    channels: 3,
    background: "#000",
    noise: { type: "gaussian", mean: 128, sigma: 60 },
  },
})
  .png({ compressionLevel: 1 })
  .toBuffer();

for (let post = 0; post < posts; post++) {
  const output = Array.from({ length: picturesEach }, (_, at) =>
    replicate.host(`noise-${post}-${at}.png`, "image/png", noise),
  );
  replicate.script({ model: "black-forest-labs/flux-schnell", output });
}
const words = Array.from({ length: tokens }, (_, index) => `word${index % 10 === 9 ? ".\n\n" : " "}`);
// The first answers are long; who asks later gets one word.
replicate.script({ model: "anthropic/claude-4.5-haiku", times: answers, tokens: words });
replicate.script({ model: "anthropic/claude-4.5-haiku", times: 100_000, tokens: ["Yes."] });

process.on("disconnect", () => process.exit(0));
process.send?.({ origin: replicate.origin, baseUrl: replicate.baseUrl, token: replicate.token });
