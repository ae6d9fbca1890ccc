import { type Changes, until } from "./changes.ts";
import { see } from "./exchange.ts";
import type { Messages, StoredMessage } from "./messages.ts";
import type { Exchange } from "./person.ts";

/** Nobody owes a message an answer: who has seen none for so long expects none. */
const EXPECTED_MS = 3_000;

const repliesTo = (id: string) => (stored: StoredMessage) => stored.data.message_reference?.message_id === id;

/** What the bot replies to a message, and to its own first reply, watched by who sent the message. */
export function createReplies({ data }: StoredMessage, messages: Messages, changes: Changes): Exchange {
  const { id, channel_id: channel } = data;
  const isBots = (stored: StoredMessage) => stored.data.author.bot === true;
  let isOver = false;
  setTimeout(() => {
    isOver = true;
    changes.notify(id);
  }, EXPECTED_MS).unref();

  function replies(): StoredMessage[] {
    const all = messages.inChannel(channel).filter(isBots);
    const first = all.filter(repliesTo(id));
    return [...first, ...first.flatMap((reply) => all.filter(repliesTo(reply.data.id)))];
  }
  const exchange: Exchange = {
    id,
    token: "",
    get state() {
      return isOver || replies().length > 0 ? "answered" : "waiting";
    },
    get messages() {
      return replies().map(see);
    },
    modal: undefined,
    choices: undefined,
    watch: (listener) => changes.watch(() => listener()),
    until: (test, timeoutMs = 5_000) =>
      until(changes, () => test(exchange), timeoutMs, `${test.toString()} (replies to ${id})`),
  };
  return exchange;
}
