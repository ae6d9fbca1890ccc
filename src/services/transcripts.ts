import { createHash } from "node:crypto";
import { z } from "zod";
import { type Attachment, isAttachment } from "./attachment.ts";
import { segmentSchema } from "./models/model.ts";
import type { Store } from "./store.ts";

const resultSchema = z.object({
  text: z.string().optional(),
  segments: z.array(segmentSchema).optional(),
  language: z.string().optional(),
});

type Transcript = z.output<typeof resultSchema>;

/** Who may be given a stored transcript again: everybody, or only the one whose private answer it was. */
export interface Audience {
  person: string;
  private: boolean;
}

/** Transcripts by the recording's bytes and the options, so that the same question is not paid for twice. */
export interface Transcripts {
  find(model: string, input: Input, audience: Audience): Promise<Transcript | undefined>;
  keep(model: string, input: Input, audience: Audience, result: Transcript): Promise<void>;
}

type Input = Record<string, unknown>;

const DAY_MS = 24 * 60 * 60_000;

/** A file by its content; and of which part of it is asked, if not of all. */
const contentOf = ({ sha256 = "", as }: Attachment) => (as ? `${sha256} ${JSON.stringify(as)}` : sha256);

/** What was asked, with the content of its files instead of their addresses; undefined where a content is not known. */
function fingerprint(model: string, input: Input): string | undefined {
  const hash = createHash("sha256").update(model);
  for (const [name, value] of Object.entries(input).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (isAttachment(value) && !value.sha256) return undefined;
    hash.update(`\n${name}=${isAttachment(value) ? contentOf(value) : JSON.stringify(value)}`);
  }
  return hash.digest("hex");
}

export function createTranscripts(store: Store, keepDays: number): Transcripts {
  const records = store.records<Transcript>("transcripts", resultSchema);
  const shared = (print: string) => `all/${print}`;
  const own = (print: string, person: string) => `${person}/${print}`;
  return {
    async find(model, input, { person }) {
      const print = fingerprint(model, input);
      if (!print) return undefined;
      return (await records.get(shared(print))) ?? (await records.get(own(print, person)));
    },
    async keep(model, input, { person, private: isPrivate }, { text, segments, language }) {
      const print = fingerprint(model, input);
      if (!print) return;
      const key = isPrivate ? own(print, person) : shared(print);
      await records.set(key, { text, segments, language }, keepDays * DAY_MS);
    },
  };
}
