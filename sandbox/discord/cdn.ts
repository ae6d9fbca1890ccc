import type { APIAttachment } from "discord-api-types/v10";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import type { Upload } from "./person.ts";

export interface Cdn {
  /** Keeps the bytes and describes them as an attachment; image sizes follow as soon as they are measured. */
  store(
    channelId: string,
    upload: Upload & { description?: string | undefined; waveform?: string | undefined },
  ): APIAttachment;
  /** Resolves when every stored image has its width and height. */
  measured(): Promise<void>;
}

const TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  svg: "image/svg+xml",
  mp3: "audio/mpeg",
  wav: "audio/x-wav",
  ogg: "audio/ogg",
  flac: "audio/x-flac",
  m4a: "audio/mp4",
  mp4: "video/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
  txt: "text/plain; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  json: "application/json; charset=utf-8",
  srt: "application/x-subrip",
  pdf: "application/pdf",
  zip: "application/zip",
};

/** What Discord would say a file is: it goes by the name's ending. */
const typeOf = (name: string) => TYPES[name.split(".").pop()?.toLowerCase() ?? ""];

const IMAGE_STARTS = ["\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF", "\0\0\0"];

/** Width and height where the bytes really are an image, whatever the name says. */
async function measure(data: Uint8Array): Promise<{ width?: number; height?: number }> {
  const start = Buffer.from(data.subarray(0, 4)).toString("latin1");
  if (!IMAGE_STARTS.some((each) => start.startsWith(each))) return {};
  try {
    const { default: sharp } = await import("sharp"); // loaded on first use: it costs 180 ms
    const { width, height } = await sharp(data).metadata();
    return { width, height };
  } catch {
    return {};
  }
}

/**
 * What is sent of a file: from the beginning, from its end (`-500`) or all from a place on. Of several ranges, and of what
 * is no range, Google's storage, which is behind Discord's CDN, takes no notice (RFC 9110, 14.2, allows that).
 */
function rangeOf(header: string | undefined, bytes: number): { from: number; to: number } | "whole" | "none" {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  const isSuffix = first === "";
  const from = isSuffix ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = Math.min(isSuffix || last === "" ? bytes - 1 : Number(last), bytes - 1);
  if (!isSuffix && last !== "" && Number(last) < Number(first)) return "whole";
  return from <= to ? { from, to } : "none";
}

/** The files: `/attachments/{channel}/{id}/{name}`, with Range, as the CDN serves them. */
export function createCdn(app: Hono<{ Bindings: HttpBindings }>, origin: string, nextId: () => string): Cdn {
  const files = new Map<string, { data: Uint8Array; contentType: string }>();
  const measuring = new Set<Promise<unknown>>();

  app.get("/attachments/:channel/:id/:name", (c) => {
    const file = files.get(c.req.path);
    if (!file) return c.text("This content is no longer available.", 404);
    const { data, contentType } = file;
    const headers = {
      "Content-Type": contentType,
      "Accept-Ranges": "bytes",
      "Cache-Control": "public, max-age=31536000",
    };
    const whole = () =>
      c.body(Uint8Array.from(data), 200, { ...headers, "Content-Length": String(data.length) });
    const range = rangeOf(c.req.header("range"), data.length);
    if (range === "whole") return whole();
    if (range === "none") return c.body(null, 416, { ...headers, "Content-Range": `bytes */${data.length}` });
    const { from, to } = range;
    return c.body(Uint8Array.from(data.subarray(from, to + 1)), 206, {
      ...headers,
      "Content-Length": String(to + 1 - from),
      "Content-Range": `bytes ${from}-${to}/${data.length}`,
    });
  });

  return {
    store(channelId, upload) {
      const id = nextId();
      // Discord keeps letters, digits, dots, dashes and underscores of a name.
      const filename = upload.name.replaceAll(/[^\w.-]+/g, "_");
      const path = `/attachments/${channelId}/${id}/${filename}`;
      const contentType = upload.contentType ?? typeOf(filename);
      files.set(path, { data: upload.data, contentType: contentType ?? "application/octet-stream" });
      const attachment: APIAttachment = {
        id,
        filename,
        size: upload.data.length,
        url: origin + path,
        proxy_url: origin + path,
        ...(contentType && { content_type: contentType }),
        ...(upload.description && { description: upload.description }),
        ...(upload.durationSecs !== undefined && {
          duration_secs: upload.durationSecs,
          waveform: upload.waveform ?? "AAAA",
        }),
      };
      const task = measure(upload.data)
        .then((size) => Object.assign(attachment, size))
        .finally(() => measuring.delete(task));
      measuring.add(task);
      return attachment;
    },
    measured: async () => {
      await Promise.all(measuring);
    },
  };
}
