import type { Clock } from "../../src/services/clock.ts";
import type { StandInServer } from "../server.ts";
import { token } from "./seeded.ts";

interface Hosted {
  bytes: Uint8Array;
  contentType: string;
  until: number;
}

// Output files of predictions made through the API go after an hour.
const keptMs = 3_600_000;

/** The `bytes=…` of a Range header; undefined where it asks for what is not there. */
function parseRange(header: string, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start <= end && start < size ? { start, end } : undefined;
}

/** The host of output files: replicate.delivery, which asks for no token. */
export function createDelivery({ app, origin }: StandInServer, clock: Clock, random: () => number) {
  const files = new Map<string, Hosted>();

  app.get("/delivery/:folder/:name", (c) => {
    const file = files.get(`${c.req.param("folder")}/${c.req.param("name")}`);
    if (!file || clock.now() >= file.until) return c.text("Not Found", 404);
    const { bytes, contentType } = file;
    const headers = {
      "content-type": contentType,
      "accept-ranges": "bytes",
      "cache-control": "public, max-age=3600",
    };
    const asked = c.req.header("range");
    if (asked === undefined) return send(bytes, 200, headers);
    const range = parseRange(asked, bytes.length);
    if (!range) return c.body(null, 416, { "content-range": `bytes */${bytes.length}` });
    const part = bytes.subarray(range.start, range.end + 1);
    const place = `bytes ${range.start}-${range.end}/${bytes.length}`;
    return send(part, 206, { ...headers, "content-range": place });
  });

  return {
    host(name: string, contentType: string, bytes: Uint8Array): string {
      for (const [old, { until }] of files) if (clock.now() >= until) files.delete(old);
      const key = `${token(random, 40)}/${name}`;
      files.set(key, { bytes, contentType, until: clock.now() + keptMs });
      return `${origin}/delivery/${key}`;
    },
    /** The file behind one of this host's own URLs. */
    read: (url: string) => files.get(url.slice(`${origin}/delivery/`.length))?.bytes,
  };
}

const send = (bytes: Uint8Array, status: number, headers: Record<string, string>) =>
  new Response(new Uint8Array(bytes), {
    status,
    headers: { ...headers, "content-length": String(bytes.length) },
  });
