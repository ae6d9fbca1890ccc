import { type DiscordAPIError, type RawFile, RateLimitError, RequestMethod } from "discord.js";
import type { Clock } from "../services/clock.ts";
import type { Address } from "./address.ts";
import { bucketState } from "./bucket.ts";
import { type Granted, type Lane, type Lanes, waitForTurn } from "./lanes.ts";
import type { Method, Turn } from "./pacer.ts";
import type { Payload } from "./render.ts";

export interface Sent {
  id: string;
  /** Ids of the message's attachments, in order. */
  attachments: string[];
}

/** A message's new state: `keep` are the attachments that stay; left out, all stay. */
export interface MessageBody extends Payload {
  keep?: readonly string[];
  files?: readonly { file: RawFile; alt?: string }[];
}

/** Makes the body when the request leaves, so that it is never stale; undefined where nothing is left to say. */
export type MakeBody = () => MessageBody | undefined;

export interface How {
  /** Goes before everything that is not final; always, if left out. It may become final while it waits. */
  isFinal?: () => boolean;
  /** Gives up waiting for a turn. */
  signal?: AbortSignal;
}

/** The messages of one answer. Every request waits for its turn; a 429 costs nothing but time. */
export interface AnswerMessages {
  /** Undefined: nothing was sent. */
  edit(id: string, make: MakeBody, how?: How): Promise<Sent | undefined>;
  /** A further message of the answer. */
  send(make: MakeBody, how?: How & { private?: boolean }): Promise<Sent | undefined>;
  remove(id: string): Promise<void>;
  /** What waits may have become final. */
  hurry(): void;
  /** Nothing is sent any more; what waits, and whoever asks later, gets a TypeError. */
  close(): void;
}

export interface Messages {
  /** To be closed when the answer is on screen. */
  of(address: Address): AnswerMessages;
}

/** `EPHEMERAL` */
const PRIVATE_FLAG = 1 << 6;

/** Where Discord names no time: long enough for no harm. */
const UNKNOWN_RETRY_MS = 1_000;

/** The bot does not see the channel (any more), or not this message in it; its webhook may still work. */
const CLOSED = new Set<string | number>([10_003, 10_008, 50_001, 50_013]);

/** The interaction's token is dead, earlier than our clock says. */
const EXPIRED = new Set<string | number>([10_015, 50_027]);

/** Deleted by somebody, which is what was wanted. */
const UNKNOWN_MESSAGE = 10_008;

const codeOf = (error: unknown) => (error as Partial<DiscordAPIError>).code ?? "";
const isExpired = (error: unknown) => EXPIRED.has(codeOf(error));
const isClosed = (error: unknown) => CLOSED.has(codeOf(error));

const requestOf = ({ keep, files = [], ...payload }: MessageBody) => {
  const uploads = files.map(({ file, alt }, index) => ({
    id: String(index),
    filename: file.name,
    ...(alt ? { description: alt.slice(0, 1024) } : {}),
  }));
  const attachments =
    keep || uploads.length > 0 ? { attachments: [...(keep ?? []).map((id) => ({ id })), ...uploads] } : {};
  return {
    body: { ...payload, ...attachments },
    ...(files.length > 0 ? { files: files.map(({ file }) => file) } : {}),
  };
};

const sentOf = async (response: { json(): Promise<unknown> }): Promise<Sent> => {
  const message = (await response.json()) as { id: string; attachments?: { id: string }[] };
  return { id: message.id, attachments: (message.attachments ?? []).map(({ id }) => id) };
};

/** What a message's request is: an edit of this one, or a further one. */
type Target = { id: string } | "new";

const methodOf = (target: Target): Method => (target === "new" ? "POST" : "PATCH");

function dispatch({ kind, rest, message, messages }: Lane, target: Target, body: MessageBody) {
  const byToken = kind === "webhook";
  const isNew = target === "new";
  return rest.queueRequest({
    method: isNew ? RequestMethod.Post : RequestMethod.Patch,
    fullRoute: isNew ? messages : message(target.id),
    // Webhook routes carry their own token; the bot's would be dropped by a refusal there.
    auth: !byToken,
    ...(isNew && byToken ? { query: new URLSearchParams({ wait: "true" }) } : {}),
    ...requestOf(body),
  });
}

/** The body of a request whose turn it is. The turn ends where there is nothing to say, or nothing can be made. */
function madeIn(turn: Turn, make: MakeBody): MessageBody | undefined {
  let body: MessageBody | undefined;
  try {
    body = make();
  } finally {
    if (!body) turn.end();
  }
  return body;
}

export function createMessages({ lanes, clock }: { lanes: Lanes; clock: Clock }): Messages {
  function refuse(turn: Turn, error: RateLimitError): void {
    const ms = error.retryAfter > 0 ? error.retryAfter : UNKNOWN_RETRY_MS;
    turn.refused(ms);
    if (error.global) lanes.blockGlobal(ms);
  }

  return {
    of(address) {
      const closing = new AbortController();
      const leave = lanes.join(address);
      let sentAt: number | undefined;

      /** Further messages come by the webhook as long as it lives: only there they belong to the interaction. */
      const lanesTo = (target: Target) =>
        target === "new" ? lanes.of(address).slice(0, 1) : lanes.of(address);

      /** This lane is not open after all, and the other one is left. */
      function closesLane({ kind }: Lane, error: unknown): boolean {
        if (clock.now() >= address.expiresAt) return false;
        if (kind === "webhook" && isExpired(error)) {
          address.expiresAt = clock.now();
          return true;
        }
        if (kind === "webhook" || !isClosed(error)) return false;
        address.inChannel = false;
        return true;
      }

      /** One attempt; undefined where it was not allowed, or not on this lane. */
      async function attempt({ lane, turn }: Granted, target: Target, body: MessageBody) {
        turn.leave();
        sentAt = clock.now();
        try {
          const response = await dispatch(lane, target, body);
          turn.end(bucketState(response.headers));
          return response;
        } catch (error) {
          if (error instanceof RateLimitError) refuse(turn, error);
          else turn.end();
          if (error instanceof RateLimitError || closesLane(lane, error)) return undefined;
          throw error;
        }
      }

      async function write(target: Target, make: MakeBody, how: How): Promise<Sent | undefined> {
        const { isFinal = () => true } = how;
        const signal = how.signal ? AbortSignal.any([how.signal, closing.signal]) : closing.signal;
        for (;;) {
          const request = { method: methodOf(target), isFinal, sentAt, signal };
          const granted = await waitForTurn(lanesTo(target), request);
          // Whoever goes on asking would be answered at once, for ever.
          if (closing.signal.aborted && !granted) throw new TypeError("This answer was closed");
          const body = granted && madeIn(granted.turn, make);
          const response = granted && body && (await attempt(granted, target, body));
          if (response) return sentOf(response);
          if (!body) return undefined;
        }
      }

      return {
        edit: (id, make, how = {}) => write({ id }, make, how),
        send(make, how = {}) {
          const asPrivate = (): MessageBody | undefined => {
            const body = make();
            return body && { ...body, flags: (body.flags ?? 0) | PRIVATE_FLAG };
          };
          return write("new", how.private ? asPrivate : make, how);
        },
        async remove(id) {
          const [lane] = lanes.of(address);
          const deleting = lane?.rest.delete(lane.message(id), { auth: lane.kind !== "webhook" });
          await deleting?.catch((error: unknown) => {
            if (codeOf(error) !== UNKNOWN_MESSAGE) throw error;
          });
        },
        hurry() {
          for (const { pacer } of lanes.of(address)) pacer.pump();
        },
        close() {
          closing.abort(new Error("closed"));
          leave();
        },
      };
    },
  };
}
