import type { Exchange, Person, Place, SeenMessage } from "../discord/person.ts";
import { type Look, messageLines } from "./bubble.ts";
import { finished, NO_RESPONSE } from "./reply.ts";
import type { SavedFiles } from "./saved-files.ts";
import type { Screen } from "./screen.ts";
import { indented, wrap } from "./wrap.ts";

interface Entry {
  /** The line that was typed, and by whom. */
  header: string;
  exchange: Exchange;
  done: boolean;
  failure?: string;
}

/** A button, or one choice of a list. */
interface Pressable {
  customId: string;
  value: string | undefined;
  label: string;
}

const isThis = (one: Pressable, other: Omit<Pressable, "label">) =>
  one.customId === other.customId && one.value === other.value;

/** What can be pressed on a message now. */
const pressables = ({ buttons, selects }: SeenMessage): Pressable[] => [
  ...buttons.flatMap(({ customId, label, disabled }) =>
    customId === undefined || disabled ? [] : [{ customId, label, value: undefined }],
  ),
  ...selects.flatMap(({ customId, options, disabled }) =>
    disabled ? [] : options.map(({ label, value }) => ({ customId, label, value })),
  ),
];

/** What was said: answers that still grow stay live, finished ones become final in the order in which they were asked. */
export interface Conversation {
  /** Follows an exchange until it is finished. */
  follow(header: string, exchange: Exchange): void;
  /** Says something that is no answer of the bot. */
  say(lines: readonly string[]): void;
  /** Shows what the bot posted without being asked, under a line of its own. */
  post(header: string, message: SeenMessage): void;
  /** Lines under everything until the next call; they never become final. */
  hint(lines: readonly string[]): void;
  /** Draws nothing from now on: the terminal is being left. */
  close(): void;
  /** Presses the button with this number, or chooses what has it. Undefined if there is none. */
  press(number: number, person: Person): { label: string; exchange: Exchange } | undefined;
}

export function createConversation(deps: {
  screen: Screen;
  look: Look;
  files: SavedFiles;
  bot: { idle(): Promise<void> };
  /** Where there can be something to press. */
  places: readonly Place[];
}): Conversation {
  const { screen, look, files, bot, places } = deps;
  const entries: Entry[] = [];
  /** Messages as they stand above for good. */
  const final = new Map<string, string>();
  let hints: readonly string[] = [];
  let closed = false;
  /** Numbers are never used twice, so that an old button can still be pressed. */
  const buttons: { message: string; pressable: Pressable }[] = [];

  function numberOf(message: SeenMessage, customId: string, value?: string): number {
    const known = buttons.findIndex(
      (each) => each.message === message.id && isThis(each.pressable, { customId, value }),
    );
    if (known >= 0) return known + 1;
    const label = pressables(message).find((each) => isThis(each, { customId, value }))?.label ?? "";
    return buttons.push({ message: message.id, pressable: { customId, value, label } });
  }

  function bubble(message: SeenMessage): string[] {
    const number = (customId: string, value?: string) => numberOf(message, customId, value);
    return messageLines(look, message, { saved: files.saved, numberOf: number });
  }

  function linesOf({ header, exchange, failure, done }: Entry, shownAbove: Set<string>): string[] {
    const lines = exchange.messages.flatMap((message) => {
      const drawn = bubble(message);
      // A press takes part in the message that it is on, which may be in view, as it is, already.
      if (shownAbove.has(message.id) || final.get(message.id) === drawn.join("\n")) return [];
      shownAbove.add(message.id);
      return drawn;
    });
    const note = failure ?? (exchange.state === "failed" ? NO_RESPONSE : undefined);
    const form = exchange.modal
      ? indented(
          look.style("dim", "A form opened; an empty line keeps what it says, or closes it."),
          look.columns(),
        )
      : [];
    return [
      ...wrap(header, look.columns()),
      ...lines,
      ...form,
      ...(note ? indented(look.style("red", note), look.columns()) : []),
      ...(done ? [""] : []),
    ];
  }

  /** Finished entries at the head become final; the rest, and hints, stay live. */
  function draw(said: readonly string[] = []): void {
    if (closed) return;
    const shown = new Set<string>();
    const open = entries.findIndex(({ done }) => !done);
    const finishedEntries = entries.splice(0, open === -1 ? entries.length : open);
    const ready = finishedEntries.flatMap((entry) => linesOf(entry, shown));
    for (const message of finishedEntries.flatMap(({ exchange }) => exchange.messages))
      final.set(message.id, bubble(message).join("\n"));
    const live = entries.flatMap((entry) => linesOf(entry, shown));
    screen.draw([...said, ...ready], [...live, ...hints]);
  }

  async function see(entry: Entry): Promise<void> {
    const save = async () => {
      await files.save(entry.exchange.messages);
      if (!entry.done) draw();
    };
    const stop = entry.exchange.watch(() => {
      draw();
      save().catch((error: Error) => (entry.failure = error.message));
    });
    try {
      await finished(entry.exchange, bot);
      await files.save(entry.exchange.messages);
    } catch (error) {
      entry.failure = (error as Error).message;
    }
    stop();
    entry.done = true;
    draw();
  }

  return {
    follow(header, exchange) {
      const entry: Entry = { header, exchange, done: false };
      entries.push(entry);
      hints = [];
      draw();
      void see(entry);
    },
    say(lines) {
      hints = [];
      draw(lines.flatMap((line) => wrap(line, look.columns())));
    },
    post(header, message) {
      const show = () => draw([...wrap(header, look.columns()), ...bubble(message), ""]);
      // A file that can't be fetched is named all the same.
      void files.save([message]).then(show, show);
    },
    close: () => void (closed = true),
    hint(lines) {
      if (lines.length === 0 && hints.length === 0) return;
      hints = lines;
      draw();
    },
    press(number, person) {
      const button = buttons[number - 1];
      const message = places
        .flatMap((place) => person.sees(place))
        .find(
          (each) =>
            each.id === button?.message && pressables(each).some((one) => isThis(one, button.pressable)),
        );
      if (!button || !message) return undefined;
      const { label, customId, value } = button.pressable;
      return { label, exchange: person.press(message, customId, value === undefined ? undefined : [value]) };
    },
  };
}
