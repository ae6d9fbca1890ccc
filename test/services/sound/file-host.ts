import { createReadStream, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { type LocalServer, startLocalServer } from "../local-server.ts";

export interface FileHost {
  url: string;
  origin: string;
  /** How many bytes each request was sent, in the order in which they came. */
  sent: number[];
  /** The next so many requests are answered with half of a response. */
  breaks(times: number): void;
  close(): Promise<void>;
}

/** Bytes, or a file on the disk, of which nothing is in memory. */
type Content = Buffer | { path: string };

const bytesOf = (content: Content) =>
  Buffer.isBuffer(content) ? content.byteLength : statSync(content.path).size;

/** Serves one file as Discord's CDN does; with `ranges: false` as a server that knows none. */
export async function hostFile(content: Content, { ranges = true, delayMs = 0 } = {}): Promise<FileHost> {
  const total = bytesOf(content);
  const sent: number[] = [];
  let broken = 0;
  const send = (response: ServerResponse, from: number, to: number, nth: number) => {
    sent[nth] = 0;
    const count = (bytes: number) => (sent[nth] = (sent[nth] ?? 0) + bytes);
    if (Buffer.isBuffer(content)) {
      count(to - from);
      return response.end(content.subarray(from, to));
    }
    return createReadStream(content.path, { start: from, end: to - 1 })
      .on("data", (chunk) => count(chunk.length))
      .pipe(response);
  };
  const server: LocalServer = await startLocalServer(({ headers }, response, nth) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range)) ?? [];
    const answer = () => {
      if (broken > 0) {
        broken -= 1;
        response.writeHead(200, { "content-length": total });
        response.write("half");
        return setTimeout(() => response.destroy(), 20);
      }
      if (!ranges || first === undefined) {
        response.writeHead(200, { "content-length": total });
        return send(response, 0, total, nth);
      }
      const [from, to] = [Number(first), Math.min(Number(last) + 1, total)];
      response.writeHead(206, {
        "content-length": to - from,
        "content-range": `bytes ${from}-${to - 1}/${total}`,
      });
      return send(response, from, to, nth);
    };
    setTimeout(answer, delayMs);
  });
  return {
    url: `${server.origin}/recording`,
    origin: server.origin,
    sent,
    breaks: (times) => void (broken = times),
    close: () => server.close(),
  };
}
