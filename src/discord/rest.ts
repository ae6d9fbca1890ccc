import type { RESTOptions } from "discord.js";

/** Answers of four pictures take longer to upload than discord.js' 15 seconds on a slow line. */
const TIMEOUT_MS = 60_000;

/** Messages of channels and of interactions' webhooks, as discord.js names their routes. */
const isMessages = (route: string) => /^\/(channels\/:id\/messages|webhooks\/:id\/:token)/.test(route);

const isResponse = (route: string) => route.startsWith("/interactions/");

/** Of Discord's three seconds for a first response: who waits longer comes too late. */
const RESPONSE_MS = 2_500;

/**
 * How discord.js is to treat limits. Messages have pacers of their own, so it does not wait for them: its queue would
 * freeze what an edit says and repeat a 429 without bound. It still refuses what it knows to be too early.
 */
export const restSettings = (api: string): Partial<RESTOptions> => ({
  api,
  timeout: TIMEOUT_MS,
  offset: (route) => (isMessages(route) ? 0 : 50),
  rejectOnRateLimit: ({ route, method, retryAfter }) =>
    (isMessages(route) && method.toUpperCase() !== "DELETE") ||
    (isResponse(route) && retryAfter > RESPONSE_MS),
});
