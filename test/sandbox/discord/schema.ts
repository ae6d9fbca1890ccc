import * as spec from "discord-api-spec/zod";
import * as z from "zod/mini";
import type { JournalEntry } from "../../../sandbox/server.ts";

type Schema = z.ZodMiniType;

/** What one route takes and gives. A body or answer of `nothing` is not looked at. */
interface Route {
  method: string;
  path: RegExp;
  request?: Schema | ((body: unknown) => Schema | undefined);
  response?: Schema;
}

const id = String.raw`\d{17,19}`;
const route = (method: string, path: string, shapes: Omit<Route, "method" | "path"> = {}): Route => ({
  method,
  path: new RegExp(`^${path}$`),
  ...shapes,
});

const application = spec.PrivateApplicationResponseSchema;
const command = spec.ApplicationCommandResponseSchema;
const commands = z.array(command);
const message = spec.MessageResponseSchema;
const webhook = `/webhooks/${id}/[\\w-]+`;
const original = `${webhook}/messages/(?:@original|%40original|${id})`;
const followUp = spec.IncomingWebhookInteractionRequestSchema;

// The schema of channel messages has 4000 characters, which people with Nitro may send; bots may send 2000.
const botContent = z.object({ content: z.nullish(z.string().check(z.maxLength(2000))) });
const botMessage = (schema: Schema) => z.intersection(schema, botContent);

/** A callback's body is told apart by its type. */
const callback = (body: unknown): Schema | undefined => {
  const schemas: Record<number, Schema> = {
    4: spec.CreateMessageInteractionCallbackRequestSchema,
    5: spec.CreateMessageInteractionCallbackRequestSchema,
    6: spec.UpdateMessageInteractionCallbackRequestSchema,
    7: spec.UpdateMessageInteractionCallbackRequestSchema,
    8: spec.ApplicationCommandAutocompleteCallbackRequestSchema,
    9: spec.ModalInteractionCallbackRequestSchema,
  };
  return schemas[(body as { type?: number } | undefined)?.type ?? 0];
};

const commandRoutes = [`/applications/${id}/commands`, `/applications/${id}/guilds/${id}/commands`].flatMap(
  (base) => [
    route("GET", base, { response: commands }),
    route("PUT", base, { request: z.array(spec.ApplicationCommandUpdateRequestSchema), response: commands }),
    route("POST", base, { request: spec.ApplicationCommandCreateRequestSchema, response: command }),
    route("GET", `${base}/${id}`, { response: command }),
    route("PATCH", `${base}/${id}`, {
      request: spec.ApplicationCommandPatchRequestPartialSchema,
      response: command,
    }),
    route("DELETE", `${base}/${id}`),
  ],
);

/** Every route that the stand-in serves. */
const routes: Route[] = [
  ...commandRoutes,
  route("GET", "/gateway", { response: spec.GatewayResponseSchema }),
  route("GET", "/gateway/bot", { response: spec.GatewayBotResponseSchema }),
  route("GET", "/applications/@me", { response: application }),
  route("GET", "/oauth2/applications/@me", { response: application }),
  route("GET", "/users/@me", { response: spec.UserPIIResponseSchema }),
  route("GET", `/users/${id}`, { response: spec.UserResponseSchema }),
  route("POST", "/users/@me/channels", {
    request: spec.CreatePrivateChannelRequestSchema,
    response: spec.PrivateChannelResponseSchema,
  }),
  route("GET", `/guilds/${id}`, { response: spec.GuildResponseSchema }),
  route("GET", `/guilds/${id}/roles`, { response: z.array(spec.GuildRoleResponseSchema) }),
  route("GET", `/guilds/${id}/members/${id}`, { response: spec.GuildMemberResponseSchema }),
  route("GET", `/channels/${id}`, {
    response: z.union([spec.GuildChannelResponseSchema, spec.PrivateChannelResponseSchema]),
  }),
  route("POST", `/channels/${id}/typing`),
  route("GET", `/channels/${id}/messages`, { response: z.array(message) }),
  route("POST", `/channels/${id}/messages`, {
    request: botMessage(spec.MessageCreateRequestSchema),
    response: message,
  }),
  route("GET", `/channels/${id}/messages/${id}`, { response: message }),
  route("PATCH", `/channels/${id}/messages/${id}`, {
    request: botMessage(spec.MessageEditRequestPartialSchema),
    response: message,
  }),
  route("DELETE", `/channels/${id}/messages/${id}`),
  route("POST", `/interactions/${id}/[\\w-]+/callback`, {
    request: callback,
    response: spec.InteractionCallbackResponseSchema,
  }),
  route("POST", webhook, { request: followUp, response: message }),
  route("GET", original, { response: message }),
  route("PATCH", original, { request: spec.IncomingWebhookUpdateRequestPartialSchema, response: message }),
  route("DELETE", original),
];

interface Problem {
  path: PropertyKey[];
  message: string;
}

/** Says what does not fit; of a union, what is wrong with the branch that fits best. */
function problemsOf(schema: Schema, value: unknown): Problem[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => unfold(issue, []));
}

function unfold(issue: z.core.$ZodIssue, above: PropertyKey[]): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issue.message }];
  const branches = issue.errors.map((issues) => issues.flatMap((each) => unfold(each, path)));
  const misfit = (problems: Problem[]) => problems.filter((each) => each.path.at(-1) === "type").length;
  return branches.toSorted((a, b) => misfit(a) - misfit(b) || a.length - b.length)[0] ?? [];
}

/**
 * Discord's documentation has permissions as strings, and so does discord.js; the schema of requests has numbers.
 */
function withNumericPermissions(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withNumericPermissions);
  if (typeof body !== "object" || body === null || !("default_member_permissions" in body)) return body;
  const permissions = body.default_member_permissions;
  return { ...body, default_member_permissions: permissions === null ? null : Number(permissions) };
}

/**
 * An error's answer. Of the nested `errors` the schema says that codes are numbers; really they are words
 * ("BASE_TYPE_MAX_LENGTH"), so these are walked by hand.
 */
function errorProblems(status: number, response: unknown): Problem[] {
  const schema = status === 429 ? spec.RatelimitedResponseSchema : spec.ErrorSchema;
  const { errors } = (response ?? {}) as { errors?: unknown };
  return [...problemsOf(schema, response), ...nestedProblems(errors, ["errors"])];
}

const nestedError = z.array(z.object({ code: z.string(), message: z.string() }));

function nestedProblems(node: unknown, path: string[]): Problem[] {
  if (node === undefined) return [];
  if (typeof node !== "object" || node === null) return [{ path, message: "not an object" }];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "_errors"
      ? problemsOf(nestedError, value).map((each) => ({ ...each, path: [...path, key, ...each.path] }))
      : nestedProblems(value, [...path, key]),
  );
}

function checkEntry({ method, path, body, status, response }: JournalEntry): string[] {
  const at = path.replace(/^\/api\/v10/, "");
  if (at === path)
    return path.startsWith("/attachments/") ? [] : [`${method} ${path}: not a route of the API`];
  const found = routes.find((each) => each.method === method && each.path.test(at));
  if (!found) return [`${method} ${at}: there is no schema for this route`];
  const say = (side: string) => (problem: Problem) =>
    `${method} ${at} ${status}: ${side} ${problem.path.map(String).join(".")}: ${problem.message}`;

  const request = typeof found.request === "function" ? found.request(body) : found.request;
  if (found.request && !request) return [`${method} ${at}: there is no schema for a callback like this`];
  const asked = request && body !== undefined ? problemsOf(request, withNumericPermissions(body)) : [];
  const sent = asked.map(say("request"));
  // Nothing came back, or something that is not Discord's: a cut connection, a proxy's page.
  if (response === undefined || status === 0 || status >= 500) return sent;
  if (status >= 400) return [...sent, ...errorProblems(status, response).map(say("response"))];
  const got = found.response
    ? problemsOf(found.response, response)
    : [{ path: [], message: "expected none" }];
  return [...sent, ...got.map(say("response"))];
}

/**
 * Holds both directions of everything that went over the wire against the schemas generated from Discord's own
 * OpenAPI; returns what does not fit, one sentence each, and names the routes that have no schema.
 */
export function checkDiscordJournal(journal: JournalEntry[]): string[] {
  return [...new Set(journal.flatMap(checkEntry))];
}
