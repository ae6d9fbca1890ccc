import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "../../src/services/clock.ts";

/** One request as it arrived. */
export interface Arrival {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** By the clock that the server was given. */
  at: number;
}

export interface LocalServer {
  origin: string;
  arrivals: Arrival[];
  close(): Promise<void>;
}

/** A real server on loopback that answers as the test says; `nth` counts the requests from 0. */
export async function startLocalServer(
  answer: (arrival: Arrival, response: ServerResponse, nth: number) => void,
  { clock = systemClock, port = 0 }: { clock?: Clock; port?: number } = {},
): Promise<LocalServer> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const arrival = { method, path, headers, body: Buffer.concat(chunks).toString(), at: clock.now() };
      arrivals.push(arrival);
      answer(arrival, response, arrivals.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/** Cuts the connection without an answer. */
export const hangUp = (response: ServerResponse) => response.socket?.destroy();

/** Time that passes at once wherever somebody waits for it. */
export function impatientClock(start = Date.UTC(2026, 10, 23, 12)): Clock {
  let time = start;
  return {
    now: () => time,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      time += ms;
    },
  };
}
