import { type RawFile, type REST, RateLimitError } from "discord.js";
import { createBuckets, type Profile } from "../../sandbox/discord/buckets.ts";
import type { VirtualClock } from "../../sandbox/virtual-clock.ts";
import type { Address } from "../../src/discord/address.ts";

interface OnScreen {
  id: string;
  content: string;
  files: { id: string; name: string }[];
}

interface Asked {
  method: string;
  fullRoute: string;
  body: { content: string; flags?: number; attachments?: { id: string }[] };
  files?: RawFile[];
}

/** One request, and when Discord applied it. */
export interface Applied {
  at: number;
  lane: "webhook" | "channel";
  what: string;
  content: string;
}

export interface ScreenOptions {
  profile?: Profile;
  /** From the bot to Discord, and back again. */
  oneWayMs?: number;
}

/** Discord as far as one answer sees it: its messages behind buckets that behave as Discord's do, on a virtual clock. */
export function createScreen(clock: VirtualClock, { profile = "5/5", oneWayMs = 40 }: ScreenOptions = {}) {
  const buckets = createBuckets(clock, profile);
  const messages: OnScreen[] = [];
  const applied: Applied[] = [];
  const screen = {
    messages,
    applied,
    /** What the next requests meet instead of being served. */
    refusals: [] as unknown[],
    throttled: 0,
    asked: 0,
    inFlight: 0,
    mostInFlight: 0,
    ids: 0,
    get contents() {
      return messages.map(({ content }) => content);
    },
    get requests() {
      return applied.map(({ what }) => what);
    },
    /** When a lane was refused, and until when nothing may be sent there. */
    blocked: new Map<string, number>(),
    early: 0,
    rest: { queueRequest: ask, delete: remove } as unknown as REST,
    /** A further answer's first message, as its deferral made it. */
    answer: (facts: Partial<Address> = {}): Address => {
      const { id } = add();
      return addressOf({ token: `token-${id}`, messages: [id], ...facts });
    },
  };

  const laneOf = (route: string) => (route.startsWith("/webhooks") ? "webhook" : "channel");
  const idIn = (route: string) => {
    const [, token, id] = /(?:token-(\d+))?\/messages\/(.+)$/.exec(decodeURIComponent(route)) ?? [];
    return id === "@original" ? token : id;
  };
  /** A bucket's lane: the channel, or one interaction's webhook. */
  const nameOf = (route: string) => /^\/(channels\/\d+|webhooks\/\d+\/[^/]+)/.exec(route)?.[1] ?? "";

  function find(route: string): OnScreen {
    const found = messages.find(({ id }) => id === idIn(route));
    if (!found) throw Object.assign(new Error("Unknown Message"), { status: 404, code: 10_008 });
    return found;
  }

  function add(): OnScreen {
    const message = { id: String(++screen.ids), content: "", files: [] };
    messages.push(message);
    return message;
  }

  function put(message: OnScreen, { body, files = [] }: Asked): OnScreen {
    message.content = body.content;
    if (body.attachments) {
      const kept = new Set(body.attachments.map(({ id }) => id));
      message.files = message.files.filter(({ id }) => kept.has(id));
    }
    for (const { name } of files) message.files.push({ id: `file-${name}`, name });
    return message;
  }

  function serve(asked: Asked): { message: OnScreen; headers: Headers } {
    const { method, fullRoute } = asked;
    if (clock.now() < (screen.blocked.get(nameOf(fullRoute)) ?? 0)) screen.early += 1;
    const refusal = screen.refusals.shift();
    if (refusal instanceof RateLimitError)
      screen.blocked.set(nameOf(fullRoute), clock.now() + refusal.retryAfter);
    if (refusal) throw refusal;
    const verdict = buckets.take(method, fullRoute);
    if (verdict && !verdict.allowed) {
      screen.throttled += 1;
      throw tooMany(verdict.retryAfterSeconds * 1000);
    }
    const message = put(method === "POST" ? add() : find(fullRoute), asked);
    const what = method === "POST" ? "send" : `edit ${message.id}`;
    applied.push({ at: clock.now(), lane: laneOf(fullRoute), what, content: asked.body.content });
    return { message: structuredClone(message), headers: new Headers(verdict?.headers) };
  }

  async function ask(asked: Asked) {
    screen.asked += 1;
    screen.mostInFlight = Math.max(screen.mostInFlight, ++screen.inFlight);
    await clock.sleep(oneWayMs);
    try {
      const { message, headers } = serve(asked);
      await clock.sleep(oneWayMs);
      return { headers, json: async () => ({ id: message.id, attachments: message.files }) };
    } finally {
      screen.inFlight -= 1;
    }
  }

  async function remove(route: string): Promise<void> {
    const refusal = screen.refusals.shift();
    if (refusal) throw refusal;
    applied.push({ at: clock.now(), lane: laneOf(route), what: `remove ${idIn(route)}`, content: "" });
    messages.splice(
      messages.findIndex(({ id }) => id === idIn(route)),
      1,
    );
  }

  return screen;
}

export type Screen = ReturnType<typeof createScreen>;

/** What discord.js throws on a 429. */
export const tooMany = (retryAfterMs: number, { global = false, scope = "user" as const } = {}) =>
  new RateLimitError({
    global,
    scope,
    retryAfter: retryAfterMs,
    timeToReset: retryAfterMs,
    sublimitTimeout: 0,
    limit: 5,
    method: "PATCH",
    hash: "x",
    url: "https://discord.com",
    route: "/webhooks/:id/:token",
    majorParameter: "1",
  });

export const addressOf = (facts: Partial<Address> = {}): Address => ({
  application: "1",
  interaction: "2",
  token: "token",
  expiresAt: Number.POSITIVE_INFINITY,
  channel: "3",
  private: false,
  inChannel: false,
  readsHistory: false,
  messages: ["1"],
  growing: false,
  handedOver: false,
  refused: false,
  announced: false,
  fileLimitBytes: 1_000,
  ...facts,
});
