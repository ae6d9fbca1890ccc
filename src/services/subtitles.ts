import type { Segment } from "./models/model.ts";

const two = (value: number) => String(value).padStart(2, "0");

function stamp(seconds: number, separator: "," | "."): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const [hours, minutes, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, ms % 60_000];
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(rest / 1000))}${separator}${String(rest % 1000).padStart(3, "0")}`;
}

/** A blank line would end the cue. */
const lines = (text: string) =>
  text
    .trim()
    .replaceAll("-->", "→")
    .replaceAll(/\s*[\r\n]\s*/g, "\n");

/** SubRip. */
export const srt = (segments: readonly Segment[]): string =>
  segments
    .map(
      ({ start, end, text }, index) =>
        `${index + 1}\n${stamp(start, ",")} --> ${stamp(end, ",")}\n${lines(text)}\n`,
    )
    .join("\n");

/** WebVTT (W3C): `&` and `<` would begin markup. */
export const vtt = (segments: readonly Segment[]): string =>
  `WEBVTT\n\n${segments
    .map(({ start, end, text }) => {
      const cue = lines(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      return `${stamp(start, ".")} --> ${stamp(end, ".")}\n${cue}\n`;
    })
    .join("\n")}`;
