import { createHash } from "node:crypto";
import type { Clock } from "../../src/services/clock.ts";
import type { StandInServer } from "../server.ts";
import { type Ctx, invalid, page, problem } from "./answers.ts";
import { token } from "./seeded.ts";

interface Uploaded {
  id: string;
  name: string;
  contentType: string;
  bytes: Buffer;
  metadata: Record<string, unknown>;
  createdAt: number;
}

const keptMs = 24 * 3_600_000;
const maxBytes = 100 * 1024 * 1024;
const iso = (time: number) => new Date(time).toISOString();

/** Input files: uploaded as multipart, kept for 24 hours, at most 100 MB each. */
export function createFiles({ app, origin }: StandInServer, clock: Clock, random: () => number) {
  const files = new Map<string, Uploaded>();
  const live = (id: string) => {
    const file = files.get(id);
    return file && clock.now() < file.createdAt + keptMs ? file : undefined;
  };
  const missing = (c: Ctx) => problem(c, 404, "The requested resource could not be found.");

  const show = ({ id, contentType, bytes, metadata, createdAt, name }: Uploaded) => ({
    id,
    name,
    content_type: contentType,
    size: bytes.length,
    etag: createHash("md5").update(bytes).digest("hex"),
    checksums: { sha256: createHash("sha256").update(bytes).digest("hex") },
    metadata,
    created_at: iso(createdAt),
    expires_at: iso(createdAt + keptMs),
    urls: { get: `${origin}/v1/files/${id}` },
  });

  app.post("/v1/files", async (c) => {
    const form = await c.req.formData().catch(() => undefined);
    const content = form?.get("content");
    if (!form || !content || typeof content === "string")
      return invalid(c, [{ type: "required", field: "", description: "content is required" }]);
    if (content.size > maxBytes) {
      const body = JSON.stringify({ detail: "Files must be less than 100MB in size" });
      return c.body(body, 413, { "content-type": "application/problem+json" });
    }
    const metadata = await readMetadata(form.get("metadata"));
    if (!metadata)
      return invalid(c, [{ type: "json", field: "metadata", description: "metadata must be valid JSON" }]);
    const type = form.get("type");
    const filename = form.get("filename");
    const file: Uploaded = {
      id: token(random),
      name: typeof filename === "string" ? filename : content.name,
      contentType: typeof type === "string" ? type : content.type || "application/octet-stream",
      bytes: Buffer.from(await content.arrayBuffer()),
      metadata,
      createdAt: clock.now(),
    };
    files.set(file.id, file);
    return c.json(show(file), 201);
  });

  app.get("/v1/files", (c) => {
    const newestFirst = [...files.values()].filter((file) => live(file.id)).reverse();
    const listed = page(c, origin, newestFirst, (file) => file.id);
    return listed ? c.json({ ...listed, results: listed.results.map(show) }) : missing(c);
  });

  app.get("/v1/files/:id", (c) => {
    const file = live(c.req.param("id"));
    return file ? c.json(show(file)) : missing(c);
  });

  app.delete("/v1/files/:id", (c) => {
    const file = live(c.req.param("id"));
    if (!file) return missing(c);
    files.delete(file.id);
    return c.body(null, 204);
  });

  // The signature is the owner's HMAC on the real one; here only its presence is asked for.
  app.get("/v1/files/:id/download", (c) => {
    const file = live(c.req.param("id"));
    const { owner, expiry, signature } = c.req.query();
    if (!file || !owner || !signature || Number(expiry) * 1000 < clock.now()) return missing(c);
    return c.body(new Uint8Array(file.bytes), 200, { "content-type": "application/octet-stream" });
  });

  return { read: (id: string) => live(id)?.bytes };
}

/** A JSON object, given as a text field or as a part of type application/json; nothing is `{}`. */
async function readMetadata(field: File | string | null): Promise<Record<string, unknown> | undefined> {
  const json = field === null ? "{}" : typeof field === "string" ? field : await field.text();
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
