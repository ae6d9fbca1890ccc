import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Bench, type Comparison, machine, measure } from "../bench.ts";
import { builtBot } from "../start/build.ts";

const FILES = 200;
const AT_ONCE = 20;

/** The ways that are compared, each in a process of its own. */
const ways = ["output", "copy", "arrayBuffer", "read"] as const;
type Way = (typeof ways)[number];

interface Sample {
  roseMiB: number;
  ms: number;
}

/** Hosts files of the size that their path says, and answers predictions with one of them. */
async function startHost(): Promise<{ origin: string; server: Server }> {
  const bodies = new Map<number, Buffer>();
  const bodyOf = (bytes: number) => {
    const body = bodies.get(bytes) ?? Buffer.alloc(bytes, 7);
    bodies.set(bytes, body);
    return body;
  };
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      response.end(bodyOf(Number(request.url?.split("/")[1])));
      return;
    }
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { input } = JSON.parse(text) as { input: { path: string } };
      const output = [`https://replicate.delivery${input.path}`];
      const prediction = {
        id: "bench",
        status: "succeeded",
        output,
        error: null,
        urls: { get: "", cancel: "" },
      };
      response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(prediction));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function take(way: Way, origin: string): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), "replicord-bench-"));
  try {
    const child = fileURLToPath(new URL("downloads-child.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [child, way, origin, folder, String(FILES), String(AT_ONCE)],
      // Nothing of this process' own settings, such as the loader that runs TypeScript.
      { env: { PATH: process.env["PATH"], TMPDIR: tmpdir() } },
    );
    return JSON.parse(stdout) as Sample;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const downloads: Bench<Comparison> = {
  summary: "memory over 200 downloads of 10 MB, 20 at once, beside the plain client",

  async run({ runs = 3, progress }) {
    builtBot();
    const { origin, server } = await startHost();
    const measured: Record<Way, Sample[]> = { output: [], copy: [], arrayBuffer: [], read: [] };
    try {
      for (let run = 1; run <= runs; run++)
        for (const way of ways) {
          const sample = await take(way, origin);
          measured[way].push(sample);
          progress(
            `run ${run} of ${runs}, ${way}: ${Math.round(sample.roseMiB)} MiB, ${Math.round(sample.ms)} ms`,
          );
        }
    } finally {
      server.closeAllConnections();
      server.close();
    }

    const each = (baseline: Way, replicord: Way, what: keyof Sample) => ({
      baseline: measured[baseline].map((sample) => sample[what]),
      replicord: measured[replicord].map((sample) => sample[what]),
    });
    return {
      bench: "downloads",
      baseline: "the replicate client's file outputs, written to the disk; and fetch().arrayBuffer()",
      method:
        `${FILES} downloads of 10 MB from a local server, ${AT_ONCE} at once, each way in a process of its own; ` +
        "memory is the peak of resident memory above what it was after one small file, with what waits for the garbage collector; whole files within 64 MiB",
      machine: machine(),
      runs,
      measures: [
        measure({ name: "memory, to the disk", unit: "MiB", goal: 0.33 }, each("output", "copy", "roseMiB")),
        measure(
          { name: "memory, whole files", unit: "MiB", goal: 0.75 },
          each("arrayBuffer", "read", "roseMiB"),
        ),
        measure({ name: "time, to the disk", unit: "ms", goal: 1.5 }, each("output", "copy", "ms")),
        measure({ name: "time, whole files", unit: "ms", goal: 2 }, each("arrayBuffer", "read", "ms")),
      ],
    };
  },
};
