import {
  openSync,
  closeSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mp3, wav } from "../../sandbox/replicate/outputs/clips.ts";
import { type Attachment, MAX_RECORDING_BYTES } from "../../src/services/attachment.ts";
import { createMedia } from "../../src/services/replicate/media.ts";
import { CantDecode, type Ffmpeg, PCM_RATE } from "../../src/services/sound/ffmpeg.ts";
import { hostFile, type FileHost } from "./sound/file-host.ts";
import {
  film,
  filmBegin,
  filmBehind,
  filmIndex,
  id3,
  largeOgg,
  liveWebm,
  mediaHead,
  mp3OfTwoRates,
} from "./sound/files.ts";
import { noFfmpeg, recordingsOn } from "./sound/world.ts";

const MEGABYTE = 2 ** 20;
const speech = readFileSync(join(import.meta.dirname, "../../sandbox/samples/speech.ogg"));
const never = new AbortController().signal;

let folder: string;
let host: FileHost | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "replicord-recordings-"))));
afterEach(async () => {
  await host?.close();
  host = undefined;
  rmSync(folder, { recursive: true });
});

type Content = Parameters<typeof hostFile>[0];

interface Circumstances {
  facts?: Partial<Attachment>;
  ranges?: boolean;
  delayMs?: number;
  lookMs?: number;
  ffmpeg?: Ffmpeg;
}

/** A recording that somebody attached, and those who look into it. */
async function attach(
  content: Content,
  { facts = {}, ffmpeg = noFfmpeg, lookMs = 5_000, ...how }: Circumstances = {},
) {
  host = await hostFile(content, how);
  const bytes = Buffer.isBuffer(content) ? content.byteLength : statSync(content.path).size;
  const file: Attachment = { url: host.url, name: "talk.mp3", contentType: "audio/mpeg", bytes, ...facts };
  const kept = join(folder, "recordings");
  return { file, kept, host, ...recordingsOn(createMedia([host.origin]), { ffmpeg, folder: kept, lookMs }) };
}

const looked = async (content: Content, how?: Circumstances) => {
  const { recordings, file } = await attach(content, how);
  return recordings.look(file);
};
const read = () => host?.sent.reduce((sum, bytes) => sum + bytes, 0) ?? 0;
const problem = (kind: string) => ({ reason: { kind, name: "talk.mp3" } });

/** A file with holes: 400 megabytes that take no room. */
function hugeFilm(): { path: string } {
  const path = join(folder, "film.mp4");
  const [begin, index] = [filmBegin(), filmIndex({ seconds: 5_400 })];
  const content = 400 * MEGABYTE;
  const file = openSync(path, "w");
  writeSync(file, Buffer.concat([begin, mediaHead(content)]));
  closeSync(file);
  truncateSync(path, begin.length + 16 + content);
  const again = openSync(path, "a");
  writeSync(again, index);
  closeSync(again);
  return { path };
}

describe("a recording that somebody attached", () => {
  it.each([
    ["a WAV", wav(3), "audio/wav", 3],
    ["a voice message", speech, "audio/ogg; codecs=opus", 5.6],
    ["an MP3 of one bit rate", mp3(60), "audio/mpeg", 60],
    ["a film", film({ seconds: 61.5 }), "video/mp4", 61.5],
    ["a WebM that was recorded live", liveWebm(75), "video/webm", 74.1],
    [
      "a film of a telephone, which is QuickTime's",
      film({ brand: "qt  ", seconds: 9 }),
      "video/quicktime",
      9,
    ],
  ])("is known for what it is: %s", async (_, bytes, contentType, seconds) => {
    const seen = await looked(bytes, { facts: { contentType: "image/png", seconds: 999 } });
    expect(seen).toMatchObject({ contentType, bytes: bytes.length, checked: true });
    expect(seen.seconds).toBeCloseTo(seconds, 0);
    expect(seen.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["empty-file", Buffer.alloc(0), { bytes: 1 }],
    ["not-audio", Buffer.from("only words"), {}],
    ["not-audio", wav(0), {}],
    ["no-sound", film({ kinds: ["vide"] }), {}],
  ])("is refused where it is no such thing: %s", async (kind, bytes, facts) => {
    await expect(looked(bytes, { facts })).rejects.toMatchObject(problem(kind));
  });

  it("is refused unread where Discord says that it is empty or too large", async () => {
    await expect(looked(speech, { facts: { bytes: 0 } })).rejects.toMatchObject(problem("empty-file"));
    const bytes = MAX_RECORDING_BYTES + 1;
    await expect(looked(speech, { facts: { bytes } })).rejects.toMatchObject(problem("file-too-large"));
    expect(read()).toBe(0);
  });

  it("is looked into once, however many ask, also under an address that was signed anew", async () => {
    const { recordings, file, host } = await attach(speech);
    const [seen] = await Promise.all([recordings.look(file), recordings.look(file)]);
    expect(await recordings.look(seen)).toEqual(seen);
    const signed = { ...file, url: `${file.url}?ex=1&is=2&hm=3` };
    expect(await recordings.look(signed)).toEqual({ ...seen, url: signed.url });
    expect(host.sent).toHaveLength(1);
  });

  it("is to be attached again where it can't be fetched", async () => {
    const { recordings, file } = await attach(speech);
    await expect(recordings.look({ ...file, url: "https://evil.example/x" })).rejects.toMatchObject(
      problem("file-unavailable"),
    );
  });
});

describe("of a large recording, only what tells its length is read:", () => {
  it("of a film of 400 MB, its beginning and its end", async () => {
    expect(await looked(hugeFilm())).toMatchObject({
      contentType: "video/mp4",
      seconds: 5_400,
      checked: true,
    });
    expect(read()).toBeLessThan(MEGABYTE);
  });

  it("of an Ogg file, its first and its last pages", async () => {
    const seen = await looked(largeOgg(5 * MEGABYTE));
    expect(seen.seconds).toBeCloseTo(5.6, 0);
    expect(read()).toBeLessThan(MEGABYTE);
  });

  it("of an MP3 that does not say how long it is, samples from all over", async () => {
    const seen = await looked(mp3OfTwoRates(600, 2_400));
    expect(Math.abs((seen.seconds ?? 0) - 3_000)).toBeLessThan(300);
    expect(read()).toBeLessThan(3 * MEGABYTE);
  });

  it("of an MP3 with a picture, which is no sound, neither is that", async () => {
    const seen = await looked(Buffer.concat([id3(), mp3(200)]));
    expect(seen.seconds).toBeCloseTo(200, 0);
  });

  it("of a WAV, its head", async () => {
    expect(await looked(wav(300))).toMatchObject({ contentType: "audio/wav", seconds: 300 });
    expect(read()).toBeLessThan(MEGABYTE);
  });

  it("and no more than eight megabytes, whatever it is like", async () => {
    await expect(looked(filmBehind(100, 300_000))).rejects.toMatchObject(problem("length-unknown"));
    expect(read()).toBeLessThanOrEqual(8 * MEGABYTE);
  });

  it("and no more of one whose server knows no ranges, if that will do", async () => {
    expect(await looked(wav(300), { ranges: false })).toMatchObject({ seconds: 300 });
    await host?.close();
    const seen = await looked(largeOgg(5 * MEGABYTE), { ranges: false });
    expect(seen.seconds).toBeCloseTo(5.6, 0);
    await host?.close();
    await expect(looked(hugeFilm(), { ranges: false })).rejects.toMatchObject(problem("length-unknown"));
  });
});

describe("a recording that can't be looked into in time", () => {
  const slow = { delayMs: 3_000, lookMs: 50 };

  it("comes back as it was where it is small, or where Discord says how long it is", async () => {
    const { recordings, file } = await attach(speech, slow);
    const voice = { ...file, url: `${file.url}?voice`, bytes: 5 * MEGABYTE, seconds: 7 };
    expect(await Promise.all([recordings.look(file), recordings.look(voice)])).toEqual([file, voice]);
  });

  it("is refused where nobody knows how long it is", async () => {
    const facts = { bytes: 5 * MEGABYTE };
    await expect(looked(speech, { ...slow, facts })).rejects.toMatchObject(problem("unseen"));
  });
});

/** Decodes any file to 20 minutes that are silent at every whole minute; and cuts into its own words. */
function fakeFfmpeg() {
  const did: string[] = [];
  const ffmpeg: Ffmpeg = {
    version: "fake",
    async decode(_, heard) {
      did.push("decode");
      const second = Buffer.alloc(PCM_RATE * 2);
      for (let at = 0; at < second.length; at += 2) second.writeInt16LE(at % 4 ? 9_000 : -9_000, at);
      const silence = Buffer.alloc(second.length);
      for (let at = 0; at < 1_200; at++) heard(at > 0 && at % 60 === 0 ? silence : second);
    },
    async cut(_, { from, to }) {
      did.push(`${from}-${to}`);
    },
    close: () => Promise.resolve(),
  };
  return { ffmpeg, did };
}

const planned = (from: number, to: number) => ({ as: { part: { from, to } } });

describe("a recording that is to be transcribed", () => {
  it("is copied and read to its end, without being in memory, and the copy is removed when it is forgotten", async () => {
    const { recordings, file, kept } = await attach(wav(300), { facts: { bytes: 9_600_044 } });
    const seen = await recordings.inspect(file, never);
    expect(seen).toMatchObject({ contentType: "audio/wav", seconds: 300, checked: true });
    expect(seen.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readdirSync(kept)).toHaveLength(1);
    await recordings.forget(file);
    expect(readdirSync(kept)).toEqual([]);
  });

  it("is refused where it is no such thing, whatever was planned", async () => {
    const { recordings, file } = await attach(Buffer.alloc(3 * MEGABYTE));
    await expect(recordings.inspect(file, never)).rejects.toMatchObject(problem("not-audio"));
  });

  it("is downloaded and listened to once for all its parts, which share their cuts", async () => {
    const { ffmpeg, did } = fakeFfmpeg();
    const { recordings, file, host } = await attach(film({ seconds: 1_200 }), { ffmpeg });
    const long = await recordings.look(file);
    const before = host.sent.length;
    const parts = [planned(0, 590), planned(590, 1_200)].map((part) => ({ ...long, ...part }));
    const cuts = (await Promise.all(parts.map((part) => recordings.inspect(part, never)))).map(
      ({ cut }) => cut,
    );
    expect(cuts).toEqual([
      { from: 0, to: 600.5 },
      { from: 600.5, to: 1_200 },
    ]);
    expect(did).toEqual(["decode"]);
    expect(host.sent.slice(before)).toEqual([file.bytes]);
  });

  it("has no part beyond its end, although it says that it is longer", async () => {
    const { recordings, file } = await attach(film({ seconds: 1_200 }), { ffmpeg: fakeFfmpeg().ffmpeg });
    const part = { ...file, seconds: 3_600, checked: true, ...planned(1_800, 2_400) };
    await expect(recordings.inspect(part, never)).rejects.toMatchObject(problem("not-audio"));
  });

  it("has its end, too, where its length was only what Discord said", async () => {
    const { recordings, file } = await attach(film({ seconds: 1_200 }), { ffmpeg: fakeFfmpeg().ffmpeg });
    const part = { ...file, seconds: 1_199.9, ...planned(590, 1_199.9) };
    expect(await recordings.inspect(part, never)).toMatchObject({ cut: { from: 600.5, to: 1_200 } });
  });

  it("is fetched once more where the way there broke, and no more than that", async () => {
    const { recordings, file, host } = await attach(speech);
    host.breaks(1);
    expect(await recordings.inspect(file, never)).toMatchObject({
      contentType: "audio/ogg; codecs=opus",
    });
    await recordings.forget(file);
    host.breaks(2);
    const other = { ...file, url: `${file.url}?other` };
    await expect(recordings.inspect(other, never)).rejects.toMatchObject(problem("file-unavailable"));
  });

  it("is not called silent where it is the machine that fails", async () => {
    const ffmpeg = { ...noFfmpeg, decode: () => Promise.reject(new Error("No space left on device")) };
    const { recordings, file } = await attach(speech, { ffmpeg });
    await expect(recordings.inspect({ ...file, ...planned(0, 3) }, never)).rejects.toMatchObject(
      problem("not-prepared"),
    );
  });

  it("is no sound where ffmpeg can't decode it", async () => {
    const ffmpeg = { ...noFfmpeg, decode: () => Promise.reject(new CantDecode("moov atom not found")) };
    const { recordings, file } = await attach(speech, { ffmpeg });
    await expect(recordings.inspect({ ...file, ...planned(0, 3) }, never)).rejects.toMatchObject(
      problem("not-audio"),
    );
  });

  it("leaves nothing of a piece behind, nor of pieces that an earlier process left", async () => {
    const { ffmpeg, did } = fakeFfmpeg();
    const { recordings, file, kept } = await attach(speech, { ffmpeg });
    const part = { ...file, ...planned(0, 3), cut: { from: 0.5, to: 2 } };
    const path = await recordings.piece(part, async (piece) => piece, never);
    expect(path.startsWith(kept)).toBe(true);
    expect(did).toEqual(["0.5-2"]);
    expect(readdirSync(join(kept, "pieces"))).toEqual([]);
  });

  it("stays on the disk while somebody uses it, and is forgotten then", async () => {
    const { recordings, file, kept } = await attach(speech, { ffmpeg: fakeFfmpeg().ffmpeg });
    const part = { ...file, cut: { from: 0, to: 2 } };
    const use = async () => {
      await recordings.forget(file);
      expect(readdirSync(kept)).toHaveLength(2);
    };
    await recordings.piece(part, use, never);
    expect(readdirSync(kept)).toEqual(["pieces"]);
  });
});
