import { GatewayCloseCodes, GatewayDispatchEvents, GatewayOpcodes } from "discord-api-types/v10";
import type { WebSocket } from "ws";

export interface Dispatch {
  op: GatewayOpcodes.Dispatch;
  t: string;
  s: number;
  d: unknown;
}

/** How many events are kept for who comes back. */
const REPLAY = 1_000;

/** One IDENTIFY and what was sent since. It outlives its socket: a client that comes back gets what it missed. */
export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: [number, number];
  socket: WebSocket | undefined;
  /** It can't be resumed any more. */
  ended = false;
  /** Nothing gets through, although nobody hung up. */
  stalled = false;
  /** Op 9 was sent: the client says on the same socket what it wants. */
  invalidated = false;
  seq = 0;
  readonly #sent: Dispatch[] = [];

  constructor(id: string, intents: number, shard: [number, number], socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
    this.socket = socket;
  }

  get connected(): boolean {
    return this.socket?.readyState === 1;
  }

  send(t: string, d: unknown): void {
    // A snapshot: what changes afterwards is another event.
    const event: Dispatch = { op: GatewayOpcodes.Dispatch, t, s: ++this.seq, d: structuredClone(d) };
    this.#sent.push(event);
    if (this.#sent.length > REPLAY) this.#sent.shift();
    this.#write(event);
  }

  /** Moves to a new socket and sends all after `seq` again; false if that is not possible. */
  resume(socket: WebSocket, seq: number): boolean {
    if (seq > this.seq || (seq < this.seq && (this.#sent[0]?.s ?? Infinity) > seq + 1)) return false;
    if (this.socket !== socket) this.socket?.close(GatewayCloseCodes.SessionTimedOut);
    this.socket = socket;
    this.stalled = false;
    this.invalidated = false;
    for (const event of this.#sent.filter(({ s }) => s > seq)) this.#write(event);
    this.send(GatewayDispatchEvents.Resumed, { _trace: ["sandbox"] });
    return true;
  }

  #write(event: Dispatch): void {
    if (this.connected && !this.stalled) this.socket?.send(JSON.stringify(event));
  }
}
