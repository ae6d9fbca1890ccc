import type { RawFile } from "discord.js";
import type { ViewFile } from "../commands/command.ts";
import { fit } from "../services/pictures.ts";
import { Problem } from "../services/problem.ts";
import type { Media } from "../services/replicate/media.ts";

/** More than any picture that the catalogue's models make; counted while it is read. */
const MAX_OUTPUT_BYTES = 100 * 1024 * 1024;

/** Turns a View's file into one that can be posted: fetched, named by its content, re-encoded where it is too large. */
export const createFileLoader = (media: Media) => {
  return async (file: ViewFile, limitBytes: number): Promise<RawFile> => {
    if ("text" in file.from)
      return { name: `${file.name}.${file.from.extension}`, data: Buffer.from(file.from.text) };
    const { bytes, contentType, extension } = await media.fetch(file.from.url, {
      limitBytes: MAX_OUTPUT_BYTES,
    });
    if (bytes.byteLength <= limitBytes)
      return { name: `${file.name}.${extension}`, data: bytes, contentType };
    if (!contentType.startsWith("image/"))
      throw new Problem({ kind: "result-too-large", bytes: bytes.byteLength, limitBytes });
    return { name: `${file.name}.webp`, data: await fit(bytes, limitBytes), contentType: "image/webp" };
  };
};
