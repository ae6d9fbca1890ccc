export interface ContentType {
  /** By the content, not by what the server or a name says. */
  contentType: string;
  /** Without a dot; `bin` where the content is not known. */
  extension: string;
}

/** What file-type wants to see of a file to tell its type. */
export const SAMPLE_BYTES = 4_100;

/** Tells a file's type by its content; its beginning will do. */
export async function contentTypeOf(bytes: Uint8Array): Promise<ContentType> {
  // Loaded by the first file: it would make every start 20 ms longer.
  const { fileTypeFromBuffer } = await import("file-type");
  const type = await fileTypeFromBuffer(bytes).catch(() => undefined);
  return { contentType: type?.mime ?? "application/octet-stream", extension: type?.ext ?? "bin" };
}
