import {
  type ApplicationFlags,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  GatewayOpcodes,
  type GatewayReadyDispatchData,
} from "discord-api-types/v10";
import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../src/services/clock.ts";
import type { Changes } from "./changes.ts";
import { identifySchema, readFrame, resumeSchema } from "./frames.ts";
import { Session } from "./session.ts";
import { guildCreate, none, type World } from "./world.ts";

// As plain numbers: a frame may hold any.
const Opcode: Record<keyof typeof GatewayOpcodes, number> = GatewayOpcodes;

const PRIVILEGED =
  GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildPresences | GatewayIntentBits.MessageContent;
const ALL_INTENTS = Object.values(GatewayIntentBits)
  .filter((each) => typeof each === "number")
  .reduce<number>((all, each) => all | each, 0);
// events/gateway: 120 frames a minute; 1000 identifies a day.
const FRAMES_A_MINUTE = 120;
const IDENTIFIES_A_DAY = 1000;

export interface SessionInfo {
  id: string;
  connected: boolean;
  intents: number;
  shard: [number, number];
  seq: number;
}

/** What a test may do to the gateway. */
export interface GatewayControls {
  /** Sessions that are connected or may still be resumed. */
  readonly sessions: SessionInfo[];
  readonly identifies: number;
  readonly resumes: number;
  /** Closes every socket with a code, or cuts them without one. */
  drop(code?: number): void;
  /** Op 7: asks every client to come back. */
  reconnect(): void;
  /** Op 9: the session is invalid, or may be resumed. */
  invalidate(resumable: boolean): void;
  /** Stops answering heartbeats; `false` answers them again. */
  silent(on: boolean): void;
  /**
   * The line of every client is dead, although nobody hung up: no event, no answer to a heartbeat. Who comes back by
   * another gets what happened meanwhile.
   */
  stall(): void;
  /** Sends every event twice, as a client gets it that was connected twice for a moment; `false` sends it once again. */
  repeat(on: boolean): void;
}

export interface Gateway {
  controls: GatewayControls;
  url: string;
  /** What `GET /gateway/bot` says about starts. */
  startLimit(): { total: number; remaining: number; reset_after: number; max_concurrency: number };
  /**
   * Sends an event to every session of the right shard that asked for it; interactions need no intent. `unread`: what
   * those get instead who may not read messages.
   */
  dispatch(
    event: string,
    data: unknown,
    to: { intent?: number; guildId?: string | undefined; unread?: unknown },
  ): void;
  close(): void;
}

interface Needs {
  server: Server;
  origin: string;
  token: string;
  world: World;
  clock: Clock;
  changes: Changes;
  heartbeatIntervalMs: number;
  /** The privileged intents that were switched on for the application. */
  allowedIntents: number;
}

export function createGateway({
  server,
  origin,
  token,
  world,
  clock,
  changes,
  heartbeatIntervalMs,
  allowedIntents,
}: Needs): Gateway {
  const url = origin.replace("http", "ws");
  const sockets = new WebSocketServer({ server });
  let sessions: Session[] = [];
  let identifies = 0;
  let resumes = 0;
  let silent = false;
  let times = 1;
  const goodToken = (given: string) => given.replace(/^Bot /, "") === token;

  const identify = (socket: WebSocket, data: unknown): Session | undefined => {
    const parsed = identifySchema.safeParse(data);
    if (!parsed.success)
      return hangUp(socket, GatewayCloseCodes.DecodeError, "Error while decoding payload.");
    const { intents, shard } = parsed.data;
    if (!goodToken(parsed.data.token)) {
      return hangUp(socket, GatewayCloseCodes.AuthenticationFailed, "Authentication failed.");
    }
    if (shard[0] >= shard[1]) return hangUp(socket, GatewayCloseCodes.InvalidShard, "Invalid shard.");
    if ((intents & ~ALL_INTENTS) !== 0)
      return hangUp(socket, GatewayCloseCodes.InvalidIntents, "Invalid intent(s).");
    if ((intents & PRIVILEGED & ~allowedIntents) !== 0) {
      return hangUp(socket, GatewayCloseCodes.DisallowedIntents, "Disallowed intent(s).");
    }
    identifies += 1;
    const session = new Session(`session-${identifies}`, intents, shard, socket);
    sessions = [...sessions.filter(({ ended }) => !ended), session];
    const { applicationId, bot, guild } = world;
    session.send(GatewayDispatchEvents.Ready, {
      v: 10,
      user: { ...bot, verified: true, mfa_enabled: true, email: null },
      guilds: [{ id: guild.id, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: url,
      shard,
      application: { id: applicationId, flags: none as ApplicationFlags, flags_new: "0" },
    } satisfies GatewayReadyDispatchData);
    if ((intents & GatewayIntentBits.Guilds) !== 0 && inShard(session, guild.id)) {
      session.send(GatewayDispatchEvents.GuildCreate, guildCreate(world));
    }
    changes.notify("gateway");
    return session;
  };

  const resume = (socket: WebSocket, data: unknown): Session | undefined => {
    const parsed = resumeSchema.safeParse(data);
    if (!parsed.success)
      return hangUp(socket, GatewayCloseCodes.DecodeError, "Error while decoding payload.");
    if (!goodToken(parsed.data.token)) {
      return hangUp(socket, GatewayCloseCodes.AuthenticationFailed, "Authentication failed.");
    }
    const session = sessions.find((each) => each.id === parsed.data.session_id && !each.ended);
    if (!session) {
      socket.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: false }));
      return undefined;
    }
    if (!session.resume(socket, parsed.data.seq))
      return hangUp(socket, GatewayCloseCodes.InvalidSeq, "Invalid seq.");
    resumes += 1;
    changes.notify("gateway");
    return session;
  };

  sockets.on("connection", (socket) => {
    let session: Session | undefined;
    let frames: number[] = [];
    const send = (op: GatewayOpcodes, d: unknown = null) =>
      socket.send(JSON.stringify({ op, d, s: null, t: null }));
    send(GatewayOpcodes.Hello, { heartbeat_interval: heartbeatIntervalMs, _trace: ["sandbox"] });

    socket.on("message", (raw) => {
      frames = [...frames.filter((at) => at > clock.now() - 60_000), clock.now()];
      if (frames.length > FRAMES_A_MINUTE)
        return socket.close(GatewayCloseCodes.RateLimited, "Rate limited.");
      const frame = readFrame(raw);
      if (!frame) return socket.close(GatewayCloseCodes.DecodeError, "Error while decoding payload.");
      switch (frame.op) {
        case Opcode.Heartbeat:
          if (!silent && !session?.stalled) send(GatewayOpcodes.HeartbeatAck);
          return undefined;
        case Opcode.Identify:
        case Opcode.Resume: {
          if (session && !session.invalidated)
            return socket.close(GatewayCloseCodes.AlreadyAuthenticated, "Already authenticated.");
          session = (frame.op === Opcode.Identify ? identify : resume)(socket, frame.d);
          return undefined;
        }
        case Opcode.PresenceUpdate:
        case Opcode.VoiceStateUpdate:
        case Opcode.RequestGuildMembers:
          if (!session) socket.close(GatewayCloseCodes.NotAuthenticated, "Not authenticated.");
          return undefined;
        default:
          return socket.close(GatewayCloseCodes.UnknownOpcode, "Unknown opcode.");
      }
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", (code) => {
      if (session?.socket !== socket) return;
      // Who leaves with 1000 or 1001 does not come back.
      if (code === 1000 || code === 1001) session.ended = true;
      session.socket = undefined;
      sessions = sessions.filter(({ ended }) => !ended);
      changes.notify("gateway");
    });
  });

  const each = (act: (socket: WebSocket, session: Session) => void) => {
    for (const session of sessions) if (session.socket) act(session.socket, session);
  };

  return {
    url,
    controls: {
      get sessions() {
        return sessions.map(({ id, connected, intents, shard, seq }) => ({
          id,
          connected,
          intents,
          shard,
          seq,
        }));
      },
      get identifies() {
        return identifies;
      },
      get resumes() {
        return resumes;
      },
      drop: (code) =>
        each((socket, session) => {
          // Who was hung up on may come back, whatever the code was.
          session.socket = undefined;
          if (code === undefined) socket.terminate();
          else socket.close(code);
        }),
      reconnect: () =>
        each((socket) => socket.send(JSON.stringify({ op: GatewayOpcodes.Reconnect, d: null }))),
      invalidate: (resumable) =>
        each((socket, session) => {
          session.ended ||= !resumable;
          session.invalidated = true;
          socket.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: resumable }));
        }),
      stall: () => each((_, session) => void (session.stalled = true)),
      silent: (on) => void (silent = on),
      repeat: (on) => void (times = on ? 2 : 1),
    },
    startLimit: () => ({
      total: IDENTIFIES_A_DAY,
      remaining: Math.max(0, IDENTIFIES_A_DAY - identifies),
      reset_after: 86_400_000,
      max_concurrency: 1,
    }),
    dispatch(event, data, { intent = 0, guildId, unread = data }) {
      for (const session of sessions) {
        const shown = (session.intents & GatewayIntentBits.MessageContent) === 0 ? unread : data;
        if ((session.intents & intent) === intent && inShard(session, guildId) && !session.ended)
          for (let time = 0; time < times; time++) session.send(event, shown);
      }
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function hangUp(socket: WebSocket, code: GatewayCloseCodes, reason: string): undefined {
  socket.close(code, reason);
}

/** A guild's events go to shard `(guild_id >> 22) % shards`; direct messages go to shard 0. */
function inShard({ shard: [id, count] }: Session, guildId: string | undefined): boolean {
  return id === (guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)));
}
