import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changed, cutAt, endless, inPieces } from "../../sandbox/bodies.ts";
import type { Fault } from "../../sandbox/faults.ts";
import { type StandInServer, startServer } from "../../sandbox/server.ts";
import { systemClock } from "../../src/services/clock.ts";

let server: StandInServer;
beforeEach(async () => {
  server = await startServer(systemClock);
  server.app.get("/text", (c) => c.text("Grüße"));
  server.app.get("/json", (c) => c.json({ next: null }));
});
afterEach(() => server.close());

const get = (path: string, fault?: Omit<Fault, "path">) => {
  if (fault) server.faults.add({ path, ...fault });
  return fetch(`${server.origin}${path}`, { signal: AbortSignal.timeout(5_000) });
};

const connections = () =>
  new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count)));

describe("an answer that goes wrong", () => {
  it("comes in pieces, whatever they cut through", async () => {
    const { headers, body } = await get("/text", { sends: inPieces(3, 20) });
    const pieces: string[] = [];
    for await (const piece of body!) pieces.push(Buffer.from(piece).toString("latin1"));
    expect(pieces).toEqual(["Gr\u00c3", "\u00bc\u00c3\u009f", "e"]);
    expect(headers.get("content-length")).toBeNull();
  });

  it("never ends, and is over as soon as nobody reads it", async () => {
    server.faults.add({ path: "/text", sends: endless() });
    const [answer] = (await once(request(`${server.origin}/text`).end(), "response")) as [IncomingMessage];
    let read = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) if ((read += chunk.length) > 2_000_000) break;
    await expect.poll(connections).toBe(0);
    expect(server.journal[0]?.bytesSent).toBeGreaterThanOrEqual(read);
    expect(server.journal[0]?.bytesSent).toBeLessThan(50_000_000);
  });

  it("is cut where it should be", async () => {
    const fault = { sends: cutAt((body) => body.indexOf("ü") + 1), declares: (bytes: number) => bytes };
    const answer = await get("/text", fault);
    expect(answer.headers.get("content-length")).toBe("7");
    await expect(answer.arrayBuffer()).rejects.toThrow("terminated");
  });

  it("is longer or shorter than it says", async () => {
    const short = await get("/text", { declares: (bytes) => bytes - 5 });
    expect(await short.text()).toBe("Gr");
    const long = await get("/text", { declares: () => 100, headers: { connection: "close" } });
    expect(long.headers.get("content-length")).toBe("100");
    await expect(long.text()).rejects.toThrow("terminated");
  });

  it("says of itself what is not so, or nothing", async () => {
    const wrong = await get("/text", { headers: { "content-type": "image/png", "x-more": "1" } });
    expect(wrong.headers.get("content-type")).toBe("image/png");
    expect(wrong.headers.get("x-more")).toBe("1");
    expect(await wrong.text()).toBe("Grüße");
    const silent = await get("/text", { headers: { "content-type": undefined } });
    expect(silent.headers.has("content-type")).toBe(false);
  });

  it("says something else, while the journal keeps what was meant", async () => {
    const answer = await get("/json", {
      sends: changed((page) => ({ ...page, next: "https://evil.example" })),
    });
    expect(await answer.json()).toEqual({ next: "https://evil.example" });
    expect(server.journal[0]?.response).toEqual({ next: null });
  });

  it("may be another one altogether", async () => {
    const answer = await get("/text", {
      status: 503,
      body: "later",
      sends: inPieces(2),
      headers: { "retry-after": "1" },
    });
    expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([
      503,
      "1",
      "later",
    ]);
  });
});

it("the journal counts each answer's bytes for itself, on one connection as well", async () => {
  for (const path of ["/text", "/json", "/text"]) await (await get(path)).text();
  const [first, other, again] = server.journal.map(({ bytesSent }) => bytesSent);
  expect(first).toBeGreaterThan("HTTP/1.1 200 OK".length + 7);
  expect(first).toBeLessThan(500);
  expect(other).not.toBe(first);
  expect(again).toBe(first);
});
