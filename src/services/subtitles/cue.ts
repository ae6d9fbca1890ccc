/** What is on the screen at one time. */
export interface Cue {
  /** Seconds from the beginning, in whole milliseconds. */
  start: number;
  end: number;
  /** One or two. */
  lines: readonly string[];
  /** Who says it, as the transcript names them. */
  speaker?: string;
}
