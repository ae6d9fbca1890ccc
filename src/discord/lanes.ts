import { type REST, Routes } from "discord.js";
import type { Clock } from "../services/clock.ts";
import type { Address } from "./address.ts";
import { createPacer, type Method, type Pacer, type Turn } from "./pacer.ts";

type Route = `/${string}`;

/** A way to an answer's messages, with limits of its own. */
export interface Lane {
  kind: "webhook" | "channel";
  pacer: Pacer;
  rest: REST;
  /** Where one of the answer's messages is edited and deleted. */
  message(id: string): Route;
  /** Where a further one is made. */
  messages: Route;
}

/** The lanes of every answer; answers in one channel share that channel's. */
export interface Lanes {
  /** With the bot's token, for what is asked about a channel. */
  readonly channel: REST;
  /** The ways that are open to this answer now, perhaps none; the webhook's comes first. */
  of(address: Address): Lane[];
  /** One more answer is on show; returns how it leaves. */
  join(address: Address): () => void;
  /** Discord refused a request of the whole bot; interactions' webhooks are not bound to that limit. */
  blockGlobal(ms: number): void;
}

/** The rate at which the bot may call everything but interactions, in requests a second (topics/rate-limits). */
const GLOBAL_LIMIT = 50;
/** While the bot uses less of it than this, answers are edited by their channel's lane, too, before their end. */
const QUIET = GLOBAL_LIMIT / 2;

/** How many of the latest second's requests are bound to the global limit. */
function createGlobalUse(clock: Clock) {
  const times: number[] = [];
  return {
    count(): number {
      while (times[0] !== undefined && clock.now() - times[0] >= 1_000) times.shift();
      return times.length;
    },
    add: () => void times.push(clock.now()),
  };
}

/** `webhook` is not bound to the bot's global limit and needs no token; `channel` is the bot's own. */
export function createLanes(deps: { webhook: REST; channel: REST; clock: Clock }): Lanes {
  const { clock } = deps;
  const webhooks = new Map<string, Pacer>();
  const channels = new Map<string, Pacer>();
  const use = createGlobalUse(clock);

  /** In a channel one slot for each answer on show is kept for its final word. */
  const keeps = (answers: number) => (use.count() < QUIET ? answers : Number.POSITIVE_INFINITY);

  function forget(pacers: Map<string, Pacer>): void {
    for (const [key, pacer] of pacers) if (pacer.isIdle()) pacers.delete(key);
  }

  function pacerOf(pacers: Map<string, Pacer>, key: string, make: () => Pacer): Pacer {
    const known = pacers.get(key);
    if (known) return known;
    const pacer = make();
    pacers.set(key, pacer);
    return pacer;
  }

  const webhookLane = (address: Address): Lane => {
    const { application, token, messages } = address;
    return {
      kind: "webhook",
      pacer: pacerOf(webhooks, token, () => createPacer({ clock })),
      rest: deps.webhook,
      message: (id) => Routes.webhookMessage(application, token, id === messages[0] ? "@original" : id),
      messages: Routes.webhook(application, token),
    };
  };

  const channelLane = ({ channel }: Address): Lane => ({
    kind: "channel",
    pacer: pacerOf(channels, channel, () => createPacer({ clock, keeps, granted: use.add })),
    rest: deps.channel,
    message: (id) => Routes.channelMessage(channel, id),
    messages: Routes.channelMessages(channel),
  });

  const of = (address: Address): Lane[] => {
    const inChannel = address.inChannel && !address.private ? [channelLane(address)] : [];
    return clock.now() < address.expiresAt ? [webhookLane(address), ...inChannel] : inChannel;
  };

  return {
    channel: deps.channel,
    of,
    join(address) {
      forget(webhooks);
      forget(channels);
      const leave = of(address).map(({ pacer }) => pacer.join());
      return () => leave.forEach((each) => each());
    },
    blockGlobal(ms) {
      for (const pacer of channels.values()) pacer.block(ms);
    },
  };
}

/** A lane that lets one request out now. */
export interface Granted {
  lane: Lane;
  turn: Turn;
}

interface Request {
  method: Method;
  isFinal: () => boolean;
  /** When the answer's last request left; undefined where there was none. */
  sentAt: number | undefined;
  /** Aborted when it is not wanted any more. */
  signal: AbortSignal;
}

/** A webhook of its own is enough for an answer's regular requests, as long as it is not refused. */
const hasWebhook = (lanes: readonly Lane[]) =>
  lanes.some(({ kind, pacer }) => kind === "webhook" && !pacer.isBlocked());

/** When an answer's next regular request is due, spread over all its lanes; the first words go out at once. */
function dueAt(lanes: readonly Lane[], { method, sentAt }: Request): number {
  if (sentAt === undefined) return 0;
  const open = lanes.filter(({ pacer }) => !pacer.isBlocked());
  const even = open.map(({ pacer }) => pacer.evenMs(method)).filter((gap) => gap !== undefined);
  if (even.length === 0) return 0;
  const yields = hasWebhook(lanes);
  // A lane that was never used is taken to be like the other, but new, and nobody else's.
  const gaps = open.map(({ pacer }) => pacer.gapMs(method, yields, sentAt) ?? Math.min(...even));
  const rate = gaps.reduce((sum, gap) => sum + 1 / gap, 0);
  return sentAt + (rate > 0 ? 1 / rate : 0);
}

/**
 * The same, while the request waits: earlier when a lane opens again or others need less of it, but never later than it
 * was once.
 */
function dueFrom(lanes: readonly Lane[], request: Request): () => number {
  let due = Number.POSITIVE_INFINITY;
  return () => (due = Math.min(due, dueAt(lanes, request)));
}

/** The lane with the most room first; finals take the webhook's slots before those that a channel's answers share. */
function inOrder(lanes: readonly Lane[], { method, isFinal, sentAt }: Request): Lane[] {
  if (isFinal() || sentAt === undefined) return [...lanes];
  const yields = hasWebhook(lanes);
  const gap = ({ pacer }: Lane) => pacer.gapMs(method, yields, sentAt) ?? 0;
  return lanes.toSorted((a, b) => gap(a) - gap(b));
}

/** Waits for the turn of one request on the first of these lanes that lets it out; undefined once `signal` is aborted. */
export function waitForTurn(lanes: readonly Lane[], request: Request): Promise<Granted | undefined> {
  const { method, isFinal, signal } = request;
  const yields = () => hasWebhook(lanes);
  const notBefore = dueFrom(lanes, request);
  return new Promise((resolve) => {
    let waits = true;
    const settle = (granted?: Granted) => {
      waits = false;
      for (const { lane, wish } of wishes) lane.pacer.withdraw(wish);
      signal.removeEventListener("abort", stop);
      resolve(granted);
    };
    const stop = () => settle();
    const wishes = inOrder(lanes, request).map((lane) => ({
      lane,
      wish: { method, isFinal, yields, notBefore, grant: (turn: Turn) => settle({ lane, turn }) },
    }));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) settle();
    for (const { lane, wish } of wishes) if (waits) lane.pacer.ask(wish);
  });
}
