import { watchdog } from "../deadline.ts";
import { createParser, type EventSourceMessage } from "eventsource-parser";

/** What a prediction's stream says. `end` comes only from Replicate's own `done`. */
export type StreamEvent = { kind: "text"; text: string } | { kind: "error" } | { kind: "end" };

const read = ({ event, data }: EventSourceMessage): StreamEvent | undefined => {
  switch (event) {
    case "output":
      return { kind: "text", text: data };
    case "error":
      return { kind: "error" };
    case "done":
      return { kind: "end" };
    default:
      // "logs" and whatever comes later
      return undefined;
  }
};

/** Replicate ends a stream itself after 30 s of silence; one that stays open and says nothing is broken. */
const SILENCE_MS = 60_000;

export interface StreamOptions {
  signal: AbortSignal;
  sleep: (ms: number) => Promise<void>;
  fetch?: typeof globalThis.fetch;
  /** How long the connection may say nothing. */
  silenceMs?: number;
}

/**
 * Reads a prediction's server-sent events until `done`, reconnecting with `Last-Event-ID` after a break (five times at
 * the most). Ends without an `end` event where the stream can't be had: the prediction itself then tells the rest.
 */
export async function* readStream(url: string, options: StreamOptions): AsyncGenerator<StreamEvent> {
  const { fetch = globalThis.fetch, silenceMs = SILENCE_MS } = options;
  let lastId = "";
  const seen = new Set<string>();
  for (let attempt = 0; attempt < 6; attempt++) {
    if (attempt > 0) await options.sleep(500 * 2 ** (attempt - 1));
    const watch = watchdog(silenceMs);
    try {
      const headers = { accept: "text/event-stream", ...(lastId ? { "last-event-id": lastId } : {}) };
      // Not `redirect: "error"`: with that, Node's fetch forgets the signal once the answer began (undici 4627).
      const response = await fetch(url, {
        headers,
        redirect: "manual",
        signal: AbortSignal.any([options.signal, watch.signal]),
      });
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        // Replicate keeps a stream for about an hour.
        if (response.status === 404 || response.status === 410) return;
        continue;
      }
      const events: EventSourceMessage[] = [];
      const parser = createParser({ onEvent: (event) => void events.push(event) });
      const decoder = new TextDecoder();
      for await (const chunk of response.body) {
        watch.feed();
        parser.feed(decoder.decode(chunk, { stream: true }));
        for (const message of events.splice(0)) {
          const repeated = message.id !== undefined && seen.has(message.id);
          if (message.id !== undefined && !repeated) seen.add((lastId = message.id));
          const event = repeated ? undefined : read(message);
          if (event) yield event;
          if (event?.kind === "end") return;
        }
      }
    } catch (error) {
      if (options.signal.aborted) throw error;
      // A broken connection: go on after the last event that arrived.
    } finally {
      watch.stop();
    }
  }
}
