import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import type { SeenMessage } from "../discord/person.ts";

/** An attachment of an answer, on disk. */
export interface SavedFile {
  path: string;
  contentType: string;
  bytes: number;
  width?: number;
  height?: number;
}

export interface SavedFiles {
  folder: string;
  /** Every attachment of these messages; each is fetched and written once. */
  save(messages: readonly SeenMessage[]): Promise<SavedFile[]>;
  /** What is on disk already, by the attachment's id. */
  saved: ReadonlyMap<string, SavedFile>;
}

/** Attachments go into one folder a start. It is made with the first file, and stays. */
export function createSavedFiles(
  folder = join(tmpdir(), `replicord-files-${Date.now().toString(36)}${process.pid.toString(36)}`),
): SavedFiles {
  const saved = new Map<string, SavedFile>();
  const saving = new Map<string, Promise<SavedFile>>();
  const taken = new Set<string>();

  const pathFor = (name: string) => {
    const { name: stem, ext } = parse(name);
    for (let copy = 1; ; copy += 1) {
      const path = join(folder, copy === 1 ? name : `${stem}-${copy}${ext}`);
      if (taken.has(path) || existsSync(path)) continue;
      taken.add(path);
      return path;
    }
  };

  async function fetchOne(attachment: SeenMessage["raw"]["attachments"][number]): Promise<SavedFile> {
    const response = await fetch(attachment.url);
    if (!response.ok) throw new Error(`${attachment.filename} could not be fetched: ${response.status}`);
    const data = new Uint8Array(await response.arrayBuffer());
    mkdirSync(folder, { recursive: true });
    const path = pathFor(attachment.filename);
    writeFileSync(path, data);
    const { width, height } = attachment;
    const file: SavedFile = {
      path,
      contentType: attachment.content_type ?? "application/octet-stream",
      bytes: data.length,
      ...(width && { width }),
      ...(height && { height }),
    };
    saved.set(attachment.id, file);
    return file;
  }

  return {
    folder,
    saved,
    save: (messages) =>
      Promise.all(
        messages
          .flatMap(({ raw }) => raw.attachments)
          .map((attachment) => {
            const known = saving.get(attachment.id) ?? fetchOne(attachment);
            saving.set(attachment.id, known);
            return known;
          }),
      ),
  };
}
