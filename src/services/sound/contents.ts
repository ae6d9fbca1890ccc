import type { IAudioMetadata, IFormat } from "music-metadata";
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

async function parsed(file: PartialTokenizer, counting: boolean): Promise<Contents> {
  const { parseBuffer, parseFromTokenizer } = await import("music-metadata");
  const { mimeType } = file.fileInfo;
  if (isOgg(mimeType))
    return contentsOf(
      (await parseBuffer(await endsOf(file), { mimeType }, { ...options, duration: true })).format,
    );
  // What was read so far is kept: a film's clusters may be more than anybody wants to read.
  const seen: Format = {};
  const observer = ({ tag }: { tag: { type: string; id: string; value: unknown } }) => {
    if (tag.type === "format") Object.assign(seen, { [tag.id]: tag.value });
  };
  const read: Pick<IAudioMetadata, "format"> | undefined = await parseFromTokenizer(file, {
    ...options,
    duration: counting,
    observer,
  }).catch((error: unknown) => {
    if (seen.duration === undefined) throw error;
    return undefined;
  });
  return contentsOf(read?.format ?? seen);
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
 * `source` throws.
 */
export async function contentsIn(source: Source, counting = false): Promise<Contents | undefined> {
  const file = new PartialTokenizer(source);
  const contents = await readOf(file, counting).catch(() => undefined);
  // music-metadata takes what can't be loaded for the end of the file.
  if (file.failure && contents?.seconds === undefined) throw file.failure;
  return contents;
}
