import { z } from "zod";

/** How the form of a record may change over time without losing what is stored. */
export interface Form {
  /** The version that is written; 1 unless told. Raise it when the schema no longer reads older records. */
  version?: number;
  /** Brings what an older version wrote to the present form; the schema has the last word. */
  upgrade?: (record: unknown, version: number) => unknown;
}

export type Opened<T> = { is: "readable"; value: T } | { is: "expired" } | { is: "unreadable"; why: string };

export interface Envelope<T> {
  seal(value: T, expiresAt: number | undefined): string;
  /** Never throws; `why` names the places that don't fit, not what they hold. */
  open(text: string, now: number): Opened<T>;
}

const envelope = z.object({ v: z.number().int(), expiresAt: z.number().optional(), record: z.unknown() });

/** What goes on disk around a record: `{ v, expiresAt?, record }` as JSON, times in milliseconds since 1970. */
export function createEnvelope<T>(schema: z.ZodType<T>, { version = 1, upgrade }: Form = {}): Envelope<T> {
  return {
    seal: (value, expiresAt) => JSON.stringify({ v: version, expiresAt, record: value }),

    open(text, now) {
      const outer = envelope.safeParse(parsed(text));
      if (!outer.success) return { is: "unreadable", why: "not a record" };
      const { v, expiresAt, record } = outer.data;
      if (expiresAt !== undefined && expiresAt <= now) return { is: "expired" };
      if (v > version) return { is: "unreadable", why: `version ${v} is newer than ${version}` };
      try {
        const inner = schema.safeParse(v < version && upgrade ? upgrade(record, v) : record);
        if (inner.success) return { is: "readable", value: inner.data };
        return { is: "unreadable", why: inner.error.issues.map(describe).join(", ") };
      } catch {
        return { is: "unreadable", why: `version ${v} could not be upgraded` };
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const describe = (issue: z.core.$ZodIssue) => `${issue.path.join(".") || "record"}: ${issue.code}`;
