import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createRecent } from "../recent.ts";
import { type Ffmpeg, PCM_RATE } from "./ffmpeg.ts";
import { createLoudnessMeter, type Loudness } from "./loudness.ts";
import type { Part } from "./parts.ts";
import { createShared } from "./shared.ts";
import { silenceNear } from "./silence.ts";

/** A recording as the cutter knows it. */
export interface Whole {
  id: string;
  /** As long as it was said to be when its parts were planned. */
  seconds: number | undefined;
  /** Where it is on the disk. */
  path: (signal: AbortSignal) => Promise<string>;
}

/** Cuts recordings into the parts that were planned, at silences. */
export interface Cutter {
  /**
   * Where the part is really cut: two that follow one another share their cut, the first begins where the recording
   * begins, and the last ends where it really ends. Undefined where the recording ends before the part begins. However
   * many ask for however many parts, it is listened to once.
   * @throws {CantDecode} and the signal's reason.
   */
  place(whole: Whole, planned: Part, signal: AbortSignal): Promise<Part | undefined>;
  /** The part as an Ogg file, which is there until `use` is done. */
  piece<R>(path: string, cut: Part, use: (path: string) => Promise<R>, signal: AbortSignal): Promise<R>;
}

/** Of so many recordings it is remembered how loud they are, at 1.2 MB for eight hours. */
const HEARD = 8;

/** Below this there is nothing to hear. */
const SHORTEST_SECONDS = 0.1;

/** `folder` is the cutter's own: what an earlier process left in it is removed. */
export function createCutter({ ffmpeg, folder }: { ffmpeg: Ffmpeg; folder: string }): Cutter {
  const heard = createRecent<Loudness>(HEARD);
  const listening = createShared<Loudness>();
  let preparing: Promise<unknown> | undefined;

  async function prepare(): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }

  async function prepared(): Promise<void> {
    preparing ??= prepare();
    await preparing.catch((error: unknown) => {
      preparing = undefined;
      throw error;
    });
  }

  async function listen({ id, path }: Whole, signal: AbortSignal): Promise<Loudness> {
    const meter = createLoudnessMeter(PCM_RATE);
    await ffmpeg.decode(await path(signal), (samples) => meter.add(samples), signal);
    const loudness = meter.read();
    heard.set(id, loudness);
    return loudness;
  }

  return {
    async place(whole, planned, signal) {
      const loudness =
        heard.get(whole.id) ?? (await listening.join(whole.id, (stop) => listen(whole, stop), signal));
      const isLast = planned.to >= (whole.seconds ?? planned.to);
      const from = planned.from === 0 ? 0 : silenceNear(loudness, planned.from);
      const to = isLast ? loudness.seconds : silenceNear(loudness, planned.to);
      return to - from < SHORTEST_SECONDS ? undefined : { from, to };
    },

    async piece(path, cut, use, signal) {
      await prepared();
      const own = await mkdtemp(join(folder, "piece-"));
      try {
        const piece = join(own, "piece.ogg");
        await ffmpeg.cut(path, cut, piece, signal);
        return await use(piece);
      } finally {
        await rm(own, { recursive: true, force: true });
      }
    },
  };
}
