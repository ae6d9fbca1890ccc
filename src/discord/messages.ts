import { type DiscordAPIError, type RawFile, RateLimitError, RequestMethod } from "discord.js";
import type { Clock } from "../services/clock.ts";
import type { Address } from "./address.ts";
import { bucketState } from "./bucket.ts";
import { asFurther, findFurther } from "./further.ts";
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
  /** Called when its turn has come, before it is sent: what must be known before it may be there. */
  sending?: () => Promise<void>;
  /** Gives up waiting for a turn. */
  signal?: AbortSignal;
}

/** A further message. */
export interface HowSent extends How {
  private?: boolean;
  /** How many messages the answer has: Discord takes the same place once, where it can tell. */
  place?: number;
}

/** No way to the answer's messages is open: a private one whose token is dead, or a channel that the bot does not see. */
export class OutOfReach extends Error {}

/**
 * The messages of one answer. Every request waits for its turn; a 429 costs nothing but time.
 * All but `lookFor` and `remove` throw `OutOfReach`.
 */
export interface AnswerMessages {
  /** Undefined: nothing was sent. */
  edit(id: string, make: MakeBody, how?: How): Promise<Sent | undefined>;
  /** A further message of the answer. It is sent once: whoever does not hear whether it arrived looks for it. */
  send(make: MakeBody, how?: HowSent): Promise<Sent | undefined>;
  /** A further message that is there beside the known ones; `unknown` where the bot can't see what is there. */
  lookFor(known: readonly string[]): Promise<{ id: string } | "none" | "unknown">;
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

/** The bot does not see the channel (any more), or not this message in it, or it is archived; its webhook may still work. */
const CLOSED = new Set<string | number>([10_003, 10_008, 50_001, 50_013, 50_083]);

/** The interaction's token is dead, earlier than our clock says. */
const EXPIRED = new Set<string | number>([10_015, 50_027]);

/** Deleted by somebody, which is what was wanted. */
const UNKNOWN_MESSAGE = 10_008;

/** Where the bot may not post, it may edit what it posted. */
const MISSING_PERMISSIONS = 50_013;

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

/** @throws {Error} where the answer breaks off: the request had its effect all the same. */
const sentOf = async (response: { json(): Promise<unknown> }): Promise<Sent> => {
  const message = (await response.json().catch((cause: unknown) => {
    throw new Error("Discord's answer broke off", { cause });
  })) as { id: string; attachments?: { id: string }[] };
  return { id: message.id, attachments: (message.attachments ?? []).map(({ id }) => id) };
};

/** What a message's request is: an edit of this one, or a further one. */
type Target = { id: string } | "new";

const methodOf = (target: Target): Method => (target === "new" ? "POST" : "PATCH");

function dispatch({ kind, rest, message, messages }: Lane, target: Target, body: MessageBody, extra: object) {
  const byToken = kind === "webhook";
  const isNew = target === "new";
  const request = requestOf(body);
  return rest.queueRequest({
    method: isNew ? RequestMethod.Post : RequestMethod.Patch,
    fullRoute: isNew ? messages : message(target.id),
    // Webhook routes carry their own token; the bot's would be dropped by a refusal there.
    auth: !byToken,
    ...(isNew && byToken ? { query: new URLSearchParams({ wait: "true" }) } : {}),
    ...request,
    body: isNew && !byToken ? { ...request.body, ...extra } : request.body,
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

export function createMessages(deps: {
  lanes: Lanes;
  /** Resolves when another request may be sent; at once, if left out. */
  room?: () => Promise<void>;
  clock: Clock;
}): Messages {
  const { lanes, clock } = deps;

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

      /** This lane is not open after all. A message that is not there is gone where no other lane is left to say so. */
      function closesLane({ kind }: Lane, target: Target, error: unknown): boolean {
        if (kind === "webhook" && isExpired(error)) {
          address.expiresAt = Math.min(address.expiresAt, clock.now());
          return true;
        }
        const isGone = codeOf(error) === UNKNOWN_MESSAGE && clock.now() >= address.expiresAt;
        const isFull = target === "new" && codeOf(error) === MISSING_PERMISSIONS;
        if (kind === "webhook" || !isClosed(error) || isGone || isFull) return false;
        address.inChannel = false;
        return true;
      }

      /** One attempt; undefined where it was not allowed, or not on this lane. */
      async function attempt({ lane, turn }: Granted, target: Target, body: MessageBody, how: HowSent) {
        await deps.room?.();
        await how.sending?.();
        turn.leave();
        sentAt = clock.now();
        try {
          const response = await dispatch(lane, target, body, asFurther(address, how.place));
          turn.end(bucketState(response.headers));
          return response;
        } catch (error) {
          if (error instanceof RateLimitError) refuse(turn, error);
          else turn.end();
          if (error instanceof RateLimitError || closesLane(lane, target, error)) return undefined;
          throw error;
        }
      }

      async function write(target: Target, make: MakeBody, how: HowSent): Promise<Sent | undefined> {
        const { isFinal = () => true } = how;
        const signal = how.signal ? AbortSignal.any([how.signal, closing.signal]) : closing.signal;
        for (;;) {
          const request = { method: methodOf(target), isFinal, sentAt, signal };
          // Whoever reads the channel would read it there.
          const open = lanesTo(target).filter(({ kind }) => !how.private || kind === "webhook");
          if (open.length === 0) throw new OutOfReach("No way to this answer is open");
          const granted = await waitForTurn(open, request);
          // Whoever goes on asking would be answered at once, for ever.
          if (closing.signal.aborted && !granted) throw new TypeError("This answer was closed");
          const body = granted && madeIn(granted.turn, make);
          const response = granted && body && (await attempt(granted, target, body, how));
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
          // Each follow-up says for itself who sees it.
          return write("new", how.private || address.private ? asPrivate : make, how);
        },
        lookFor: (known) => findFurther(lanes.channel, address, known, isClosed),
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
