import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import PQueue from "p-queue";
import { expiry } from "../deadline.ts";
import { LONGEST_CUT_SECONDS, type Part } from "./parts.ts";

/** The program that decodes and cuts sound. */
export interface Ffmpeg {
  /** What it calls itself; undefined where there is none. */
  readonly version: string | undefined;
  /**
   * The whole sound of the file as it is decoded: one channel, `PCM_RATE` samples a second of 16 bits.
   * @throws {CantDecode} and the signal's reason.
   */
  decode(path: string, heard: (samples: Buffer) => void, signal: AbortSignal): Promise<void>;
  /** Writes the part, exactly, as Ogg with Opus: one channel, good enough for every speech model. */
  cut(path: string, part: Part, output: string, signal: AbortSignal): Promise<void>;
  /** Ends what it does, at once. */
  close(): Promise<void>;
}

/** There is no sound in the file that ffmpeg can read. */
export class CantDecode extends Error {
  override name = "CantDecode";
}

/** Enough to tell speech from silence. */
export const PCM_RATE = 8_000;

/** Each takes a core, and answers have to go out meanwhile. */
const AT_ONCE = 2;

/** Eight hours are decoded in about a minute. */
const DECODE_MS = 15 * 60_000;
const CUT_MS = 5 * 60_000;

/** Silence that a file's clock names is written out, so that a few bytes can be days of it. */
const LONGEST_SECONDS = LONGEST_CUT_SECONDS + 10 * 60;

/** Of its failures, those that are not the file's. */
const MACHINE =
  /No such file|No space left|Cannot allocate|Permission denied|Input\/output error|Too many open/i;

/** No playlists and the like, which name other files. */
const FORMATS = "aac,aiff,amr,ape,asf,caf,flac,matroska,mov,mp3,mpc,ogg,w64,wav,wv";

/** Of what it says of its failure. */
const SAID_BYTES = 2_000;

/** Of what has no spaces in it. */
const args = (line: string) => line.split(" ");

/** One file of this disk, whatever it says inside, and its first track of sound. */
const inputOf = (path: string) => [
  ...args(`-threads 1 -protocol_whitelist file,pipe -format_whitelist ${FORMATS} -i`),
  `file:${resolve(path)}`,
  ...args("-map 0:a:0"),
];

/** Good enough for every speech model: they hear up to 8 kHz. */
const ENCODED = args("-ac 1 -c:a libopus -b:a 32k -application voip -compression_level 3 -f ogg");

/** Where the file's clock leaves something out there is silence, so that a second is a second everywhere. */
const evenly = (rate: number) => `aresample=${rate}:async=1:first_pts=0`;

/** Resolves with its first line. */
async function versionOf(program: string): Promise<string | undefined> {
  const child = spawn(program, ["-version"], { stdio: ["ignore", "pipe", "ignore"], signal: expiry(5_000) });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close").catch(() => [])) as [number?];
  return code === 0 ? (/^ffmpeg version (\S+)/.exec(said)?.[1] ?? "unknown") : undefined;
}

/** The end of what it says on its error channel. */
function listen(child: ChildProcess): () => string {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-SAID_BYTES)));
  return () => said.trim();
}

/** Looks for the program at `path`, or by this name. */
export async function createFfmpeg(path: string): Promise<Ffmpeg> {
  const version = await versionOf(path);
  const queue = new PQueue({ concurrency: AT_ONCE });
  const closing = new AbortController();

  async function run(options: readonly string[], signal: AbortSignal, heard: (chunk: Buffer) => void) {
    const child = spawn(path, [...args("-nostdin -hide_banner -v error -y"), ...options], {
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    const said = listen(child);
    child.stdout.on("data", heard);
    const [code] = (await once(child, "close").catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    })) as [number | null];
    signal.throwIfAborted();
    if (code === 0) return;
    const failure = `ffmpeg ended with ${code}: ${said()}`;
    // Without a code it was killed.
    throw code === null || MACHINE.test(said()) ? new Error(failure) : new CantDecode(failure);
  }

  async function inTurn(
    options: readonly string[],
    limitMs: number,
    signal: AbortSignal,
    heard: (chunk: Buffer) => void = () => undefined,
  ): Promise<void> {
    const stop = AbortSignal.any([signal, closing.signal]);
    // The time counts from when it begins.
    const work = () => run(options, AbortSignal.any([stop, expiry(limitMs)]), heard);
    await queue.add(work, { signal: stop });
  }

  return {
    version,
    async decode(file, heard, signal) {
      const output = [
        "-t",
        String(LONGEST_SECONDS),
        "-af",
        evenly(PCM_RATE),
        ...args("-ac 1 -f s16le pipe:1"),
      ];
      await inTurn([...inputOf(file), ...output], DECODE_MS, signal, heard);
    },
    async cut(file, { from, to }, output, signal) {
      // It decodes from a little before, and drops that: the cut is exact in every format.
      const input = ["-ss", String(from), ...inputOf(file), "-t", String(to - from)];
      const filter = ["-af", evenly(16_000)];
      await inTurn([...input, ...filter, ...ENCODED, `file:${resolve(output)}`], CUT_MS, signal);
    },
    async close() {
      closing.abort(new Error("closed"));
      await queue.onIdle();
    },
  };
}
