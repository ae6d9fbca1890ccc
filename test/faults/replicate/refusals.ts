import { create, look, once, type ReplicateFault } from "./fault.ts";

/** A throttled create that is not told how long to wait. */
const throttled = { ...create, status: 429, body: { detail: "Throttled." } };
const telling = (body: object) => ({ ...throttled, body: { ...throttled.body, ...body } });

/** Requests that Replicate answers with a no. */
export const refusals: ReplicateFault[] = [
  {
    name: "throttles, and says how long in the body",
    strike: once(telling({ retry_after: 4 })),
    shows: "answer",
    waitMs: 4_000,
  },
  {
    name: "throttles, and says how long in the header",
    strike: once({ ...throttled, headers: { "retry-after": "6" } }),
    shows: "answer",
    waitMs: 6_000,
  },
  {
    name: "throttles, and says how long in words",
    strike: once(telling({ detail: "Request was throttled. Your rate limit resets in ~5s." })),
    shows: "answer",
    waitMs: 5_000,
  },
  { name: "throttles, and does not say how long", strike: once(throttled), shows: "answer" },
  {
    name: "throttles again and again",
    strike: once({ ...telling({ retry_after: 2 }), times: 4 }),
    shows: "answer",
    waitMs: 2_000,
  },
  {
    name: "throttles the looks",
    strike: once({ ...telling({ retry_after: 1 }), ...look, times: 3 }),
    shows: "answer",
  },
  {
    name: "has no credit",
    strike: once({
      ...create,
      status: 402,
      body: { title: "Insufficient credit", detail: "You have insufficient credit to run this model." },
    }),
    shows: /operator/,
  },
  {
    name: "does not know the token any more",
    strike: once({
      ...create,
      status: 401,
      body: { title: "Unauthenticated", detail: "You did not pass a valid authentication token" },
    }),
    shows: /operator/,
  },
  {
    name: "does not know the model",
    strike: once({
      ...create,
      status: 404,
      body: { detail: "The requested resource could not be found.", status: 404 },
    }),
    shows: /not on Replicate any more/,
  },
  {
    name: "refuses a field",
    strike: once({
      ...create,
      status: 422,
      body: {
        title: "Input validation failed",
        detail: "- input.prompt: too long\n",
        invalid_fields: [{ field: "input.prompt", description: "too long" }],
      },
    }),
    shows: /did not accept `prompt`/,
  },
];
