import { Problem } from "../problem.ts";

export interface MediaFile {
  bytes: Buffer;
  /** By the content, not by what the server or a name says. */
  contentType: string;
  /** Without a dot; `bin` where the content is not known. */
  extension: string;
}

export interface FetchOptions {
  /** Never more than this many bytes are read. */
  limitBytes: number;
  /** Take what fits into the limit instead of refusing a larger file. */
  head?: boolean;
  signal?: AbortSignal;
}

/** The only one who fetches addresses from outside. */
export interface Media {
  /** @throws {Problem} output-refused (host, size), output-gone (404, 403, 410), replicate-unreachable. */
  fetch(url: string, options: FetchOptions): Promise<MediaFile>;
  /** Whether Replicate's machines can read this address themselves. */
  isPublic(url: string): boolean;
}

const discordHosts = new Set(["cdn.discordapp.com", "media.discordapp.net"]);
const isReplicateHost = (host: string) =>
  host === "replicate.delivery" || host.endsWith(".replicate.delivery");

/** A file that is not there any more; some hosts say 403 for an address that has expired. */
const gone = new Set([403, 404, 410]);

const FETCH_TIMEOUT_MS = 60_000;

/** Reads a body up to the limit, counting: a Content-Length may lie, or be missing. */
async function readUpTo(response: Response, { limitBytes, head }: FetchOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes <= limitBytes) continue;
    if (head) break;
    throw new Problem({ kind: "result-too-large", bytes, limitBytes });
  }
  return Buffer.concat(chunks).subarray(0, limitBytes);
}

/** `origins`: where files may come from besides Discord's CDN and Replicate's delivery, such as `http://127.0.0.1:4000`. */
export function createMedia(origins: readonly string[], fetch = globalThis.fetch): Media {
  const allowed = (url: URL) =>
    origins.includes(url.origin) ||
    (url.protocol === "https:" && (discordHosts.has(url.hostname) || isReplicateHost(url.hostname)));

  async function open(address: string, signal: AbortSignal): Promise<Response> {
    let url = parse(address);
    for (let hop = 0; hop < 4; hop++) {
      if (!url || !allowed(url)) throw new Problem({ kind: "output-refused" });
      const response = await fetch(url, { redirect: "manual", signal });
      const next = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
      if (!next) return response;
      await response.body?.cancel();
      url = parse(next, url);
    }
    throw new Problem({ kind: "output-refused" });
  }

  return {
    isPublic: (url) => discordHosts.has(parse(url)?.hostname ?? ""),
    async fetch(address, options) {
      const timeout = AbortSignal.timeout(FETCH_TIMEOUT_MS);
      const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
      try {
        const response = await open(address, signal);
        if (!response.ok) {
          await response.body?.cancel();
          throw new Problem({ kind: gone.has(response.status) ? "output-gone" : "replicate-unreachable" });
        }
        const bytes = await readUpTo(response, options);
        // Loaded by the first file: it would make every start 20 ms longer.
        const { fileTypeFromBuffer } = await import("file-type");
        const type = await fileTypeFromBuffer(bytes);
        return {
          bytes,
          contentType: type?.mime ?? "application/octet-stream",
          extension: type?.ext ?? "bin",
        };
      } catch (error) {
        if (error instanceof Problem) throw error;
        options.signal?.throwIfAborted();
        throw new Problem({ kind: "replicate-unreachable" }, { cause: error });
      }
    },
  };
}

const parse = (address: string, base?: URL): URL | undefined =>
  URL.canParse(address, base?.href) ? new URL(address, base) : undefined;
