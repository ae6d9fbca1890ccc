import type {
  APIMessage,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
} from "discord-api-types/v10";

/** A file that a person attaches. */
export interface Upload {
  name: string;
  data: Uint8Array;
  /** What Discord would store; by the name's ending if left out. */
  contentType?: string;
  /** Seconds, for a voice message. */
  durationSecs?: number;
}

/** An option's value as a person gives it. Which kind it must be is known from what the bot registered. */
export type OptionValue =
  | string
  | number
  | boolean
  | { upload: Upload }
  | { user: string }
  | { role: string }
  | { channel: string };

export interface Place {
  /** In a direct message with the bot instead of a channel of the guild. */
  dm?: boolean;
  /** The id of the guild's channel; `#general` if left out. */
  channel?: string;
  /** The app is installed by this person, not by the guild: 5 follow-ups, and no direct messages. */
  userInstalled?: boolean;
}

/** A message as one person sees it now. */
export interface SeenMessage {
  id: string;
  content: string;
  /** Only this person sees it. */
  private: boolean;
  /** "… is thinking": deferred, and nothing shown yet. */
  thinking: boolean;
  attachments: {
    id: string;
    name: string;
    url: string;
    contentType: string;
    bytes: number;
    description?: string;
  }[];
  components: APIMessageTopLevelComponent[];
  /** Buttons of all rows in order; `customId` is missing on link buttons. */
  buttons: { label: string; customId?: string; disabled: boolean }[];
  /** Lists to choose from. */
  selects: {
    customId: string;
    placeholder: string;
    options: { label: string; value: string; description?: string }[];
    disabled: boolean;
  }[];
  /** The message as the API would give it. */
  raw: APIMessage;
}

/** One interaction and what came of it, live. */
export interface Exchange {
  id: string;
  token: string;
  /**
   * waiting: no first response yet. answered: responded (a deferral counts). failed: "The application did not
   * respond" (no first response within 3 s).
   */
  readonly state: "waiting" | "answered" | "failed";
  /** What the person sees of it now, oldest first; deleted messages are gone; a dismissed deferral too. */
  readonly messages: SeenMessage[];
  /** The form that the bot opened, if it did. */
  readonly modal: APIModalInteractionResponseCallbackData | undefined;
  /** Autocomplete's answer. */
  readonly choices: { name: string; value: string | number }[] | undefined;
  /** Calls back after every change; returns how to stop. */
  watch(listener: () => void): () => void;
  /** Resolves when `test` holds after some change (or already does); rejects after `timeoutMs` of real time (5,000). */
  until(test: (exchange: Exchange) => boolean, timeoutMs?: number): Promise<void>;
}

/** Somebody in front of a Discord client. */
export interface Person {
  id: string;
  name: string;
  /** `name` may hold a subcommand: `quota view`. Options are not judged here: the bot must check them itself. */
  command(name: string, options?: Record<string, OptionValue>, place?: Place): Exchange;
  /** What autocomplete offers while this person types `value` into `focused`. */
  complete(
    name: string,
    focused: string,
    value: string,
    options?: Record<string, OptionValue>,
    place?: Place,
  ): Promise<{ name: string; value: string | number }[]>;
  /** Presses a button, or chooses `values` in a select. */
  press(message: SeenMessage, customId: string, values?: string[]): Exchange;
  /** Sends the form that an exchange opened. */
  submit(modal: Exchange, values: Record<string, string | { upload: Upload }>): Exchange;
  /** Posts a message of this person's in the place; message commands can be used on it. */
  post(content: string, uploads?: Upload[], place?: Place): SeenMessage;
  /** Sends a voice message; what the bot replies to it is the exchange. */
  speak(upload: Upload, place?: Place): Exchange;
  /** Forwards a message: another one, which shows what that one had. */
  forward(message: SeenMessage, place?: Place): SeenMessage;
  /** A message command (an entry of a message's Apps menu). */
  use(name: string, message: SeenMessage, place?: Place): Exchange;
  /** A user command on a person. */
  useOn(name: string, person: { id: string }, place?: Place): Exchange;
  /** All messages that this person sees in the place, oldest first. */
  sees(place?: Place): SeenMessage[];
  /** Deletes a message, as its author, a moderator, or (where it is private) by dismissing it. */
  remove(message: SeenMessage): void;
  /** Closes the direct messages: 50007, or 50278 as for who has no server in common with the bot. `undefined` opens them. */
  refuseDirectMessages(code: 50007 | 50278 | undefined): void;
}
