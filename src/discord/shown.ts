import type { ViewFile } from "../commands/command.ts";
import type { Sent } from "./messages.ts";
import { fileKey } from "./file-pages.ts";
import type { Payload, Rendered } from "./render.ts";

/** What is on screen of one message of an answer. */
interface Message {
  id: string;
  payload: string;
  /** How long its text is, without the quiet lines. */
  length: number;
  /** Attachments by what they were made from, in the order in which they hang there. */
  files: Map<string, string>;
}

/** What is on screen of an answer, as far as this process knows. */
export interface Shown {
  readonly count: number;
  ids(): string[];
  idOf(index: number): string | undefined;
  /** The ids of the message's attachments that are among these. */
  attachmentsOf(index: number, files: readonly ViewFile[]): string[];
  /** Those that do not hang there yet. What hangs there is taken away only where something comes in its place. */
  missing(index: number, files: readonly ViewFile[]): ViewFile[];
  /** The message that comes next where not everything is on screen as it should be; -1 where all is. */
  next(wanted: readonly Rendered[]): number;
  /** This message now shows this; a further one, where the index is that of none yet. */
  note(index: number, now: Rendered, added: readonly ViewFile[], sent: Sent): void;
  /** A message that is there, whatever it shows. */
  adopt(id: string): void;
  drop(index: number): void;
}

const lengthOf = ({ content }: Payload) =>
  content
    .split("\n")
    .filter((line) => !line.startsWith("-# "))
    .join("\n").length;

const unknown = (id: string): Message => ({ id, payload: "", length: 0, files: new Map() });

export function createShown(ids: readonly string[]): Shown {
  const messages = ids.map(unknown);

  const missing = (index: number, files: readonly ViewFile[]) =>
    files.filter((file) => !messages[index]?.files.has(fileKey(file)));

  const differs = ({ payload, files }: Rendered, index: number) =>
    messages[index]?.payload !== JSON.stringify(payload) || missing(index, files).length > 0;

  return {
    get count() {
      return messages.length;
    },
    ids: () => messages.map(({ id }) => id),
    idOf: (index) => messages[index]?.id,
    attachmentsOf(index, files) {
      const keys = new Set(files.map(fileKey));
      const hanging = [...(messages[index]?.files ?? [])];
      return hanging.filter(([key]) => keys.has(key)).map(([, id]) => id);
    },
    missing,
    /**
     * Where the last one has to lose words to a further one, that comes first, so that no word vanishes in between; where
     * it still has to gain some, it comes first itself, so that none is skipped. Before the first is there, nothing else
     * is: the deferral would swallow it (discord-api-docs 2866).
     */
    next(wanted) {
      const last = messages.at(-1);
      const grown = wanted[messages.length - 1];
      const shrinks = last && grown && last.payload !== "" && last.length > lengthOf(grown.payload);
      return shrinks && wanted.length > messages.length ? messages.length : wanted.findIndex(differs);
    },
    note(index, { payload, files }, added, sent) {
      const message = (messages[index] ??= unknown(sent.id));
      message.payload = JSON.stringify(payload);
      message.length = lengthOf(payload);
      const ids = sent.attachments.slice(sent.attachments.length - added.length);
      const keys = new Set(files.map(fileKey));
      if (added.length > 0)
        for (const key of message.files.keys()) if (!keys.has(key)) message.files.delete(key);
      for (const [at, file] of added.entries()) message.files.set(fileKey(file), ids[at] ?? "");
    },
    adopt: (id) => void messages.push(unknown(id)),
    drop: (index) => void messages.splice(index, 1),
  };
}
