import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** In seconds from the beginning of what was heard. */
export interface Stretch {
  start: number;
  end: number;
}

/** What is quieter, for so long, is silence. */
const SILENCE = "silencedetect=noise=-40dB:duration=0.2";

async function listen(ffmpeg: string, bytes: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-hearing-"));
  try {
    const file = join(folder, "recording");
    await writeFile(file, bytes);
    const options = [
      "-nostdin",
      "-hide_banner",
      "-nostats",
      "-i",
      file,
      "-vn",
      "-af",
      SILENCE,
      "-f",
      "null",
      "-",
    ];
    return (await promisify(execFile)(ffmpeg, options, { maxBuffer: 2 ** 26 })).stderr;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where something is heard in a recording: what is left when its silences are taken out. */
export async function soundingIn(ffmpeg: string, bytes: Buffer, seconds: number): Promise<Stretch[]> {
  const said = await listen(ffmpeg, bytes);
  const ends = (name: string) =>
    [...said.matchAll(new RegExp(`silence_${name}: ([\\d.e-]+)`, "g"))].map((found) => Number(found[1]));
  const starts = [0, ...ends("end")];
  return [...ends("start"), seconds]
    .map((end, index) => ({ start: starts[index] ?? seconds, end: Math.min(end, seconds) }))
    .filter(({ start, end }) => end - start > 0.05);
}
