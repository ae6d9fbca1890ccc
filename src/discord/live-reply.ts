import type { View, ViewFile } from "../commands/command.ts";
import { createChanges } from "../services/changes.ts";
import type { Clock } from "../services/clock.ts";
import { Problem } from "../services/problem.ts";
import { type LoadedFile, sizeOf, UnpostableFile } from "./files.ts";
import { type AnswerMessages, type How, type MakeBody, OutOfReach, type Sent } from "./messages.ts";
import { isLasting, pauseMs, wasRefused } from "./patience.ts";
import { fileKey } from "./file-pages.ts";
import { type Rendered, render } from "./render.ts";
import { createShown } from "./shown.ts";
import type { ZipNote } from "./zip.ts";

/** One answer on show, over one or more messages. The latest View wins; one request is in flight at a time. */
export interface LiveReply {
  /** Shows this as soon as the pacing allows; never made if a newer View comes before. */
  show(view: () => View): void;
  /** Shows this for good. Resolves when it is on screen, rejects when Discord refuses it. */
  finish(view: View): Promise<void>;
  /** Shows nothing more. Resolves when nothing is on its way any longer. */
  abandon(): Promise<void>;
}

/** No further message is allowed here: the interaction has its five (40094), or the bot may not post (50013). */
const NO_MORE_MESSAGES = new Set<unknown>([40_094, 50_013]);
/** How often files are made smaller than Discord said they may be. */
const MAX_SHRINKS = 3;
/** The files are too large for this request, whatever the interaction said. */
const TOO_LARGE = 40_005;

const codeOf = (error: unknown) => (error as { code?: unknown }).code;

export interface LiveReplyOptions {
  /** The messages that the answer has so far. */
  shown: readonly string[];
  /** A further message may be there of which nobody heard. */
  unsure?: boolean;
  messages: AnswerMessages;
  clock: Clock;
  owner: { command: string; job: string };
  /** How many messages an answer's text has at the most; what is left becomes a file. */
  maxMessages?: number;
  /** How many messages there can be in all. */
  maxTotal?: number | undefined;
  locale: string;
  /** A View's files, small enough to be posted, for as long as posting takes. @throws {UnpostableFile} */
  postFiles: <R>(
    files: readonly ViewFile[],
    post: (loaded: readonly LoadedFile[]) => Promise<R>,
  ) => Promise<R>;
  /** Discord takes less than it said, and not so many bytes: from now on files are made smaller. */
  shrink?: (bytes: number) => void;
  /** Called when a refusal that lasts ended the showing. */
  lost?: (error: unknown) => void;
  /** Called before a further message is sent. */
  grows?: () => Promise<void>;
  /** Called when it is known which messages there are, before anything else is sent. */
  grew: (messages: readonly string[]) => Promise<void>;
}

export function createLiveReply(deps: LiveReplyOptions): LiveReply {
  const { messages, clock, maxMessages = Number.POSITIVE_INFINITY } = deps;
  const changes = createChanges();
  const shown = createShown(deps.shown);
  const abandoning = new AbortController();
  const { signal } = abandoning;
  /** Files that can't be posted, with what is said instead. */
  const unpostable = new Map<string, Problem["reason"]>();
  let latest: { view: () => View; final: boolean; rendered?: Rendered[] } | undefined;
  let failed: { error: unknown } | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;
  let shrinks = 0;
  /** The files of the latest request that had some. */
  let posted: { files: readonly ViewFile[]; bytes: number } | undefined;
  let unsure = deps.unsure ?? false;
  let limit = deps.maxMessages;
  let total = deps.maxTotal;
  /** What has to be said about files, by their keys; known once they were made. */
  const notes = new Map<string, ZipNote>();

  const isFinal = () => latest?.final ?? false;

  /** The latest View as messages, made when it is needed: most Views are replaced before. */
  function rendered(): readonly Rendered[] {
    if (!latest) return [];
    const showing = {
      ...deps,
      ...(limit === undefined ? {} : { maxMessages: limit }),
      maxTotal: total,
      unpostable,
      notes,
      now: clock.now(),
    };
    return (latest.rendered ??= render(latest.view(), { ...showing, isFinal: latest.final }));
  }

  const renderAgain = () => {
    if (latest) delete latest.rendered;
  };

  /** No further message: the rest becomes a file. */
  function stopGrowing(): void {
    limit = Math.min(maxMessages, shown.count);
    total = shown.count;
    renderAgain();
  }

  /** A further message. Where nobody hears whether it arrived, that is found out before anything else is sent. */
  async function post(make: MakeBody, how: How): Promise<Sent | undefined> {
    try {
      const sending = deps.grows ? { sending: deps.grows } : {};
      return await messages.send(make, { ...how, ...sending, place: shown.count });
    } catch (error) {
      const isFull = NO_MORE_MESSAGES.has(codeOf(error)) && shown.count > 0 && total !== shown.count;
      unsure = !wasRefused(error) && !(error instanceof OutOfReach);
      if (!unsure) await deps.grew(shown.ids());
      if (!isFull) throw error;
      stopGrowing();
      return undefined;
    }
  }

  /** Looks for the message of which nobody heard. Where that is impossible there is no further one, so that none is doubled. */
  async function clarify(): Promise<void> {
    const found = await messages.lookFor(shown.ids());
    unsure = false;
    // Its intent stays stored: after a restart it is as unknown as it is now.
    if (found === "unknown") return stopGrowing();
    if (found !== "none") shown.adopt(found.id);
    await deps.grew(shown.ids());
  }

  /** Puts one message of the answer on screen as it should be when the request leaves. */
  async function put(
    index: number,
    added: readonly ViewFile[],
    loaded: readonly LoadedFile[],
  ): Promise<void> {
    let put: Rendered | undefined;
    const make: MakeBody = () => {
      const wanted = rendered();
      const now = wanted[index];
      // What came meanwhile may need something else first, such as a further message.
      if (!now || (added.length === 0 && shown.next(wanted) !== index)) return undefined;
      put = now;
      const { payload } = now;
      posted = undefined;
      if (added.length === 0) return payload;
      posted = { files: added, bytes: Math.max(...loaded.map(sizeOf)) };
      const files = loaded.map((file, at) => ({ file, ...(added[at]?.alt ? { alt: added[at].alt } : {}) }));
      return { ...payload, keep: shown.attachmentsOf(index, now.files), files };
    };
    const id = shown.idOf(index);
    const how = { isFinal, signal };
    const sent = await (id === undefined ? post(make, how) : messages.edit(id, make, how));
    if (!sent || !put) return;
    shown.note(index, put, added, sent);
    if (id === undefined) await deps.grew(shown.ids());
  }

  /** What is said about files goes out with them. */
  function noteAll(files: readonly ViewFile[], loaded: readonly LoadedFile[]): void {
    for (const [at, file] of files.entries()) {
      const { note } = loaded[at] ?? {};
      if (note) notes.set(fileKey(file), note);
    }
    if (loaded.some(({ note }) => note)) renderAgain();
  }

  /** The next thing that is not on screen as it should be; undefined where all is. */
  function nextStep(): (() => Promise<void>) | undefined {
    if (unsure) return clarify;
    const wanted = rendered();
    const index = shown.next(wanted);
    if (index >= 0) {
      const added = shown.missing(index, wanted[index]?.files ?? []);
      return () =>
        added.length === 0
          ? put(index, [], [])
          : deps.postFiles(added, (loaded) => {
              noteAll(added, loaded);
              return put(index, added, loaded);
            });
    }
    // The output itself can be shorter than what was streamed.
    const extra = shown.idOf(wanted.length);
    if (extra === undefined || !isFinal()) return undefined;
    return async () => {
      await messages.remove(extra);
      shown.drop(wanted.length);
    };
  }

  async function untilFinal(): Promise<void> {
    while (!isFinal() && !signal.aborted) await changes.after(changes.count);
  }

  /** Half as large next time; where that did not help, the files are named instead. */
  function makeSmaller({ files, bytes }: { files: readonly ViewFile[]; bytes: number }): void {
    deps.shrink?.(bytes);
    if (++shrinks <= MAX_SHRINKS) return;
    const reason = { kind: "result-too-large", bytes, limitBytes: bytes } as const;
    for (const file of files) unpostable.set(fileKey(file), reason);
    renderAgain();
  }

  /** Whether the others are worth showing without it. */
  const isOneOfSeveral = () => rendered().flatMap(({ files }) => files).length > 1;

  /** Waits for as long as a passing failure takes, or changes what can't be shown as it is; fails where nothing helps. */
  async function recover(failure: unknown, seen: number): Promise<void> {
    const isTooLarge = failure instanceof Problem && failure.reason.kind === "result-too-large";
    if (failure instanceof UnpostableFile && (isTooLarge || (isFinal() && isOneOfSeveral()))) {
      unpostable.set(fileKey(failure.file), failure.reason);
      return renderAgain();
    }
    if (codeOf(failure) === TOO_LARGE && posted) return makeSmaller(posted);
    if (failure instanceof OutOfReach && !isFinal()) return untilFinal();
    // A file that can't be had is asked for again with the next View; only the last one can't do without it.
    if (failure instanceof Problem && !isFinal()) return changes.after(seen);
    if (failure instanceof Problem || failure instanceof OutOfReach || isLasting(failure))
      failed = { error: failure };
    else await clock.sleep(pauseMs(failures++), signal).catch(() => undefined);
  }

  async function attempt(seen: number): Promise<"done" | "more"> {
    try {
      const step = nextStep();
      if (!step && isFinal()) return "done";
      await (step ? step() : changes.after(seen));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return "done";
      await recover(error, seen);
    }
    return "more";
  }

  async function run(): Promise<void> {
    while (!signal.aborted && !failed) if ((await attempt(changes.count)) === "done") return;
    if (failed) deps.lost?.(failed.error);
  }

  const begin = () => (running ??= run());

  /** What was refused on the way says nothing about the end. */
  function forgive(): void {
    if (!failed) return;
    failed = undefined;
    running = undefined;
  }

  return {
    show(view) {
      if (latest?.final) return;
      latest = { view, final: false };
      changes.notify();
      void begin();
    },
    async finish(view) {
      latest = { view: () => view, final: true };
      forgive();
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
