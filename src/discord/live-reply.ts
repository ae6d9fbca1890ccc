import type { RawFile } from "discord.js";
import type { View, ViewFile } from "../commands/command.ts";
import { createChanges } from "../services/changes.ts";
import type { Clock } from "../services/clock.ts";
import type { Address } from "./address.ts";
import type { Messages } from "./messages.ts";
import { createPacer } from "./pacer.ts";
import { type Payload, render } from "./render.ts";

/** One answer on show, over one or more messages. The latest View wins; one edit is in flight at a time. */
export interface LiveReply {
  /** Shows this as soon as the pacing allows; forgotten if a newer View comes before. */
  show(view: View): void;
  /** Shows this for good. Resolves when it is on screen, rejects when Discord refuses it. */
  finish(view: View): Promise<void>;
  /** Shows nothing more. Resolves when nothing is on its way any longer. */
  abandon(): Promise<void>;
}

/** Ten attachments a message (Discord). */
const MAX_FILES = 10;

/** Refusals, such as that of a message that is gone, come again; a server's trouble passes. */
const isLasting = (error: unknown) => {
  const { status } = error as { status?: unknown };
  return typeof status === "number" && status >= 400 && status < 500;
};

/** What is on screen of one message. */
interface Shown {
  id: string;
  text: string;
}

export function createLiveReply(deps: {
  address: Address;
  messages: Messages;
  clock: Clock;
  owner: { command: string; job: string };
  /** A View's files, small enough to be posted, for as long as posting takes. */
  postFiles: <R>(files: readonly ViewFile[], post: (loaded: readonly RawFile[]) => Promise<R>) => Promise<R>;
  /** Called when a refusal that lasts ended the showing. */
  lost?: (error: unknown) => void;
  /** Called when a further message exists, before anything else is sent. */
  grew: (messages: readonly string[]) => Promise<void>;
}): LiveReply {
  const { address, messages, clock } = deps;
  const pacer = createPacer(clock);
  const changes = createChanges();
  const shown: Shown[] = address.messages.map((id) => ({ id, text: "" }));
  /** Attachments by what they were made from, in the order in which they hang on the first message. */
  const posted = new Map<string, string>();
  let latest: { view: View; final: boolean } | undefined;
  let failed: { error: unknown } | undefined;
  let running: Promise<void> | undefined;
  let abandoned = false;
  let hurry = () => undefined as void;
  const finishing = new Promise<void>((resolve) => (hurry = resolve));

  const keyOf = (file: ViewFile) => JSON.stringify(file.from);
  const same = (payload: Payload) => JSON.stringify(payload);

  /** Files hang on the first message; a View's files are only ever added. */
  const notPosted = ({ files = [] }: View) =>
    files.slice(0, MAX_FILES).filter((file) => !posted.has(keyOf(file)));

  async function put(payload: Payload, index: number, view: View): Promise<void> {
    const fresh = index === 0 ? notPosted(view) : [];
    const text = same(payload);
    const known = shown[index];
    if (known && known.text === text && fresh.length === 0) return;
    const sent = await deps.postFiles(fresh, (loaded) => {
      const files = loaded.map((file, at) => ({ file, ...(fresh[at]?.alt ? { alt: fresh[at].alt } : {}) }));
      const body = { ...payload, ...(files.length > 0 ? { keep: [...posted.values()], files } : {}) };
      return known ? messages.edit(address, known.id, body) : messages.send(address, body);
    });
    pacer.learn(sent.bucket);
    if (known) known.text = text;
    else {
      shown.push({ id: sent.id, text });
      await deps.grew(shown.map(({ id }) => id));
    }
    for (const [offset, file] of fresh.entries()) {
      const id = sent.attachments[sent.attachments.length - fresh.length + offset];
      if (id) posted.set(keyOf(file), id);
    }
  }

  /** Waits for the next slot. A final word that comes meanwhile does not wait for the others' turn. */
  async function slot(): Promise<void> {
    for (;;) {
      const wait = pacer.waitMs(latest?.final ?? false);
      if (wait <= 0 || abandoned) return;
      if (latest?.final) await clock.sleep(wait);
      else await Promise.race([clock.sleep(wait), finishing]);
    }
  }

  async function putAll(view: View, final: boolean): Promise<void> {
    const payloads = render(view, deps.owner);
    for (const [index, payload] of payloads.entries()) await put(payload, index, view);
    // The output itself can be shorter than what was streamed.
    if (final) for (const { id } of shown.splice(payloads.length)) await messages.remove(address, id);
  }

  async function run(): Promise<void> {
    for (let seen = 0, done = false; !done;) {
      await changes.after(seen);
      if (!abandoned) await slot();
      if (abandoned) return;
      seen = changes.count;
      if (!latest) continue;
      const { view, final } = latest;
      try {
        await putAll(view, final);
        done = final;
      } catch (error) {
        // A passing failure takes one picture of the answer away, not its last word.
        if (!final && !isLasting(error)) continue;
        failed = { error };
        done = true;
        deps.lost?.(error);
      }
    }
  }

  const begin = () => (running ??= run());

  return {
    show(view) {
      if (latest?.final) return;
      latest = { view, final: false };
      void begin();
      changes.notify();
    },
    async finish(view) {
      latest = { view, final: true };
      const finished = begin();
      changes.notify();
      hurry();
      await finished;
      if (failed) throw failed.error;
    },
    async abandon() {
      abandoned = true;
      changes.notify();
      hurry();
      await running;
    },
  };
}
