import { type DestinationStream, type Logger, pino } from "pino";
import pretty from "pino-pretty";

/** An error as far as it may be told: what libraries hang on theirs, such as addresses, can hold tokens. */
function described(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, code, status, method } = pino.stdSerializers.err(error);
  return {
    type,
    message,
    stack,
    code: code as unknown,
    status: status as unknown,
    method: method as unknown,
  };
}

/** The log, on standard error. Nothing that holds a secret is ever logged; these names are taken out all the same. */
export function createLog(
  options: { level: string; format: "pretty" | "json" },
  destination?: DestinationStream,
): Logger {
  const stream =
    destination ??
    (options.format === "pretty"
      ? pretty({ destination: 2, sync: true, ignore: "pid,hostname" })
      : pino.destination({ dest: 2, sync: true }));
  return pino(
    {
      level: options.level,
      base: null,
      redact: ["token", "*.token", "*.*.token", "authorization", "*.headers", "*.requestBody", "error.url"],
      serializers: { error: described, cause: described },
    },
    stream,
  );
}
