import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Fault, Sends } from "./faults.ts";

/** In real time, whatever clock the stand-in has: sockets know no other. */
const pause = (ms: number) => (ms > 0 ? setTimeout(ms) : setImmediate());

/** Pieces of so many bytes, whatever they cut through. */
export const inPieces = (bytes: number, pauseMs = 0): Sends =>
  async function* (body) {
    for (let at = 0; at < body.length; at += bytes) {
      yield body.subarray(at, at + bytes);
      await pause(pauseMs);
    }
  };

/** The body, and then zeros without an end. */
export const endless = (bytes = 65_536, pauseMs = 0): Sends =>
  async function* (body) {
    yield body;
    for (const zeros = Buffer.alloc(bytes); ;) {
      yield zeros;
      await pause(pauseMs);
    }
  };

/** The body as far as it says, and then the connection is cut. */
export const cutAt = (where: (body: Buffer) => number): Sends =>
  async function* (body) {
    yield body.subarray(0, where(body));
    // What was written has to leave the socket first.
    await setTimeout(20);
    throw new Error("cut");
  };

/** A JSON answer, changed. */
export const changed =
  (change: (answer: Record<string, unknown>) => unknown): Sends =>
  (body) => [Buffer.from(JSON.stringify(change(JSON.parse(body.toString()) as Record<string, unknown>)))];

/** Whether an answer goes out with another head or body than it was given. */
export const spoilsAnswer = ({ headers, sends, declares }: Fault): boolean =>
  Boolean(headers ?? sends ?? declares);

/**
 * Sends the answer as the fault has it, past the framework, which would mend it. Resolves when all of it is out, or the
 * connection is cut by either side.
 */
export async function sendSpoiled(answer: Response, outgoing: ServerResponse, fault: Fault): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  const { sends = () => [body], declares = fault.sends ? undefined : (bytes: number) => bytes } = fault;
  const length = { "content-length": declares?.(body.length) };
  const headers = { ...Object.fromEntries(answer.headers), ...length, ...fault.headers };
  outgoing.statusCode = answer.status;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) outgoing.setHeader(name, value);
  await pipeline(sends(body), outgoing).catch(() => undefined);
}
