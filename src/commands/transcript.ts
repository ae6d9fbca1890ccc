import type { Segment } from "../services/models/model.ts";
import type { JobOf } from "./command.ts";

/** What was said in a recording, as far as it is written down. */
export interface Transcript {
  text: string;
  segments: readonly Segment[];
  /** As the model names it: `en`, or `english`. */
  language?: string;
}

export function transcriptOf({ runs }: JobOf<unknown>): Transcript {
  const results = runs.flatMap(({ result }) => result ?? []);
  const language = results.find((result) => result.language)?.language;
  return {
    text: results
      .map(({ text = "" }) => text)
      .join("\n")
      .trim(),
    segments: results.flatMap(({ segments = [] }) => segments),
    ...(language ? { language } : {}),
  };
}
