import type { Cue } from "./cue.ts";

const two = (value: number) => String(value).padStart(2, "0");

function stamp(seconds: number, separator: "," | "."): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const [hours, minutes, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, ms % 60_000];
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(rest / 1000))}${separator}${String(rest % 1000).padStart(3, "0")}`;
}

/** In both formats an arrow belongs to the times. */
const plain = (line: string) => line.replaceAll("-->", "→");

/** SubRip. */
export const srt = (cues: readonly Cue[]): string =>
  cues
    .map(
      ({ start, end, lines }, index) =>
        `${index + 1}\n${stamp(start, ",")} --> ${stamp(end, ",")}\n${lines.map(plain).join("\n")}\n`,
    )
    .join("\n");

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** WebVTT (W3C): `&` and `<` would begin markup; who speaks is a voice, by the name that `nameOf` gives. */
export const vtt = (
  cues: readonly Cue[],
  nameOf: (speaker: string) => string = (speaker) => speaker,
): string =>
  `WEBVTT\n\n${cues
    .map(({ start, end, lines, speaker }) => {
      const voice = speaker === undefined ? "" : `<v ${escaped(nameOf(speaker))}>`;
      const text = lines.map((line) => escaped(plain(line))).join("\n");
      return `${stamp(start, ".")} --> ${stamp(end, ".")}\n${voice}${text}\n`;
    })
    .join("\n")}`;
