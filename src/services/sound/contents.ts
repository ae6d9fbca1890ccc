import type { IFormat } from "music-metadata";
import { isMatroska, lastSecond } from "./matroska.ts";
import { isMovie, movieIn } from "./movie.ts";
import { estimatedSeconds, isMpeg } from "./mpeg.ts";
import { endsOf, isOgg } from "./ogg.ts";
import { PartialTokenizer, type Source } from "./tokenizer.ts";

/** What is in a file that people hear or watch. */
export interface Contents {
  hasSound: boolean;
  /** Undefined where it is not written in the file. */
  seconds?: number;
}

/** Types whose content can be read. */
export const isHeard = (contentType: string): boolean =>
  /^(audio|video)\/|^application\/(ogg|vnd\.ms-asf)/.test(contentType);

type Format = Partial<Pick<IFormat, "duration" | "hasAudio" | "hasVideo" | "numberOfChannels">>;

function contentsOf({ duration, hasAudio, hasVideo, numberOfChannels }: Format): Contents {
  return {
    hasSound: hasAudio !== false && (hasVideo !== true || (numberOfChannels ?? 0) > 0),
    ...(duration && duration > 0 && Number.isFinite(duration) ? { seconds: duration } : {}),
  };
}

const options = { skipCovers: true, skipPostHeaders: true, mkvUseIndex: true };

/** What comes after it are the pictures and the sound, of which nothing is wanted. */
class Enough extends Error {}

/** What music-metadata says, or had found out when there was enough, or no more could be read. */
async function observed(file: PartialTokenizer, counting: boolean): Promise<Format> {
  const { parseFromTokenizer } = await import("music-metadata");
  const seen: Format = {};
  const observer = ({ tag }: { tag: { type: string; id: string; value: unknown } }) => {
    if (tag.type === "format") Object.assign(seen, { [tag.id]: tag.value });
    if (isMatroska(file.fileInfo.mimeType) && tag.id === "numberOfChannels") throw new Enough();
  };
  try {
    return (await parseFromTokenizer(file, { ...options, duration: counting, observer })).format;
  } catch (error) {
    if (error instanceof Enough || seen.duration !== undefined) return seen;
    throw error;
  }
}

async function parsed(file: PartialTokenizer, counting: boolean): Promise<Contents> {
  const { mimeType } = file.fileInfo;
  if (isOgg(mimeType)) {
    const { parseBuffer } = await import("music-metadata");
    const { format } = await parseBuffer(await endsOf(file), { mimeType }, { ...options, duration: true });
    return contentsOf(format);
  }
  const contents = contentsOf(await observed(file, counting));
  if (contents.seconds !== undefined || !contents.hasSound || !isMatroska(mimeType)) return contents;
  const seconds = await lastSecond(file);
  return seconds === undefined ? contents : { ...contents, seconds };
}

async function readOf(file: PartialTokenizer, counting: boolean): Promise<Contents> {
  const { mimeType } = file.fileInfo;
  const movie = isMovie(mimeType) ? await movieIn(file) : undefined;
  // One that was recorded in fragments says how long each is.
  if (movie && (!movie.hasSound || movie.seconds !== undefined)) return movie;
  const seconds = isMpeg(mimeType) ? await estimatedSeconds(file) : undefined;
  return seconds === undefined ? parsed(file, counting) : { hasSound: true, seconds };
}

/**
 * What the file says of itself, from as few of its bytes as its container needs. `counting`: where its length is not
 * written in it, it is counted, which reads it all. Undefined where it can't be read as what it seems to be; throws what
 * `source` throws, and the signal's reason.
 */
export async function contentsIn(
  source: Source,
  { counting = false, signal }: { counting?: boolean; signal?: AbortSignal } = {},
): Promise<Contents | undefined> {
  const file = new PartialTokenizer(source, signal);
  const contents = await readOf(file, counting).catch(() => undefined);
  // music-metadata takes what can't be loaded for the end of the file.
  if (file.failure && contents?.seconds === undefined) throw file.failure;
  return contents;
}
