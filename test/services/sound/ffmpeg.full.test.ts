import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contentTypeOf } from "../../../src/services/replicate/content-type.ts";
import { contentsIn } from "../../../src/services/sound/contents.ts";
import { CantDecode, createFfmpeg, type Ffmpeg, PCM_RATE } from "../../../src/services/sound/ffmpeg.ts";
import { LONGEST_CUT_SECONDS } from "../../../src/services/sound/parts.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
const make = (...options: string[]) => run("ffmpeg", ["-v", "error", "-nostdin", "-y", ...options]);

/** A second of tone at every fifth second, for so long. */
const BEEPS = "aevalsrc='if(lt(mod(t,5),1),0.5*sin(2*PI*700*t),0)':s=22050";
const SECONDS = 600;

let folder: string;
let ffmpeg: Ffmpeg;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "replicord-ffmpeg-"));
  ffmpeg = await createFfmpeg("ffmpeg");
  await make("-f", "lavfi", "-i", BEEPS, "-t", String(SECONDS), at("beeps.wav"));
  const picture = ["-f", "lavfi", "-i", "color=size=64x64:rate=5", "-t", String(SECONDS), "-shortest"];
  const encodings: Record<string, string[]> = {
    "one-rate.mp3": ["-b:a", "64k"],
    "rates.mp3": ["-q:a", "6"],
    "rates-unsaid.mp3": ["-q:a", "6", "-write_xing", "0"],
    "opus.ogg": ["-c:a", "libopus"],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "index-last.m4a": ["-c:a", "aac"],
    "index-first.m4a": ["-c:a", "aac", "-movflags", "+faststart"],
    "a.flac": [],
    "opus.webm": ["-c:a", "libopus"],
    "browser.webm": ["-c:a", "libopus", "-live", "1"],
    "bare.aac": ["-c:a", "aac"],
    "telephone.mov": [...picture, "-preset", "ultrafast", "-c:a", "aac"],
    "film.mkv": [...picture, "-preset", "ultrafast", "-c:a", "libopus"],
    "live.mp4": [...picture, "-preset", "ultrafast", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
  };
  for (const [name, encoding] of Object.entries(encodings))
    await make("-i", at("beeps.wav"), ...encoding, at(name));
}, 300_000);

afterAll(async () => {
  await ffmpeg.close();
  rmSync(folder, { recursive: true });
});

/** Name, and how exact its own clock is, in seconds: what has no table of contents begins with its encoder's delay. */
const files = [
  ["beeps.wav", 0.02],
  ["one-rate.mp3", 0.02],
  ["rates.mp3", 0.02],
  ["rates-unsaid.mp3", 0.1],
  ["opus.ogg", 0.02],
  ["vorbis.ogg", 0.02],
  ["index-last.m4a", 0.02],
  ["index-first.m4a", 0.02],
  ["a.flac", 0.02],
  ["opus.webm", 0.02],
  ["browser.webm", 0.03],
  ["bare.aac", 0.1],
  ["telephone.mov", 0.02],
  ["film.mkv", 0.02],
  ["live.mp4", 0.06],
] as const;

describe("a real file", () => {
  it.each(files)("%s says how long it is in few of its bytes", async (name) => {
    const file = await open(at(name));
    const { size } = await file.stat();
    const bytes = async (from: number, to: number) =>
      (await file.read(Buffer.alloc(to - from), 0, to - from, from)).buffer;
    const { contentType } = await contentTypeOf(await bytes(0, 4_100));
    const contents = await contentsIn(
      { bytes: size, contentType, load: bytes },
      { counting: name === "bare.aac" },
    );
    await file.close();
    expect(contents?.hasSound).toBe(true);
    const exact = name === "rates-unsaid.mp3" ? SECONDS / 10 : 1;
    expect(Math.abs((contents?.seconds ?? 0) - SECONDS)).toBeLessThan(exact);
  });

  it.each(files)("%s is cut exactly, wherever that is", async (name, exact) => {
    for (const from of [0, 201.37, 577.9]) {
      const piece = at("piece.ogg");
      await ffmpeg.cut(at(name), { from, to: from + 21.25 }, piece, never);
      const samples: Buffer[] = [];
      await ffmpeg.decode(piece, (chunk) => samples.push(chunk), never);
      const heard = Buffer.concat(samples);
      expect(heard.length / 16_000).toBeCloseTo(21.25, 1);
      const planned = Math.ceil(from / 5 + 0.0001) * 5 - from;
      expect(Math.abs(onset(heard, planned - 0.5) - planned)).toBeLessThan(exact);
    }
  });
});

/** When the first tone begins after this second; 8,000 samples a second. */
function onset(heard: Buffer, after: number): number {
  for (let sample = Math.ceil(Math.max(0, after) * 8_000); sample * 2 < heard.length; sample++)
    if (Math.abs(heard.readInt16LE(sample * 2)) > 300) return sample / 8_000;
  return Number.NaN;
}

describe("ffmpeg", () => {
  it("is not there where nobody installed it", async () => {
    expect((await createFfmpeg(at("nowhere"))).version).toBeUndefined();
    expect((await createFfmpeg("false")).version).toBeUndefined();
    expect(ffmpeg.version).toMatch(/^\S+$/);
  });

  it.each(["only words", "#EXTM3U\n#EXTINF:9,\nbeeps.wav\n", "ffconcat version 1.0\nfile beeps.wav\n"])(
    "can't decode what is no sound, and opens no file that another one names: %j",
    async (text) => {
      writeFileSync(at("words.mp3"), text);
      await expect(ffmpeg.decode(at("words.mp3"), () => undefined, never)).rejects.toThrow(CantDecode);
    },
  );

  it("writes out no more silence than a recording may have, whatever the file's clock says", async () => {
    const jump = "asetpts='if(lt(N,10),PTS,PTS+20*3600*SR)'";
    const source = ["-f", "lavfi", "-i", "sine=d=2:r=8000", "-af", jump];
    await make(...source, "-c:a", "flac", at("jump.mka"));
    expect(statSync(at("jump.mka")).size).toBeLessThan(100_000);
    let bytes = 0;
    await ffmpeg.decode(at("jump.mka"), (samples) => (bytes += samples.length), never);
    expect(bytes / 2 / PCM_RATE).toBeGreaterThan(LONGEST_CUT_SECONDS);
    expect(bytes / 2 / PCM_RATE).toBeLessThan(LONGEST_CUT_SECONDS + 601);
  });

  it("that was killed, or had no room, says nothing of the file", async () => {
    const broken = join(folder, "broken.sh");
    for (const end of ["kill -9 $$", "echo 'No space left on device' >&2; exit 1"]) {
      const script = `#!/bin/sh\n[ "$1" = -version ] && exec ffmpeg -version\n${end}\n`;
      writeFileSync(broken, script, { mode: 0o755 });
      const program = await createFfmpeg(broken);
      const failure = await program
        .decode(at("beeps.wav"), () => undefined, never)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(CantDecode);
    }
  });

  it("ends at once when nobody wants it any more, while it waits as well", async () => {
    const stop = new AbortController();
    // Slow on purpose: as if it were read from a tape.
    const slow = join(folder, "slow.sh");
    writeFileSync(slow, `#!/bin/sh\n[ "$1" = -version ] && exec ffmpeg -version\nexec sleep 60\n`, {
      mode: 0o755,
    });
    const program = await createFfmpeg(slow);
    const all = [1, 2, 3].map(() => program.decode(at("beeps.wav"), () => undefined, stop.signal));
    stop.abort(new Error("not wanted"));
    for (const one of await Promise.allSettled(all))
      expect(one).toMatchObject({ status: "rejected", reason: { message: "not wanted" } });
    const last = program.decode(at("beeps.wav"), () => undefined, never);
    await Promise.all([expect(last).rejects.toThrow("closed"), program.close()]);
  });

  it("does two things at once and no more", async () => {
    const counting = join(folder, "counting.sh");
    const log = at("running");
    const script = `#!/bin/sh\n[ "$1" = -version ] && exec ffmpeg -version\necho + >> ${log}; sleep 0.3; echo - >> ${log}\n`;
    writeFileSync(counting, script, { mode: 0o755 });
    const program = await createFfmpeg(counting);
    await Promise.all([1, 2, 3, 4].map(() => program.decode(at("beeps.wav"), () => undefined, never)));
    expect(existsSync(log)).toBe(true);
    let running = 0;
    for (const line of readFileSync(log, "utf8").trim().split("\n")) {
      running += line === "+" ? 1 : -1;
      expect(running).toBeLessThanOrEqual(2);
    }
  });
});
