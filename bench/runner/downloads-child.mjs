// One way of taking files, in a process of its own: `node downloads-child.mjs WAY ORIGIN FOLDER COUNT AT_ONCE`.
// Prints one line of JSON: how far resident memory rose at its highest, and how long it took.
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Replicate from "replicate";
import { createFiles } from "../../dist/services/files.js";
import { systemClock } from "../../dist/services/clock.js";
import { createMedia } from "../../dist/services/replicate/media.js";

const [way, origin, folder, count, atOnce] = process.argv.slice(2);

const media = createMedia([origin], { memoryBytes: 64 * 1024 * 1024 });
const limitBytes = 100 * 1024 * 1024;
const files = createFiles({ folder, media, clock: systemClock, keepMs: 3_600_000, limitBytes });

// The client makes file outputs of https addresses only, so its own `fetch` leads them to the local server.
const client = new Replicate({
  auth: "bench",
  baseUrl: `${origin}/v1`,
  fetch: (url, init) => fetch(new URL(url).href.replace("https://replicate.delivery", origin), init),
});

const ways = {
  /** Replicord: copied to the disk. */
  copy: (path) => files.copy(origin + path),
  /** The client's way to the disk, as its README shows it. */
  async output(path, nth) {
    const [output] = await client.run("bench/files", { input: { path } });
    await writeFile(join(folder, String(nth)), output);
  },
  /** Replicord: the whole file in memory, as long as it is used. */
  read: (path) => media.read(origin + path, { limitBytes }, use),
  /** What one writes without thinking. */
  arrayBuffer: async (path) => use({ bytes: await (await fetch(origin + path)).arrayBuffer() }),
};

/** What posting a file takes. */
async function use({ bytes }) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (bytes.byteLength === 0) throw new Error("An empty file");
}

const mib = (key) =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]) /
  1024;
const linux = process.platform === "linux";
const residentMiB = () => (linux ? mib("VmRSS") : process.memoryUsage.rss() / 2 ** 20);
/** The highest ever, as the kernel counts it. */
const peakMiB = () => (linux ? mib("VmHWM") : process.resourceUsage().maxRSS / 1024);

await mkdir(folder, { recursive: true });
// Everything that is loaded by the first file.
await ways[way]("/1000/first", "first");

const before = residentMiB();
const beganAt = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    while (next < Number(count)) {
      const nth = next++;
      await ways[way](`/10000000/${nth}`, nth);
    }
  }),
);
const ms = performance.now() - beganAt;
process.stdout.write(JSON.stringify({ roseMiB: Math.max(0, peakMiB() - before), ms }));
