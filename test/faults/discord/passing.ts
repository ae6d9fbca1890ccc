import type { Fault } from "../../../sandbox/faults.ts";
import {
  channelEdit,
  deferral,
  type DiscordFault,
  every,
  filePost,
  further,
  pictures,
  running,
  texts,
  webhookEdit,
} from "./fault.ts";

/** What passes, if one waits or asks again. */
interface Trouble {
  name: string;
  does: Partial<Fault>;
}

interface Limit {
  scope: "user" | "shared" | "global";
  seconds: number;
  remaining?: number;
}

/** A 429 as Discord words it (topics/rate-limits). */
const limited = ({ scope, seconds, remaining = 0 }: Limit): Partial<Fault> => ({
  status: 429,
  body: { message: "You are being rate limited.", retry_after: seconds, global: scope === "global" },
  headers: {
    "Retry-After": String(Math.ceil(seconds)),
    "X-RateLimit-Scope": scope,
    ...(scope === "global"
      ? { "X-RateLimit-Global": "true" }
      : {
          "X-RateLimit-Limit": "5",
          "X-RateLimit-Remaining": String(remaining),
          "X-RateLimit-Reset-After": String(seconds),
        }),
  },
});

const html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
const internal = { status: 500, body: { message: "500: Internal Server Error", code: 0 } };

const forUser: Trouble = {
  name: "says 429 for the user",
  does: limited({ scope: "user", seconds: 0.9 }),
};
const forAll: Trouble = {
  name: "says 429 for all who share it",
  does: limited({ scope: "shared", seconds: 0.9 }),
};
const forBot: Trouble = {
  name: "says 429 for the whole bot",
  does: limited({ scope: "global", seconds: 0.9 }),
};
/** Seen now and then, while the headers still promised two requests. */
export const surprise: Trouble = {
  name: "says 429 for 40 s, out of the blue",
  does: limited({ scope: "user", seconds: 40, remaining: 2 }),
};
const broken: Trouble = { name: "breaks (500)", does: internal };
const page: Trouble = { name: "breaks (502, as a page)", does: { status: 502, body: html } };
const away: Trouble = { name: "breaks (503)", does: { status: 503, body: "upstream connect error" } };
/** More often than discord.js itself asks again. */
const lasting: Trouble = { name: "breaks (500), ten times", does: { ...internal, times: 10 } };
export const deaf: Trouble = { name: "hangs up before it heard", does: { reset: "before" } };
export const lost: Trouble = { name: "hangs up after it heard", does: { reset: "after" } };

const short = [forUser, forAll, forBot, broken, page, away];
const asking = [...short, surprise, lasting, deaf];
const repeating = [...asking, lost];

/** Where it goes wrong, and whose answer comes by there. */
interface Spot {
  at: string;
  request: Pick<Fault, "method" | "path" | "files">;
  troubles: readonly Trouble[];
  /** Those that are tried here in the quick tests. */
  quick: readonly Trouble[];
  only: readonly string[];
  long?: true;
}

const spots: Spot[] = [
  {
    at: "at the first response",
    request: deferral,
    troubles: short,
    quick: [forUser, broken],
    only: every,
  },
  { at: "at an edit", request: webhookEdit, troubles: repeating, quick: [forAll, deaf], only: running },
  {
    at: "at an edit by the channel",
    request: channelEdit,
    troubles: repeating,
    quick: [forBot, lasting],
    only: texts,
  },
  {
    at: "at a further message",
    request: further,
    // What is heard there without an answer is in `unheard.ts`.
    troubles: asking,
    quick: [surprise, page],
    only: texts,
  },
  { at: "at the file", request: filePost, troubles: repeating, quick: [away, lost], only: pictures },
  {
    at: "at the message that it is ready",
    request: further,
    troubles: repeating,
    quick: [lost],
    only: ["imagine"],
    long: true,
  },
];

/** Each trouble in each place: nothing of it reaches the person. */
export const passing: DiscordFault[] = spots.flatMap(({ at, request, troubles, quick, only, long }) =>
  troubles.map((trouble) => ({
    name: `${trouble.name} ${at}`,
    strikes: [{ ...request, ...trouble.does }],
    shows: "answer" as const,
    only,
    quick: quick.includes(trouble),
    ...(long && { long }),
  })),
);
