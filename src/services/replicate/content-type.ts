export interface ContentType {
  /** By the content, not by what the server or a name says. */
  contentType: string;
  /** Without a dot; `bin` where the content is not known. */
  extension: string;
}

/** What file-type wants to see of a file to tell its type. */
export const SAMPLE_BYTES = 4_100;

/** Loaded after the start, which it would make 20 ms longer, and before the first file, which it would hold up. */
const fileTypes = () => import("file-type");

/** Gets ready for the first file, so that nobody waits for it. */
export async function prepareContentTypes(): Promise<void> {
  await fileTypes();
}

/** Tells a file's type by its content; its beginning will do. */
export async function contentTypeOf(bytes: Uint8Array): Promise<ContentType> {
  const { fileTypeFromBuffer } = await fileTypes();
  const type = await fileTypeFromBuffer(bytes).catch(() => undefined);
  return { contentType: type?.mime ?? "application/octet-stream", extension: type?.ext ?? "bin" };
}
