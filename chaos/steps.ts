import { PROBLEM_MARK } from "../src/locales/index.ts";
import type { JournalEntry, Moment } from "../sandbox/server.ts";
import type { Wish } from "./plan.ts";
import { tagIn } from "./tag.ts";

/** What one request of the bot is about, as far as it is a step of a job. */
export type Part =
  | "deferral"
  | "create"
  | "stream"
  | "output"
  | "first edit"
  | "further message"
  | "file post"
  | "final edit"
  | "cancel"
  | "refusal"
  | "removal";

/** A moment in a job's life at which the bot is killed. */
export interface Step {
  name: string;
  part: Part;
  moment: Moment;
  /** It is killed so long after the moment at the most; 0 is at the moment itself, before anything else happens. */
  lateMs: number;
  /** What has to be asked for to come there. */
  wish: Wish | "stop";
}

/** An answer that left may have been read, and what it said stored, or not. */
const AFTER_MS = 8;

const around = (part: Part, wish: Step["wish"]): Step[] => [
  { name: `${part} received`, part, moment: "received", lateMs: 0, wish },
  { name: `${part} answered`, part, moment: "answered", lateMs: AFTER_MS, wish },
];

export const steps: readonly Step[] = [
  ...around("deferral", "short"),
  ...around("create", "short"),
  { name: "stream open", part: "stream", moment: "received", lateMs: 300, wish: "long" },
  ...around("first edit", "long"),
  ...around("further message", "long"),
  { name: "output being fetched", part: "output", moment: "received", lateMs: 0, wish: "pictures" },
  ...around("file post", "pictures"),
  ...around("final edit", "short"),
  ...around("cancel", "stop"),
  ...around("refusal", "refused"),
  { name: "removal answered", part: "removal", moment: "answered", lateMs: AFTER_MS, wish: "refused" },
];

const bodyOf = ({ body }: JournalEntry) => (body ?? {}) as { type?: number; content?: string };

/** What an edit or a new message of the bot's is about; the tags of those that were edited before are known. */
function partOfMessage(entry: JournalEntry, edited: Set<number>): Part | undefined {
  const { content = "" } = bodyOf(entry);
  if (entry.files.length > 0) return "file post";
  if (entry.method === "POST") return content.includes(PROBLEM_MARK) ? "refusal" : "further message";
  if (/^-# .*\bcredits?\b/m.test(content)) return "final edit";
  const tag = content.startsWith("**") ? tagIn(content) : undefined;
  if (tag === undefined || edited.has(tag)) return undefined;
  edited.add(tag);
  return "first edit";
}

const isMessages = /\/(webhooks\/\d+\/[^/]+|channels\/\d+\/messages)(\/|$)/;

/** Tells what each request is about; to be asked once for each, in order. */
export function createParts(): (entry: JournalEntry) => Part | undefined {
  const edited = new Set<number>();
  return (entry) => {
    const { method, path } = entry;
    if (path.endsWith("/callback")) return bodyOf(entry).type === 5 ? "deferral" : undefined;
    if (path.startsWith("/stream/")) return "stream";
    if (path.startsWith("/delivery/")) return "output";
    if (path.endsWith("/cancel")) return "cancel";
    if (method === "POST" && path.endsWith("/predictions")) return "create";
    if (!isMessages.test(path)) return undefined;
    if (method === "DELETE") return "removal";
    return method === "POST" || method === "PATCH" ? partOfMessage(entry, edited) : undefined;
  };
}
