import { setTimeout } from "node:timers/promises";
import type { Clock } from "../../src/services/clock.ts";

export interface StreamEvent {
  id: string;
  event: "output" | "logs" | "error" | "done";
  data: string;
}

/** How a stream goes wrong, once: after so many events the connection ends early or breaks. */
export interface Cut {
  afterEvents: number;
  /** `eof`: ends as if all was said; `reset`: breaks in the middle of an event; `timeout`: `:408:` and ends. */
  how: "eof" | "reset" | "timeout";
  /** Whoever comes back hears everything again, though they say how far they were. */
  forgets?: boolean;
}

/** What a prediction says while it runs, kept so that a reader who comes back misses nothing. */
export interface Channel {
  say(event: StreamEvent["event"], data: string): void;
  /** Everything after the event with this id; from the beginning without one. */
  read(lastEventId: string | undefined, signal: AbortSignal, reset: () => void): ReadableStream<Uint8Array>;
  cutOnce(cut: Cut): void;
}

const idleMs = 30_000;

/** One `data:` line for each line of the text. */
export const format = ({ id, event, data }: StreamEvent) =>
  `event: ${event}\nid: ${id}\n${data
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;

export function createChannel(clock: Clock): Channel {
  const events: StreamEvent[] = [];
  const waiting = new Set<() => void>();
  let cut: Cut | undefined;
  let forgets = false;
  let lastSecond = 0;
  let inSecond = 0;

  /** nchan's ids: the second, and the count within it. */
  function nextId(): string {
    const second = Math.max(lastSecond, Math.floor(clock.now() / 1000));
    inSecond = second === lastSecond ? inSecond + 1 : 0;
    lastSecond = second;
    return `${second}:${inSecond}`;
  }

  /** True as soon as there is an event at this place; false after 30 s without one. */
  async function arrives(place: number, signal: AbortSignal): Promise<boolean> {
    if (events[place]) return true;
    const idle = new AbortController();
    const stop = AbortSignal.any([signal, idle.signal]);
    let wake = () => undefined as void;
    const arrived = new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
      waiting.add(wake);
    });
    const silence = clock.sleep(idleMs, stop).then(
      () => false,
      () => false,
    );
    const result = await Promise.race([arrived, silence]);
    waiting.delete(wake);
    idle.abort();
    return result;
  }

  async function* pieces(from: number, signal: AbortSignal, reset: () => void): AsyncGenerator<string> {
    const broken = cut;
    cut = undefined;
    yield ": hi\n\n";
    for (let place = from; ; place++) {
      const timedOut = broken?.how === "timeout" && place - from >= broken.afterEvents;
      if (timedOut || !(await arrives(place, signal))) {
        if (!signal.aborted) yield ":408: 408 Request Timeout\n\n";
        return;
      }
      const event = events[place]!;
      if (broken && place - from >= broken.afterEvents) {
        if (broken.how === "eof") return;
        yield format(event).slice(0, -4);
        // Not the clock's: the half event has to leave the socket first.
        await setTimeout(5);
        reset();
        return;
      }
      yield format(event);
      if (event.event === "done") return;
    }
  }

  return {
    say(event, data) {
      events.push({ id: nextId(), event, data });
      for (const wake of waiting) wake();
    },
    cutOnce(next) {
      cut = next;
      forgets = next.forgets ?? false;
    },
    read(lastEventId, signal, reset) {
      const place = forgets ? 0 : events.findIndex((event) => event.id === lastEventId) + 1;
      const left = new AbortController();
      const source = pieces(place, AbortSignal.any([signal, left.signal]), reset);
      const encoder = new TextEncoder();
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const next = await source.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(next.value));
        },
        async cancel() {
          left.abort();
          await source.return(undefined);
        },
      });
    },
  };
}
