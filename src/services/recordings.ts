import { statfs } from "node:fs/promises";
import { type Attachment, checkSize, MAX_RECORDING_BYTES, unavailable } from "./attachment.ts";
import { expiry } from "./deadline.ts";
import type { Files } from "./files.ts";
import { Problem } from "./problem.ts";
import { createRecent } from "./recent.ts";
import type { Media } from "./replicate/media.ts";
import { ReplicateFailure } from "./replicate/retry.ts";
import { type Facts, factsOf } from "./sound/facts.ts";
import { createCutter } from "./sound/cutter.ts";
import { CantDecode, type Ffmpeg } from "./sound/ffmpeg.ts";
import { lookAt } from "./sound/look.ts";
import { readCopy } from "./sound/on-disk.ts";
import type { Part } from "./sound/parts.ts";
import { createShared } from "./sound/shared.ts";

/** What people attach to have it heard: sound, or a film with sound. */
export interface Recordings {
  /** ffmpeg is there: long recordings are cut at silences. */
  readonly canCut: boolean;
  /**
   * Within about 1.2 s, reading only as many bytes as its container needs: the attachment with its true type and length.
   * What was looked into before is not looked into again. Where the time is not enough, what is small, or of which
   * Discord says how long it is, comes back as it was: not `checked`.
   * @throws {Problem} empty-file, not-audio, no-sound (a film without sound), length-unknown, unseen (there was not enough
   * time), file-too-large, and what `unavailable` says.
   */
  look(file: Attachment): Promise<Attachment>;
  /** What was kept of it on the disk is removed, as soon as nobody uses it. */
  forget(file: Attachment): Promise<void>;
}

/** What runs do with recordings besides: they need the whole file, on the disk. */
export interface RecordingFiles extends Pick<Files, "read" | "stream"> {
  /**
   * The recording with everything that is true of it, its content's hash as well; of a part, where it is really cut. It
   * is downloaded once and listened to once, however many ask for however many of its parts.
   * @throws {Problem} what `look` throws, and not-prepared.
   */
  inspect(file: Attachment, signal: AbortSignal): Promise<Attachment>;
  /** What is known of its content by now, without looking. */
  recognized(file: Attachment): Attachment;
  /** The inspected part as an Ogg file of its own, which is there until `use` is done. */
  piece<R>(file: Attachment, use: (path: string) => Promise<R>, signal: AbortSignal): Promise<R>;
  /** Ends what it does. */
  close(): Promise<void>;
}

/** Discord's three seconds have to do for everything else, too. */
const LOOK_MS = 1_200;

/** What may run although nobody had the time to look how long it is. */
const UNSEEN_BYTES = 1024 * 1024;

/** Of so many recordings it is remembered what they are. */
const KNOWN = 1_000;

/** Discord signs the same address anew for every message that shows it. */
function identityOf(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  for (const signature of ["ex", "is", "hm"]) url.searchParams.delete(signature);
  return url.href;
}

/** The store is on the same disk, as a rule. */
const ROOM_LEFT_BYTES = 2 ** 30;

/** Failures of a download after which another one would end the same. */
const lasting = new Set(["output-gone", "output-refused", "result-too-large"]);
const isLasting = (error: unknown) => error instanceof Problem && lasting.has(error.reason.kind);

const notAudio = ({ name }: Attachment, cause?: unknown) =>
  new Problem({ kind: "not-audio", name }, { cause });

/** `files` keeps the recordings; `folder` is for pieces of them. */
export function createRecordings(deps: {
  media: Media;
  files: Files;
  ffmpeg: Ffmpeg;
  folder: string;
  lookMs?: number;
}): Recordings & RecordingFiles {
  const { media, files, ffmpeg, lookMs = LOOK_MS } = deps;
  const cutter = createCutter(deps);
  const known = createRecent<Facts>(KNOWN);
  const looking = createShared<void>();
  const reading = createShared<Facts>();
  const users = new Map<string, number>();
  /** Addresses of copies that nobody needs once those who use the recording are done. */
  const leaving = new Map<string, Set<string>>();
  const never = new AbortController().signal;

  /** What was known of its content stays known. */
  const remember = (file: Attachment, facts: Facts) => {
    const id = identityOf(file.url);
    known.set(id, { ...known.get(id), ...facts });
  };

  /** While somebody uses a copy, it stays. */
  async function using<R>({ url }: Attachment, work: () => Promise<R>): Promise<R> {
    const id = identityOf(url);
    users.set(id, (users.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (users.get(id) ?? 1) - 1;
      if (left > 0) users.set(id, left);
      else await leave(id);
    }
  }

  async function leave(id: string): Promise<void> {
    users.delete(id);
    const urls = leaving.get(id) ?? [];
    leaving.delete(id);
    for (const url of urls) await files.remove(url).catch(() => undefined);
  }

  /** What goes wrong here, and is not the file's fault, may go well another time. */
  const notPrepared = ({ name }: Attachment, cause: unknown) =>
    new Problem({ kind: "not-prepared", name }, { cause });

  async function checkRoom(file: Attachment): Promise<void> {
    const disk = await statfs(deps.folder).catch(() => undefined);
    if (disk && disk.bavail * disk.bsize < file.bytes + ROOM_LEFT_BYTES)
      throw notPrepared(file, new Error("There is less than 1 GB left on the disk of FILES_PATH"));
  }

  async function copyOf(file: Attachment, signal: AbortSignal) {
    await checkRoom(file);
    try {
      return await files.copy(file.url, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (isLasting(error)) throw error;
        // The way there broke, or another who asked for it does not want it any more.
        return files.copy(file.url, signal);
      });
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof Problem ? unavailable(file, error) : notPrepared(file, error);
    }
  }

  /** Whatever ffmpeg failed with, as the person's problem. */
  const asProblem = (file: Attachment, signal: AbortSignal) => (error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof Problem || error instanceof ReplicateFailure) throw error;
    throw error instanceof CantDecode ? notAudio(file, error) : notPrepared(file, error);
  };

  const recognized = (file: Attachment): Attachment => {
    const facts = known.get(identityOf(file.url));
    // How long it was when it was planned stays.
    const isPlanned = file.checked || (file.as !== undefined && "part" in file.as);
    const { seconds } = isPlanned ? file : {};
    return facts ? { ...file, ...facts, ...(seconds === undefined ? {} : { seconds }), checked: true } : file;
  };

  async function lookNow(file: Attachment): Promise<void> {
    const late = expiry(lookMs);
    try {
      remember(file, factsOf(await lookAt(file, { media, signal: late }), file));
    } catch (error) {
      if (!late.aborted || error instanceof Problem) throw error;
      if (file.seconds !== undefined || file.bytes <= UNSEEN_BYTES) return;
      throw new Problem({ kind: "unseen", name: file.name }, { cause: error });
    }
  }

  async function read(file: Attachment, signal: AbortSignal): Promise<Facts> {
    const facts = factsOf(await readCopy(await copyOf(file, signal), signal), file);
    remember(file, facts);
    return facts;
  }

  async function cutOf(file: Attachment, part: Part, signal: AbortSignal): Promise<Part> {
    const path = (stop: AbortSignal) => copyOf(file, stop).then((copy) => copy.path);
    const whole = { id: identityOf(file.url), seconds: file.seconds, path };
    const cut = await cutter.place(whole, part, signal).catch(asProblem(file, signal));
    // It may say that it is longer than it is.
    if (!cut) throw notAudio(file);
    return cut;
  }

  /** The file with all that is true of it; read to its end, if nobody did yet. */
  async function readThrough(file: Attachment, signal: AbortSignal): Promise<Attachment> {
    const seen = recognized(file);
    if (seen.sha256) return seen;
    checkSize(file, MAX_RECORDING_BYTES);
    await reading.join(identityOf(file.url), (stop) => using(file, () => read(file, stop)), signal);
    return recognized(file);
  }

  return {
    read: files.read,
    stream: files.stream,
    recognized,
    canCut: ffmpeg.version !== undefined,

    async look(file) {
      const seen = recognized(file);
      if (seen.checked) return seen;
      checkSize(file, MAX_RECORDING_BYTES);
      await looking.join(identityOf(file.url), () => lookNow(file), never);
      return recognized(file);
    },

    async forget(file) {
      const id = identityOf(file.url);
      if (users.has(id)) leaving.set(id, (leaving.get(id) ?? new Set()).add(file.url));
      else await files.remove(file.url);
    },

    inspect: (file, signal) =>
      using(file, async () => {
        const seen = await readThrough(file, signal);
        if (!seen.as || !("part" in seen.as) || seen.cut) return seen;
        return { ...seen, cut: await cutOf(seen, seen.as.part, signal) };
      }),

    piece: (file, use, signal) =>
      using(file, async () => {
        if (!file.cut) throw new Error("Nobody said where to cut");
        const { path } = await copyOf(file, signal);
        return cutter.piece(path, file.cut, use, signal).catch(asProblem(file, signal));
      }),

    close: () => ffmpeg.close(),
  };
}
