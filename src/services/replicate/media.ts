import type { IncomingMessage } from "node:http";
import { expiry } from "../deadline.ts";
import { createMemory, type Memory, type Reservation } from "../memory.ts";
import { Problem } from "../problem.ts";
import { type Connect, createConnect } from "./connect.ts";
import { type ContentType, contentTypeOf, SAMPLE_BYTES } from "./content-type.ts";
import { pick, type Range, rangeHeader, type RangeRead, readContentRange } from "./range.ts";

export interface MediaFile extends ContentType {
  bytes: Buffer;
}

export interface MediaStream extends ContentType {
  body: AsyncIterable<Uint8Array>;
}

export interface FetchOptions {
  /** Never more than this many bytes are read. */
  limitBytes: number;
  /** How long the download may take, where that is not what all may. */
  wholeMs?: number;
  signal?: AbortSignal;
}

/** Where whole files come from. */
export interface FileSource {
  /**
   * The whole file, for as long as `use` takes: its bytes count against the memory until then. What `use` throws is
   * passed on. `use` must not read another file, for both might wait for memory that neither gives back.
   * @throws {Problem} output-refused (host), result-too-large, output-gone (404, 403, 410), replicate-unreachable.
   */
  read<R>(url: string, options: FetchOptions, use: (file: MediaFile) => R | Promise<R>): Promise<R>;
}

/** The only one who fetches addresses from outside. */
export interface Media extends FileSource {
  /** The file as it arrives, with little of it in memory. Throws what `read` throws; the body does so as well. */
  stream<R>(url: string, options: FetchOptions, use: (file: MediaStream) => Promise<R>): Promise<R>;
  /**
   * Some bytes of the file. A server that knows no ranges sends everything, of which no more than `limitBytes` are read.
   * They count against no memory: whoever asks has reserved it. Throws what `read` throws.
   */
  range(url: string, range: Range, options: FetchOptions): Promise<RangeRead>;
  /** Whether Replicate's machines can read this address themselves. */
  isPublic(url: string): boolean;
  /** What all files together may take. */
  memory: Memory;
}

export interface MediaSettings {
  /** What all files together may take in memory. */
  memoryBytes?: number;
  /** How long a server may take until it answers at all. */
  headersMs?: number;
  /** How long one download may take; waiting for memory is not counted. */
  wholeMs?: number;
  connect?: Connect;
}

const discordHosts = new Set(["cdn.discordapp.com", "media.discordapp.net"]);
const isReplicateHost = (host: string) =>
  host === "replicate.delivery" || host.endsWith(".replicate.delivery");
const isDiscords = (url: URL | undefined) =>
  url !== undefined && url.protocol === "https:" && url.port === "" && discordHosts.has(url.hostname);

/** A file that is not there any more; some hosts say 403 for an address that has expired. */
const gone = new Set([403, 404, 410]);

const MAX_HOPS = 4;
/** What a stream has in memory at once: a chunk on its way in, the sample, a chunk on its way out. */
const STREAM_BYTES = 256 * 1024;

const parse = (address: string, base?: URL): URL | undefined =>
  URL.canParse(address, base?.href) ? new URL(address, base) : undefined;

const refused = () => new Problem({ kind: "output-refused" });
const unreachable = (cause?: unknown) => new Problem({ kind: "replicate-unreachable" }, { cause });

/** What a person should know of a download that failed. */
function problemOf(error: unknown, signal: AbortSignal | undefined): Problem {
  signal?.throwIfAborted();
  return error instanceof Problem ? error : unreachable(error);
}

/** The length that the server promised; Node's parser holds it to that in both directions. */
const declaredBytes = ({ headers }: IncomingMessage) => {
  const declared = headers["content-length"];
  return declared === undefined ? undefined : Number(declared);
};

const tooLarge = (bytes: number, limitBytes: number) =>
  new Problem({ kind: "result-too-large", bytes, limitBytes });

/** The body up to the limit, counting: its length may be missing. */
async function* counted(response: IncomingMessage, { limitBytes, signal }: FetchOptions) {
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) throw tooLarge(bytes, limitBytes);
      yield chunk;
    }
  } catch (error) {
    throw problemOf(error, signal);
  }
}

/** The body's beginning, as far as its type depends on it. */
async function sampleOf(body: AsyncGenerator<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes < SAMPLE_BYTES;) {
    const next = await body.next();
    if (next.done) break;
    chunks.push(next.value);
    bytes += next.value.byteLength;
  }
  return Buffer.concat(chunks);
}

async function* after(sample: Buffer, rest: AsyncGenerator<Buffer>) {
  if (sample.byteLength > 0) yield sample;
  yield* rest;
}

/** The whole body, in a buffer of the most that it can have: none is copied, so nothing is there twice. */
async function gather(body: AsyncIterable<Buffer>, atMostBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(atMostBytes);
  let filled = 0;
  for await (const chunk of body) filled += chunk.copy(bytes, filled);
  return bytes.subarray(0, filled);
}

/** `origins`: where files may come from besides Discord's CDN and Replicate's delivery, such as `http://127.0.0.1:4000`. */
export function createMedia(origins: readonly string[], settings: MediaSettings = {}): Media {
  const { headersMs = 15_000, wholeMs = 120_000, connect = createConnect() } = settings;
  const memory = createMemory(settings.memoryBytes ?? 256 * 1024 * 1024);

  const isTrusted = (url: URL) => origins.includes(url.origin);
  const isAllowed = (url: URL) =>
    isTrusted(url) ||
    isDiscords(url) ||
    (url.protocol === "https:" && url.port === "" && isReplicateHost(url.hostname));

  async function ask(url: URL, signal: AbortSignal, range?: string): Promise<IncomingMessage> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`No answer within ${headersMs} ms`)), headersMs);
    try {
      return await connect(url, {
        trusted: isTrusted(url),
        ...(range ? { range } : {}),
        signal: AbortSignal.any([signal, late.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The first answer that is no redirect. */
  async function follow(address: string, signal: AbortSignal, range?: string): Promise<IncomingMessage> {
    let url = parse(address);
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      if (!url || !isAllowed(url)) throw refused();
      const response = await ask(url, signal, range);
      const { statusCode = 0, headers } = response;
      if (statusCode < 300 || statusCode >= 400 || !headers.location) return response;
      response.destroy();
      url = parse(headers.location, url);
    }
    throw refused();
  }

  /** An answer whose body is a file, and not known to be too large; or a part of one, where one was asked for. */
  async function open(address: string, options: FetchOptions, range?: Range): Promise<IncomingMessage> {
    const { limitBytes, signal } = options;
    const timeout = expiry(options.wholeMs ?? wholeMs);
    let response: IncomingMessage | undefined;
    try {
      const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
      response = await follow(address, either, range && rangeHeader(range));
      const { statusCode = 0, headers } = response;
      if (gone.has(statusCode)) throw new Problem({ kind: "output-gone" });
      const isFile = statusCode === 200 || (statusCode === 206 && range !== undefined);
      // Nothing but the plain file was asked for.
      if (!isFile || (headers["content-encoding"] ?? "identity") !== "identity")
        throw unreachable(`status ${statusCode}`);
      // Of a part that is wanted it is no matter how large the whole is.
      const bytes = range ? 0 : (declaredBytes(response) ?? 0);
      if (bytes > limitBytes) throw tooLarge(bytes, limitBytes);
      return response;
    } catch (error) {
      response?.destroy();
      throw problemOf(error, signal);
    }
  }

  return {
    memory,
    isPublic: (url) => isDiscords(parse(url)),

    async range(address, range, options) {
      const response = await open(address, options, range);
      try {
        const isPart = response.statusCode === 206;
        const part = isPart ? readContentRange(response.headers["content-range"]) : undefined;
        if (isPart && part?.from !== range.from) throw unreachable("not the range that was asked for");
        const bytes = await pick(counted(response, options), isPart ? { ...range, from: 0 } : range);
        return { bytes, isPart, totalBytes: isPart ? part?.totalBytes : declaredBytes(response) };
      } finally {
        response.destroy();
      }
    },

    async stream(address, options, use) {
      const space = await memory.reserve(Math.min(STREAM_BYTES, memory.totalBytes), options.signal);
      let response: IncomingMessage | undefined;
      try {
        response = await open(address, options);
        const body = counted(response, options);
        const sample = await sampleOf(body);
        return await use({ ...(await contentTypeOf(sample)), body: after(sample, body) });
      } finally {
        response?.destroy();
        space.release();
      }
    },

    async read(address, options, use) {
      let response = await open(address, options);
      let space: Reservation | undefined;
      try {
        const bytes = declaredBytes(response) ?? Math.min(options.limitBytes, memory.totalBytes);
        space = memory.tryReserve(bytes);
        if (!space) {
          // The server is not kept waiting meanwhile; it might give up in the middle.
          response.destroy();
          space = await memory.reserve(bytes, options.signal);
          response = await open(address, options);
        }
        const body = counted(response, { ...options, limitBytes: bytes });
        const file = await gather(body, bytes);
        space.shrink(file.byteLength);
        return await use({ bytes: file, ...(await contentTypeOf(file)) });
      } finally {
        response.destroy();
        space?.release();
      }
    },
  };
}
