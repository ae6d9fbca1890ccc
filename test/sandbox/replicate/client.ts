import Replicate from "replicate";
import type { ReplicateStandIn } from "../../../sandbox/replicate/index.ts";
import { checkReplicateJournal } from "./schema.ts";

/** The unmodified npm client, pointed at a stand-in. */
export const connect = ({ token, baseUrl }: ReplicateStandIn) =>
  new Replicate({ auth: token, baseUrl, useFileOutput: false });

/** A raw request under /v1, for what the client cannot send. */
export async function ask(
  standIn: ReplicateStandIn,
  method: string,
  path: string,
  body?: unknown,
  headers = {},
) {
  const response = await fetch(`${standIn.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${standIn.token}`, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : undefined) as unknown,
  };
}

/** Closes a stand-in whose every exchange must have been one that Replicate describes. */
export async function closeHonestly(standIn: ReplicateStandIn): Promise<void> {
  await standIn.close();
  const wrong = checkReplicateJournal(standIn.journal);
  if (wrong.length > 0) throw new Error(`not as Replicate describes it:\n${wrong.join("\n")}`);
}
