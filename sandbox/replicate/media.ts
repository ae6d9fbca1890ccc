import { ModelError } from "./outputs/run.ts";

interface Places {
  baseUrl: string;
  /** A file uploaded to this stand-in, by its API URL. */
  uploaded: (id: string) => Uint8Array | undefined;
  /** A file that this stand-in hosts. */
  hosted: (url: string) => Uint8Array | undefined;
  closing: AbortSignal;
}

const maxBytes = 100 * 1024 * 1024;

function fromDataUri(uri: string): Buffer {
  const match = /^data:[^,]*?(;base64)?,/.exec(uri);
  if (!match) throw new ModelError("Invalid data URI.");
  const data = uri.slice(match[0].length);
  return match[1] ? Buffer.from(data, "base64") : Buffer.from(decodeURIComponent(data));
}

/** How a model gets its input files: data URIs, own files and uploads at once, everything else over the network. */
export function createMedia({ baseUrl, uploaded, hosted, closing }: Places) {
  return async function fetchMedia(uri: string): Promise<Buffer> {
    if (uri.startsWith("data:")) return fromDataUri(uri);
    const id = uri.startsWith(`${baseUrl}/files/`)
      ? uri.slice(`${baseUrl}/files/`.length).split("/")[0]
      : undefined;
    const own = id === undefined ? hosted(uri) : uploaded(id);
    if (own) return Buffer.from(own);
    try {
      const response = await fetch(uri, { signal: AbortSignal.any([closing, AbortSignal.timeout(30_000)]) });
      if (!response.ok) throw new Error(`${response.status} Client Error: ${response.statusText}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (bytes.length > maxBytes) throw new Error("the file is larger than 100 MB");
      return bytes;
    } catch (error) {
      const { message, cause } = error as Error;
      const why = cause instanceof Error ? cause.message || cause.name : message;
      throw new ModelError(`Failed to download input file: ${why} for url: ${uri.slice(0, 200)}`);
    }
  };
}
