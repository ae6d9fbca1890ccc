import type { RawFile } from "discord.js";
import type { View, ViewFile } from "../commands/command.ts";
import { createChanges } from "../services/changes.ts";
import type { Clock } from "../services/clock.ts";
import { Problem } from "../services/problem.ts";
import type { AnswerMessages, MessageBody, Sent } from "./messages.ts";
import { type Payload, type Rendered, render } from "./render.ts";

/** One answer on show, over one or more messages. The latest View wins; one request is in flight at a time. */
export interface LiveReply {
  /** Shows this as soon as the pacing allows; never made if a newer View comes before. */
  show(view: () => View): void;
  /** Shows this for good. Resolves when it is on screen, rejects when Discord refuses it. */
  finish(view: View): Promise<void>;
  /** Shows nothing more. Resolves when nothing is on its way any longer. */
  abandon(): Promise<void>;
}

/** Refusals, such as that of a message that is gone, come again, and so do our own mistakes; a server's trouble passes. */
const isLasting = (error: unknown) => {
  const { status } = error as { status?: unknown };
  if ([TypeError, RangeError, ReferenceError].some((mistake) => error instanceof mistake)) return true;
  return typeof status === "number" && status >= 400 && status < 500;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** What is on screen of one message. */
interface Shown {
  id: string;
  payload: string;
  /** How long its text is, without the quiet lines. */
  length: number;
  /** Attachments by what they were made from, in the order in which they hang there. */
  files: Map<string, string>;
}

const lengthOf = ({ content }: Payload) =>
  content
    .split("\n")
    .filter((line) => !line.startsWith("-# "))
    .join("\n").length;

const keyOf = ({ from }: ViewFile) => JSON.stringify(from);

export function createLiveReply(deps: {
  /** The messages that the answer has so far. */
  shown: readonly string[];
  messages: AnswerMessages;
  clock: Clock;
  owner: { command: string; job: string };
  /** How many messages an answer has at the most; what is left becomes a file. */
  maxMessages?: number;
  locale: string;
  /** A View's files, small enough to be posted, for as long as posting takes. */
  postFiles: <R>(files: readonly ViewFile[], post: (loaded: readonly RawFile[]) => Promise<R>) => Promise<R>;
  /** Called when a refusal that lasts ended the showing. */
  lost?: (error: unknown) => void;
  /** Called when a further message exists, before anything else is sent. */
  grew: (messages: readonly string[]) => Promise<void>;
}): LiveReply {
  const { messages, clock } = deps;
  const changes = createChanges();
  const shown: Shown[] = deps.shown.map((id) => ({
    id,
    payload: "",
    length: 0,
    files: new Map(),
  }));
  const abandoning = new AbortController();
  let latest: { view: () => View; final: boolean; rendered?: Rendered[] } | undefined;
  let failed: { error: unknown } | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;

  const isFinal = () => latest?.final ?? false;
  const { signal } = abandoning;

  /** The latest View as messages, made when it is needed: most Views are replaced before. */
  const rendered = (): readonly Rendered[] =>
    latest ? (latest.rendered ??= render(latest.view(), { ...deps, isFinal: latest.final })) : [];

  /** A View's files are only ever added. */
  const fresh = (index: number, files: readonly ViewFile[]) =>
    files.filter((file) => !shown[index]?.files.has(keyOf(file)));

  const differs = ({ payload, files }: Rendered, index: number) =>
    shown[index]?.payload !== JSON.stringify(payload) || fresh(index, files).length > 0;

  function note(index: number, payload: Payload, added: readonly ViewFile[], sent: Sent): Shown {
    const known = shown[index] ?? { id: sent.id, payload: "", length: 0, files: new Map<string, string>() };
    known.payload = JSON.stringify(payload);
    known.length = lengthOf(payload);
    const ids = sent.attachments.slice(sent.attachments.length - added.length);
    for (const [at, file] of added.entries()) known.files.set(keyOf(file), ids[at] ?? "");
    return known;
  }

  /** Puts one message of the answer on screen as it should be when the request leaves. */
  async function put(index: number, added: readonly ViewFile[], loaded: readonly RawFile[]): Promise<void> {
    let payload: Payload | undefined;
    const make = (): MessageBody | undefined => {
      const wanted = rendered();
      const now = wanted[index];
      // What came meanwhile may need something else first, such as a further message.
      if (!now || (added.length === 0 && nextIndex(wanted) !== index)) return undefined;
      payload = now.payload;
      if (added.length === 0) return payload;
      const files = loaded.map((file, at) => ({ file, ...(added[at]?.alt ? { alt: added[at].alt } : {}) }));
      return { ...payload, keep: [...(shown[index]?.files.values() ?? [])], files };
    };
    const known = shown[index];
    const how = { isFinal, signal };
    const sent = await (known ? messages.edit(known.id, make, how) : messages.send(make, how));
    if (!sent || !payload) return;
    const noted = note(index, payload, added, sent);
    if (known) return;
    shown.push(noted);
    await deps.grew(shown.map(({ id }) => id));
  }

  /**
   * Which message comes next. Where the last one has to lose words to a further one, that comes first, so that no word
   * vanishes in between; where it still has to gain some, it comes first itself, so that none is skipped. Before the first
   * is there, nothing else is: the deferral would swallow it (discord-api-docs 2866).
   */
  function nextIndex(wanted: readonly Rendered[]): number {
    const last = shown.at(-1);
    const grown = wanted[shown.length - 1];
    const shrinks = last && grown && last.payload !== "" && last.length > lengthOf(grown.payload);
    return shrinks && wanted.length > shown.length ? shown.length : wanted.findIndex(differs);
  }

  /** The next thing that is not on screen as it should be; undefined where all is. */
  function nextStep(): (() => Promise<void>) | undefined {
    const wanted = rendered();
    const index = nextIndex(wanted);
    if (index >= 0) {
      const added = fresh(index, wanted[index]?.files ?? []);
      return () =>
        added.length === 0
          ? put(index, [], [])
          : deps.postFiles(added, (loaded) => put(index, added, loaded));
    }
    // The output itself can be shorter than what was streamed.
    const extra = shown[wanted.length];
    if (!extra || !isFinal()) return undefined;
    return async () => {
      await messages.remove(extra.id);
      shown.splice(wanted.length, 1);
    };
  }

  /** A passing failure is no reason to give up: the next attempt shows what is latest then. */
  async function attempt(seen: number): Promise<"done" | "more"> {
    try {
      const step = nextStep();
      if (!step && isFinal()) return "done";
      await (step ? step() : changes.after(seen));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return "done";
      // A file that can't be had is asked for again with the next View; only the last one can't do without it.
      if (error instanceof Problem && !isFinal()) await changes.after(seen);
      else if (error instanceof Problem || isLasting(error)) failed = { error };
      else await clock.sleep(pauseMs(), signal).catch(() => undefined);
    }
    return "more";
  }

  const pauseMs = () => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);

  async function run(): Promise<void> {
    while (!signal.aborted && !failed) if ((await attempt(changes.count)) === "done") return;
    if (failed) deps.lost?.(failed.error);
  }

  const begin = () => (running ??= run());

  return {
    show(view) {
      if (latest?.final) return;
      latest = { view, final: false };
      changes.notify();
      void begin();
    },
    async finish(view) {
      latest = { view: () => view, final: true };
      changes.notify();
      const finished = begin();
      messages.hurry();
      await finished;
      if (failed) throw failed.error;
    },
    async abandon() {
      abandoning.abort(new Error("abandoned"));
      changes.notify();
      await running;
    },
  };
}
