import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/services/clock.ts";
import { createFiles } from "../../../src/services/files.ts";
import { createRecordings } from "../../../src/services/recordings.ts";
import type { Media } from "../../../src/services/replicate/media.ts";
import { CantDecode, type Ffmpeg } from "../../../src/services/sound/ffmpeg.ts";

/** A machine on which nobody installed it. */
export const noFfmpeg: Ffmpeg = {
  version: undefined,
  decode: () => Promise.reject(new CantDecode("none")),
  cut: () => Promise.reject(new CantDecode("none")),
  close: () => Promise.resolve(),
};

/** Recordings on a disk of their own. */
export function recordingsOn(
  media: Media,
  {
    ffmpeg = noFfmpeg,
    folder = mkdtempSync(join(tmpdir(), "replicord-recordings-")),
    limitBytes = 2 ** 30,
    // The machine may have other work.
    lookMs = 5_000,
  } = {},
) {
  const files = createFiles({ folder, media, clock: systemClock, keepMs: 60_000, limitBytes });
  return {
    folder,
    files,
    recordings: createRecordings({ media, files, ffmpeg, lookMs, folder: join(folder, "pieces") }),
  };
}
