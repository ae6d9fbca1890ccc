import type { ZodType } from "zod";

/** Nested as Discord nests it: `{ content: { _errors: [{ code, message }] } }`. */
export interface FormErrors {
  [field: string]: FormErrors | { code: string; message: string }[];
}

/** What a route answers instead of its result. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: FormErrors | undefined;
  /** With 429. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: number,
    message: string,
    errors?: FormErrors,
    retryAfterSeconds?: number,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get body() {
    const { message, code, errors, retryAfterSeconds } = this;
    const retry = retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds, global: false };
    return { message, code, ...(errors && { errors }), ...retry };
  }
}

/** The JSON error codes that the stand-in answers, as topics/opcodes-and-status-codes lists them. */
export const refuse = {
  unauthorized: () => new ApiError(401, 0, "401: Unauthorized"),
  notFound: () => new ApiError(404, 0, "404: Not Found"),
  unknownChannel: () => new ApiError(404, 10003, "Unknown Channel"),
  unknownGuild: () => new ApiError(404, 10004, "Unknown Guild"),
  unknownMember: () => new ApiError(404, 10007, "Unknown Member"),
  unknownMessage: () => new ApiError(404, 10008, "Unknown Message"),
  unknownUser: () => new ApiError(404, 10013, "Unknown User"),
  unknownWebhook: () => new ApiError(404, 10015, "Unknown Webhook"),
  unknownInteraction: () => new ApiError(404, 10062, "Unknown interaction"),
  unknownCommand: () => new ApiError(404, 10063, "Unknown application command"),
  tooManyCommands: (max: number) =>
    new ApiError(400, 30032, `Maximum number of application commands reached (${max})`),
  tooManyCommandCreates: () =>
    new ApiError(400, 30034, "Max number of daily application command creates has been reached (200)"),
  oldMessageEdits: (retryAfterSeconds: number) =>
    new ApiError(
      429,
      30046,
      "Maximum number of edits to messages older than 1 hour reached. Try again later",
      undefined,
      retryAfterSeconds,
    ),
  tooLarge: () => new ApiError(413, 40005, "Request entity too large"),
  alreadyAcknowledged: () => new ApiError(400, 40060, "Interaction has already been acknowledged."),
  tooManyFollowUps: () =>
    new ApiError(400, 40094, "This interaction has reached the maximum number of follow up messages"),
  missingAccess: () => new ApiError(403, 50001, "Missing Access"),
  notYourMessage: () => new ApiError(403, 50005, "Cannot edit a message authored by another user"),
  emptyMessage: () => new ApiError(400, 50006, "Cannot send an empty message"),
  missingPermissions: () => new ApiError(403, 50013, "Missing Permissions"),
  invalidWebhookToken: () => new ApiError(401, 50027, "Invalid Webhook Token"),
  invalidForm: (errors: FormErrors) => new ApiError(400, 50035, "Invalid Form Body", errors),
  badJson: () => new ApiError(400, 50109, "The request body contains invalid JSON."),
  voiceSingleAudio: () => new ApiError(400, 50160, "Voice messages must have a single audio attachment."),
  voiceMetadata: () => new ApiError(400, 50161, "Voice messages must have supporting metadata."),
  voiceEdit: () => new ApiError(400, 50162, "Voice messages cannot be edited."),
  /** Closed to the server's members, or no server in common (how it is for who only installed the app). */
  directMessage: (code: 50007 | 50278) =>
    new ApiError(
      403,
      code,
      code === 50007 ? "Cannot send messages to this user" : "No mutual guilds with this user",
    ),
} as const;

type Issue = NonNullable<ReturnType<ZodType["safeParse"]>["error"]>["issues"][number];

function describe(issue: Issue): { code: string; message: string } {
  switch (issue.code) {
    case "too_big":
      return issue.origin === "number"
        ? { code: "NUMBER_TYPE_MAX", message: `int value should be less than or equal to ${issue.maximum}.` }
        : { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` };
    case "too_small":
      return issue.origin === "number"
        ? {
            code: "NUMBER_TYPE_MIN",
            message: `int value should be greater than or equal to ${issue.minimum}.`,
          }
        : { code: "BASE_TYPE_BAD_LENGTH", message: `Must be ${issue.minimum} or more in length.` };
    case "invalid_type":
      return issue.input === undefined
        ? { code: "BASE_TYPE_REQUIRED", message: "This field is required" }
        : {
            code: `${issue.expected.toUpperCase()}_TYPE_CONVERT`,
            message: `Could not interpret as ${issue.expected}.`,
          };
    case "invalid_union":
      return { code: "UNION_TYPE_CHOICES", message: "Value of field must be one of the known types." };
    case "invalid_value":
      return { code: "BASE_TYPE_CHOICES", message: `Value must be one of {${issue.values.join(", ")}}.` };
    case "custom":
      return { code: String(issue.params?.["discord"] ?? "BASE_TYPE_INVALID"), message: issue.message };
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      break;
  }
  return { code: "STRING_TYPE_REGEX", message: "String value did not match validation regex." };
}

/** Holds a body against a schema; what does not fit becomes 50035 with Discord's nested `errors`. */
export function checkForm<T>(schema: ZodType<T>, body: unknown, under: string[] = []): T {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  const errors: FormErrors = {};
  for (const issue of result.error.issues) {
    let node = errors;
    for (const step of [...under, ...issue.path.map(String)]) node = (node[step] ??= {}) as FormErrors;
    (node["_errors"] ??= []) as { code: string; message: string }[];
    (node["_errors"] as { code: string; message: string }[]).push(describe(issue));
  }
  throw refuse.invalidForm(errors);
}
