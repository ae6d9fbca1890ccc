import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { cuesOf } from "../../../src/services/subtitles/cues.ts";
import { srt, vtt } from "../../../src/services/subtitles/formats.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "replicord-subtitles-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cues = cuesOf(
  Array.from({ length: 200 }, (_, index) => ({
    start: index * 5,
    end: index * 5 + 4.2,
    text:
      index % 2 === 0
        ? "Where is the harbour, and why is it so quiet there?"
        : "吾輩は猫である。名前はまだ無い。",
  })),
);

it.each([
  ["srt", srt(cues)],
  ["vtt", vtt(cues)],
])("ffmpeg reads every cue of .%s, at its time", async (ending, text) => {
  const path = join(folder, `film.${ending}`);
  writeFileSync(path, text);
  const entries = ["-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0"];
  const { stdout } = await run("ffprobe", ["-v", "error", ...entries, path]);
  const packets = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  expect(packets).toHaveLength(cues.length);
  for (const [index, [start = 0, length = 0]] of packets.entries()) {
    expect(start).toBeCloseTo(cues[index]?.start ?? -1, 2);
    expect(start + length).toBeCloseTo(cues[index]?.end ?? -1, 2);
  }
  const converted = await run("ffmpeg", ["-v", "error", "-xerror", "-i", path, "-f", "srt", "-"]);
  expect(converted.stderr).toBe("");
  expect(converted.stdout.match(/ --> /g)).toHaveLength(cues.length);
});
