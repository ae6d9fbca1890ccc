import { type HttpBindings, serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "../src/services/clock.ts";
import { sendSpoiled, spoilsAnswer } from "./bodies.ts";
import { createFaults, type Faults } from "./faults.ts";

/** One request that a stand-in received, and what it answered: the judge of every test. */
export interface JournalEntry {
  at: number;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  /** Parsed JSON, or a multipart's `payload_json`, or the text itself. */
  body: unknown;
  files: { field: string; name: string; contentType: string; bytes: number }[];
  /** 0 as long as nothing was answered, or where the connection was cut. */
  status: number;
  /** Parsed JSON, before a fault spoiled it; undefined for anything else. */
  response: unknown;
  /**
   * Bytes of the answer, its head included, that the connection took; they grow until it is all out, or the client hung
   * up. What was on its way then, in the buffers of both sides, is among them.
   */
  readonly bytesSent: number;
}

/** `received`: the body was read, and nothing has happened yet. `answered`: all of the answer has left. */
export type Moment = "received" | "answered";
export type RequestListener = (moment: Moment, entry: JournalEntry) => void;

export interface StandInServer {
  app: Hono<{ Bindings: HttpBindings }>;
  server: Server;
  /** `http://127.0.0.1:PORT` */
  origin: string;
  journal: JournalEntry[];
  faults: Faults;
  /** Calls back while each request passes, before it goes on. Returns how to stop. */
  watch(listener: RequestListener): () => void;
  close(): Promise<void>;
}

type Ctx = Context<{ Bindings: HttpBindings }>;

async function readBody(c: Ctx): Promise<Pick<JournalEntry, "body" | "files">> {
  const type = c.req.header("content-type") ?? "";
  if (c.req.method === "GET" || c.req.method === "HEAD") return { body: undefined, files: [] };
  if (type.startsWith("multipart/form-data")) {
    const form = await c.req.raw.clone().formData();
    const payload = form.get("payload_json");
    const files = [...form.entries()].flatMap(([field, value]) =>
      typeof value === "string"
        ? []
        : [{ field, name: value.name, contentType: value.type, bytes: value.size }],
    );
    return { body: typeof payload === "string" ? JSON.parse(payload) : undefined, files };
  }
  const text = await c.req.raw.clone().text();
  return { body: parse(text), files: [] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text;
  }
}

/** Counts what this connection takes from now on, until the answer is over. */
function countSent({ incoming, outgoing }: HttpBindings): () => number {
  let socket: Socket | undefined = incoming.socket;
  const before = socket.bytesWritten;
  let total = 0;
  const sent = () => (socket ? socket.bytesWritten - before : total);
  outgoing.once("close", () => {
    total = sent();
    socket = undefined;
  });
  return sent;
}

/** Tells the framework that the answer went out, or was cut, without it. */
const alreadySent = () => new Response(null, { headers: { "x-hono-already-sent": "true" } });

/** A real HTTP server on loopback that journals every request and lets faults hit them. Routes go on `app`. */
export async function startServer(clock: Clock, port = 0): Promise<StandInServer> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const journal: JournalEntry[] = [];
  const faults = createFaults();
  const listeners = new Set<RequestListener>();
  const tell = (moment: Moment, entry: JournalEntry) => listeners.forEach((listen) => listen(moment, entry));

  app.use(async (c, next) => {
    const { method, path } = c.req;
    const fault = faults.take(method, path, c.req.header("content-type"));
    const sent = countSent(c.env);
    if (fault?.delayMs) await clock.sleep(fault.delayMs);
    const entry: JournalEntry = {
      at: clock.now(),
      method,
      path,
      query: c.req.query(),
      headers: c.req.header(),
      body: undefined,
      files: [],
      status: 0,
      response: undefined,
      get bytesSent() {
        return sent();
      },
    };
    journal.push(entry);
    const cut = () => {
      c.env.outgoing.destroy();
      return alreadySent();
    };
    if (fault?.reset === "before") return cut();
    Object.assign(entry, await readBody(c));
    c.env.outgoing.once("finish", () => tell("answered", entry));
    tell("received", entry);
    if (fault?.status !== undefined) {
      const json = typeof fault.body !== "string";
      c.res = new Response(json ? JSON.stringify(fault.body ?? {}) : (fault.body as string), {
        status: fault.status,
        headers: { "content-type": json ? "application/json" : "text/html" },
      });
    } else await next();
    if (fault?.reset === "after") return cut();
    // The stand-in's clock is what its answers say the time is.
    c.header("date", new Date(clock.now()).toUTCString());
    entry.status = c.res.status;
    if (c.res.headers.get("content-type")?.includes("json"))
      entry.response = parse(await c.res.clone().text());
    if (fault && spoilsAnswer(fault)) {
      const answer = c.res;
      c.res = alreadySent();
      await sendSpoiled(answer, c.env.outgoing, fault);
    }
    return undefined;
  });

  const server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, () =>
      resolve(started as Server),
    );
  });
  return {
    app,
    server,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    journal,
    faults,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
