import { en, type Words } from "./en.ts";

export type { Words } from "./en.ts";

/** Begins every sentence about something that did not work, so that people see at once that it is no answer. */
export const PROBLEM_MARK = "⚠️";

/** The sentences for a reader's language, as Discord names it (`en-US`). English is the only one so far. */
export const words = (_locale: string): Words => en;
