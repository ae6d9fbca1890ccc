import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { within } from "../../../src/services/deadline.ts";
import { readStream, type StreamEvent } from "../../../src/services/replicate/stream.ts";
import { whileGarbageIsCollected } from "../garbage.ts";
import { hangUp, impatientClock, type LocalServer, startLocalServer } from "../local-server.ts";

let server: LocalServer | undefined;
afterEach(() => server?.close());

const open = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });
const output = (id: string, text: string) => `event: output\nid: ${id}\ndata: ${text}\n\n`;
const done = "event: done\nid: done\ndata: {}\n\n";

/** Everything that the stream says, when each connection gets what is written here. */
async function readAll(...connections: ((response: ServerResponse) => void)[]) {
  const clock = impatientClock();
  const began = clock.now();
  server = await startLocalServer((_, response, nth) => (connections[nth] ?? hangUp)(response));
  const events: StreamEvent[] = [];
  const { signal } = new AbortController();
  const options = { signal, sleep: (ms: number) => clock.sleep(ms), silenceMs: 200 };
  for await (const event of readStream(`${server.origin}/stream`, options)) events.push(event);
  const text = events.map((event) => (event.kind === "text" ? event.text : "")).join("");
  return {
    events,
    text,
    kinds: events.map(({ kind }) => kind),
    arrivals: server.arrivals,
    waitedMs: clock.now() - began,
  };
}

const write =
  (...parts: string[]) =>
  (response: ServerResponse) =>
    void open(response).end(parts.join(""));

describe("a prediction's stream", () => {
  it("is its text, piece by piece, until it is done", async () => {
    const { text, kinds, arrivals } = await readAll(
      write(
        ": hi\n\n",
        output("1", "Hello,"),
        output("2", " you"),
        "event: logs\ndata: x\n\n",
        "event: output\nid: 3\ndata: \ndata: .\n\n",
        done,
      ),
    );
    expect(text).toBe("Hello, you\n.");
    expect(kinds).toEqual(["text", "text", "text", "end"]);
    expect(arrivals[0]?.headers.accept).toBe("text/event-stream");
  });

  it("is read anew where the connection stays open and says nothing any more", async () => {
    const silent = (response: ServerResponse) => void open(response).write(output("1:0", "a"));
    const { text, kinds, arrivals } = await readAll(silent, write(output("2:0", "b"), done));
    expect(text).toBe("ab");
    expect(kinds.at(-1)).toBe("end");
    expect(arrivals[1]?.headers["last-event-id"]).toBe("1:0");
  });

  it("goes on after the last piece where it broke off without being done", async () => {
    const { text, kinds, arrivals } = await readAll(
      write(output("1:0", "a"), output("2:0", "b")),
      write(output("3:0", "c"), done),
    );
    expect(text).toBe("abc");
    expect(kinds.at(-1)).toBe("end");
    expect(arrivals.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "2:0"]);
  });

  it("says nothing twice, though it be sent twice", async () => {
    const { text } = await readAll(
      write(output("1", "a"), output("1", "a"), output("2", "b"), output("3", "c")),
      write(output("2", "b"), output("3", "c"), output("4", "d"), done),
    );
    expect(text).toBe("abcd");
  });

  it("keeps a letter whole that arrives in two halves", async () => {
    const bytes = Buffer.from(output("1", "Grüße 👋 日本"));
    const { text } = await readAll((response) => {
      open(response);
      const next = (at: number): void => {
        if (at >= bytes.length) return void response.end(done);
        response.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
      };
      next(0);
    });
    expect(text).toBe("Grüße 👋 日本");
  });

  it("reports the model's failure", async () => {
    const { kinds } = await readAll(
      write(
        output("1", "a"),
        'event: error\ndata: {"detail":"no"}\n\n',
        'event: done\ndata: {"reason":"error"}\n\n',
      ),
    );
    expect(kinds).toEqual(["text", "error", "end"]);
  });

  it.each([404, 410])("that is not there (%i) is not asked for again", async (status) => {
    const { events, arrivals } = await readAll((response) => void response.writeHead(status).end());
    expect(events).toEqual([]);
    expect(arrivals).toHaveLength(1);
  });

  it("that stays broken is left to the prediction itself, after five more tries, ever slower", async () => {
    const { kinds, arrivals, waitedMs } = await readAll(
      write(output("1", "a")),
      (response) => void response.writeHead(503).end(),
    );
    expect(kinds).toEqual(["text"]);
    expect(arrivals).toHaveLength(6);
    expect(waitedMs).toBe(500 + 1_000 + 2_000 + 4_000 + 8_000);
  });

  it("is closed as soon as nobody reads it any more", async () => {
    let closed = false;
    server = await startLocalServer((_, response) => {
      response.on("close", () => (closed = true));
      open(response).write(output("1", "a"));
    });
    const stop = new AbortController();
    const stream = readStream(`${server.origin}/stream`, {
      signal: stop.signal,
      sleep: (ms) => impatientClock().sleep(ms),
    });
    expect(await stream.next()).toEqual({ done: false, value: { kind: "text", text: "a" } });
    const next = stream.next();
    setTimeout(() => stop.abort(new Error("stopped")), 200);
    await expect(whileGarbageIsCollected(within(5_000, next))).rejects.toThrow("stopped");
    await expect.poll(() => closed).toBe(true);
  });
});
