/** Parsers by others, as much of them as the tests use. The W3C's own has no types. */
declare module "webvtt-parser" {
  export class WebVTTParser {
    parse(
      text: string,
      mode?: string,
    ): {
      cues: { startTime: number; endTime: number; text: string }[];
      errors: { message: string; line: number }[];
    };
  }
}

/** Its types import each other without endings, which Node's way of finding modules does not know. */
declare module "media-captions" {
  export type Node = { type: "text"; data: string } | { type: "tag"; children: Node[] };
  export function parseText(
    text: string,
    options: { type: "srt" | "vtt"; strict: boolean; errors: boolean },
  ): Promise<{ cues: { startTime: number; endTime: number; text: string }[]; errors: unknown[] }>;
  export function tokenizeVTTCue(cue: { text: string }): Node[];
}
