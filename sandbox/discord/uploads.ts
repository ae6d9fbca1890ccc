import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { refuse } from "./api-error.ts";

export type Ctx = Context<{ Bindings: HttpBindings }>;

/** One file of a multipart request. */
export interface IncomingFile {
  name: string;
  contentType: string;
  data: Uint8Array;
}

export interface IncomingBody {
  payload: unknown;
  /** By the n of `files[n]`, which is what `attachments[].id` refers to. */
  files: Map<string, IncomingFile>;
}

// Reference → Uploading Files: the whole request may hold 25 MiB.
const REQUEST_LIMIT_BYTES = 25 * 2 ** 20;

/** Reads a body that is JSON, or multipart with `payload_json` and `files[n]` (in any order, from any n on). */
export async function readBody(c: Ctx): Promise<IncomingBody> {
  const type = c.req.header("content-type") ?? "";
  if (!type.startsWith("multipart/form-data"))
    return { payload: parseJson(await c.req.text()), files: new Map() };
  const form = await c.req.formData();
  const files = new Map<string, IncomingFile>();
  let total = 0;
  for (const [field, value] of form) {
    if (typeof value === "string") continue;
    total += value.size;
    const data = new Uint8Array(await value.arrayBuffer());
    files.set(/\[(\d+)\]/.exec(field)?.[1] ?? "0", { name: value.name, contentType: value.type, data });
  }
  if (total > REQUEST_LIMIT_BYTES) throw refuse.tooLarge();
  const json = form.get("payload_json");
  return { payload: parseJson(typeof json === "string" ? json : ""), files };
}

function parseJson(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw refuse.badJson();
  }
}
